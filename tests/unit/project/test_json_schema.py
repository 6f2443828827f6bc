import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from synthloop.project.init import init_project
from synthloop.project.json_schema import SCHEMAS, build_schema
from synthloop.project.yaml_source import parse_source

DOCS = Path(__file__).parents[3] / "docs" / "schema"


def is_allowed(kind: str, text: str) -> bool:
    source, _ = parse_source(text, "a.yaml")
    assert source is not None
    validator: Any = jsonschema.Draft202012Validator(build_schema(kind))
    return bool(validator.is_valid(source.value))


@pytest.mark.parametrize("kind", sorted(SCHEMAS))
def test_the_published_schema_is_the_current_one(kind: str):
    assert json.loads((DOCS / f"{kind}.json").read_text()) == build_schema(kind), "write it anew: write_schemas(Path('docs/schema'))"


def test_the_files_that_init_writes_fit_their_schemas(tmp_path: Path):
    for path in init_project(tmp_path):
        if path.suffix == ".yaml":
            assert is_allowed("project" if path.name == "synthloop.yaml" else "behavior", path.read_text()), path


def test_short_forms_are_allowed_and_unknown_keys_are_not():
    assert is_allowed("behavior", "says: A\nauthored: [hi, {text: ho, protected: [1.50]}]\ntemplates: [{text: a, weight: 2}, b]")
    assert is_allowed("behavior", "says: A\nparameters: {a: [x, 1], b: {x: 2}, c: {given: a, x: [y]}, d: {type: integer, from: 1, to: 2}}")
    assert not is_allowed("behavior", "says: A\nauthord: []")
    assert is_allowed(
        "project", "app: app:route\nvalidators: [language, {length: {max_chars: 9}}]\ngate: {accuracy: 0.9, macro_f1: {at_least: 0.8}}"
    )
    assert not is_allowed("project", "seed: x")

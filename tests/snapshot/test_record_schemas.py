"""The shape of everything that is saved. A changed record may make old stores unreadable: it is to be seen in review.

`SYNTHLOOP_UPDATE=1 pytest tests/snapshot/test_record_schemas.py` writes the schemas anew.
"""

import os
from pathlib import Path

import msgspec
import pytest
from tests.unit.core.record_strategies import all_records

from synthloop.core.json_value import JsonValue
from synthloop.core.record import Record

SCHEMAS = Path(__file__).parent / "schemas"


def describe(kind: type[Record]) -> str:
    """Return the schema of a record as text, without its words for people."""
    schema = _strip_descriptions(msgspec.json.schema(kind))
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"


def _strip_descriptions(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_strip_descriptions(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _strip_descriptions(item) for key, item in value.items() if not (key == "description" and isinstance(item, str))}


@pytest.mark.parametrize("kind", all_records(), ids=lambda kind: kind.__name__)
def test_schema(kind: type[Record]) -> None:
    path = SCHEMAS / f"{kind.__name__}.json"
    if os.environ.get("SYNTHLOOP_UPDATE"):
        path.write_text(describe(kind), encoding="utf-8")
    assert path.exists(), f"{kind.__name__} is new: SYNTHLOOP_UPDATE=1 pytest {__file__}"
    assert describe(kind) == path.read_text(encoding="utf-8"), (
        f"{kind.__name__} has another shape now. Fields with a default can be added freely; anything else needs a migration. "
        f"If that is meant: SYNTHLOOP_UPDATE=1 pytest {__file__}"
    )


def test_there_is_no_schema_without_a_record() -> None:
    known = {kind.__name__ for kind in all_records()}
    if os.environ.get("SYNTHLOOP_UPDATE"):
        for path in SCHEMAS.glob("*.json"):
            path.unlink() if path.stem not in known else None
    assert {path.stem for path in SCHEMAS.glob("*.json")} == known

"""What `writing: {scrub: ...}` names is asked before a model sees real messages, and nothing is shown half cleaned."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.servers.faults import FaultServer, serve
from tests.unit.surfaces.cli.tables import APP, invoke, read_json, write_project

FINDERS = """
import re
from dataclasses import dataclass
from synthloop.core.registry import spec_of
from synthloop.core.span import Span

def find_customers(text):
    return [found.span() for found in re.finditer("(?i)okafor|van dijk", text)]

def lose_count(text):
    return [(0, 10_000)]

def fail(text):
    raise ValueError(text)

@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    names: tuple[str, ...]

    @property
    def spec(self):
        return spec_of("finders", "streets", self)

    def find(self, texts):
        for text in texts:
            places = [(text.index(name), text.index(name) + len(name)) for name in self.names if name in text]
            yield [Span(start=start, end=end, kind="street") for start, end in places]
"""
MESSAGES = "is okafor in tonight\nwe met VAN DIJK at the bar in Elm Grove\nmail ana@example.org\nnothing here\nany table left\n"
PERSONAL = ("okafor", "van dijk", "elm grove", "ana@example.org")


Start = Callable[..., Path]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def write(scrub: str, name: str, model: str = "ollama:small") -> Path:
        module = f"scrub_example_{name}"
        named = scrub.replace("own:", f"{module}:")
        settings = f"model: {model}\nwriting: {{share: 1, writers: [voice], examples: messages.txt, scrub: {named}}}\n"
        root = write_project(tmp_path, project=f"app: surfaces_example_app:route\n{settings}", source=APP + FINDERS, module=module)
        (root / "messages.txt").write_text(MESSAGES)
        return root

    return write


def test_finders_of_the_users_are_asked_counted_and_keep_names_from_the_model(start: Start) -> None:
    server = FaultServer(respond=lambda body: json.dumps({"messages": [f"a table for {len(str(body))} please"]}))
    with serve(server) as url:
        root = start("[own:find_customers, {own:Streets: {names: [Elm Grove]}}]", "both", model=url)
        assert read_json(root, "check")["scrubbed"] == {"EMAIL": 1, "NAME": 2, "STREET": 1}
        shown = invoke(root, "generate", "--preview", "4")
    assert shown.exit_code == 0, shown.output
    assert "Personal data taken out of the examples" in shown.stdout
    sent = json.dumps(server.bodies).lower()
    assert "[name_1]" in sent
    assert not [value for value in PERSONAL if value in sent]


@pytest.mark.parametrize(
    ("scrub", "what"),
    [
        ("own:lose_count", "writing.scrub: finder scrub_example_bad:lose_count: there is no place from 0 to 10000"),
        ("own:fail", "writing.scrub: a finder raised ValueError ("),
        ("spacyy", "no finder is called 'spacyy'. Did you mean 'spacy'?"),
    ],
)
def test_a_finder_that_fails_stops_the_verb_and_shows_no_message(start: Start, scrub: str, what: str) -> None:
    result = invoke(start(scrub, "bad"), "check")
    assert result.exit_code == 2
    assert what in " ".join(result.stderr.split())
    assert not [value for value in PERSONAL if value in result.output.lower()]
    sys.modules.pop("scrub_example_bad", None)  # the next project has a module of the same name


def test_the_shipped_finder_says_which_extra_it_needs(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    result = invoke(start("{spacy: {pipeline: not-loaded-before}}", "spacy"), "check")
    assert result.exit_code == 2
    assert 'pip install "synthloop[names]"' in " ".join(result.stderr.split())

"""`synthloop gears` on a project: what is listed, what is missing, and how a report reads."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from tests.unit.surfaces.cli.tables import PROJECT, invoke, read_json, write_project

from synthloop.adapters.stores.gears import GearFolder
from synthloop.core.gear import Labelled
from synthloop.core.sample import Message
from synthloop.evaluate.gears import Checked, CheckedGear, report_gear
from synthloop.surfaces.cli.gear_lines import print_gear_report

JUDGED = PROJECT + (
    "models: {large: 'http://127.0.0.1:9/v1'}\n"
    "judges:\n  - {name: helpful, models: large, criteria: [It helps.]}\n  - pairwise: {name: better}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_project(tmp_path, project=JUDGED, module="gears_example_app")


def test_gears_are_listed_with_what_is_not_known_of_them(folder: Path) -> None:
    for arguments in (("gears",), ("gears", "list")):
        shown = " ".join(invoke(folder, *arguments).stdout.split())
        assert "warning: helpful was never checked against people's labels. Next: synthloop gears label helpful" in shown
        assert [status["name"] for status in read_json(folder, *arguments)] == ["helpful", "better"]


def test_what_is_missing_is_a_typing_error_with_the_next_step(folder: Path) -> None:
    shown = invoke(folder, "gears", "show", "helpful")
    assert (shown.exit_code, "Fix: synthloop gears label helpful" in shown.stderr) == (2, True)
    assert "Did you mean 'better'?" in invoke(folder, "gears", "check", "bettr").stderr
    invoke(folder, "generate")
    assert "nothing new to label. Fix: `synthloop evaluate`" in invoke(folder, "gears", "label", "helpful").stderr


def test_a_project_without_gears_says_how_to_have_one(tmp_path: Path) -> None:
    root = write_project(tmp_path, module="no_gears_example_app")
    assert "nothing asks a model here." in invoke(root, "gears").stdout


def make_case(number: int, label: str) -> Labelled:
    messages = (Message(role="user", text=f"question {number}"),)
    return Labelled(id=str(number), messages=messages, answer="word " * number, label="passed" if label == "p" else "failed")


def test_a_report_shows_every_figure_and_where_gear_and_people_differ(folder: Path) -> None:
    cases = [make_case(number, label) for number, label in enumerate("pppfff" * 5, start=1)]
    about = CheckedGear(name="better", kind="judge", version="1", checked_at="2026-01-01T00:00:00Z")
    said = [True, True, False, False, False, True] * 5
    pairs = zip(cases, said, strict=True)
    checked = [Checked(case=case, decisions=(one, one), place=float(one), swapped=one) for case, one in pairs]
    report = report_gear(about, checked)
    stream = StringIO()
    print_gear_report(Console(file=stream, width=100), report, cases)
    text = " ".join(stream.getvalue().split())
    for figure in ("Cohen's kappa 0.333", "passes of what people pass (sensitivity) 0.667", "agreement with itself over repeats 1.000"):
        assert figure in text
    assert "favors what is shown first +0.500" in text
    assert "the order decided in 0.500 of 30 pairs." in text
    assert "It differs from people on 10 cases:" in text
    assert "people: passed “question 3” → “word word word”" in text
    GearFolder(folder / "gears").save_report(report)
    changed = " ".join(invoke(folder, "gears", "show", "better").stdout.split())
    assert "warning: better was changed since it was checked" in changed
    assert read_json(folder, "gears", "show", "better")["report"]["n"] == 30

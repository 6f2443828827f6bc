"""What `synthloop promote` says where it has nothing to write."""

import json
from pathlib import Path

import pytest
from tests.unit.surfaces.cli.tables import PROJECT, invoke, read_json, write_project

NEVER = "def route(text):\n    return 'neither'\n"


def say(folder: Path) -> str:
    shown = invoke(folder, "promote")
    assert shown.exit_code == 0, shown.stderr
    return " ".join(shown.stdout.split())


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = PROJECT.replace("{accepted: 60}", "{accepted: 60, neighbors: 0}")
    root = write_project(tmp_path_factory.mktemp("promote"), project=project, source=NEVER, module="surfaces_never_right")
    invoke(root, "generate")
    invoke(root, "evaluate")
    return root


def test_failures_that_are_not_grouped(failing: Path) -> None:
    assert say(failing) == "Nothing was written: the failures are not grouped yet. Next: synthloop distill"


def test_problems_that_were_not_tried(failing: Path) -> None:
    invoke(failing, "distill")
    assert "could be tried on fresh neighbors. `generate: {neighbors: 10}` sets how many" in say(failing)


def test_what_fails_is_authored_already(failing: Path) -> None:
    (failing / "synthloop.yaml").write_text(PROJECT.replace("surfaces_example_app", "surfaces_never_right"), encoding="utf-8")
    invoke(failing, "distill")
    invoke(failing, "promote", "--per-mode", "1000")
    assert read_json(failing, "promote")["why_nothing"].startswith("what fails is authored already")
    assert "Nothing was written: what fails is authored already" in say(failing)


def test_nothing_failed(tmp_path: Path) -> None:
    source = "def route(text):\n    return 'book' if text in BOOK else 'decline'\n"
    root = write_project(tmp_path, source=source, module="surfaces_always_right")
    invoke(root, "generate")
    booked = [sample["messages"][0]["text"] for sample in read_json(root, "samples", "--behavior", "book", "--limit", "1000")]
    (root / "surfaces_always_right.py").write_text(f"BOOK = set({json.dumps(booked)})\n{source}", encoding="utf-8")
    invoke(root, "evaluate")
    assert say(root) == "Nothing was written: nothing failed in the last report."

from pathlib import Path

import pytest

from synthloop.core.behavior import Authored
from synthloop.core.errors import ProjectError
from synthloop.project.init import init_project
from synthloop.project.project import load_project
from synthloop.project.promoted import write_promoted

FAILED = Authored(messages=(("user", "cn i get 5 seats"),), expected="book", attributes={"failure_mode": "m1"}, protected=("5",))
TALK = Authored(messages=(("user", "hi"), ("app", "hello"), ("user", "cancel: all")), expected="change")


def test_promoted_samples_are_read_with_their_behavior_and_written_once(tmp_path: Path):
    init_project(tmp_path)
    before = load_project(tmp_path).behaviors[0].authored
    assert [path.name for path in write_promoted(tmp_path, [("book", FAILED), ("change", TALK)])] == ["book.yaml", "change.yaml"]
    assert write_promoted(tmp_path, [("book", FAILED)]) == ()
    behaviors = {behavior.id: behavior for behavior in load_project(tmp_path).behaviors}
    assert behaviors["book"].authored == (*before, FAILED)
    assert behaviors["change"].authored[-1] == TALK


def test_a_promoted_file_without_a_behavior_is_a_problem(tmp_path: Path):
    init_project(tmp_path)
    write_promoted(tmp_path, [("bok", FAILED)])
    with pytest.raises(ProjectError, match=r"promoted/bok.yaml: no behavior is called 'bok'.*'book'"):
        load_project(tmp_path)


def test_a_broken_promoted_file_is_not_replaced(tmp_path: Path):
    path = tmp_path / "promoted" / "book.yaml"
    path.parent.mkdir()
    path.write_text("authored: [")
    with pytest.raises(ProjectError):
        write_promoted(tmp_path, [("book", FAILED)])
    assert path.read_text() == "authored: ["

"""What a person reads who made a mistake in a project's files."""

from pathlib import Path

import pytest
from tests.snapshot.compare import check_snapshot
from tests.snapshot.project_cases import CASES

from synthloop.core.errors import ProjectError
from synthloop.project.init import init_project
from synthloop.project.project import load_project
from synthloop.project.python_api import behavior, project


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_problem_of_all_files_is_said_at_once(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, content in CASES[case].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProjectError) as raised:
        load_project()
    check_snapshot(f"project_errors/{case}.txt", f"{raised.value}\n")


def test_calls_are_checked_like_files():
    with pytest.raises(ProjectError) as raised:
        behavior("schedule", say="A", authored=("hi", {"text": 3.5, "protected": ["x"]}), parameters={"day": {"type": "dat", "from": 1}})
    with pytest.raises(ProjectError) as raised_late:
        behavior("schedule", says="A", templates=["{verb} it"], parameters={"verbs": ("book", "move")})
    with pytest.raises(ProjectError) as raised_project:
        project(behaviors=[], seed="x", validators=["lenght"])
    check_snapshot("project_errors/python_api.txt", f"{raised.value}\n\n{raised_late.value}\n\n{raised_project.value}\n")


def test_warnings_say_what_is_probably_not_meant(tmp_path: Path):
    init_project(tmp_path)
    (tmp_path / "behaviors" / "odd.yaml").write_text(
        "says: A\ntemplates: ['{verb} it']\nparameters: {verb: [do], noun: [thing]}\nauthored: [do it now]\n"
    )
    check_snapshot("project_errors/warnings.txt", "".join(f"{warning}\n" for warning in load_project(tmp_path).warnings))

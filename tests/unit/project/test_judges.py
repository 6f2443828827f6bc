"""Judges in a project file: rubrics written directly, judges named as components, and everything that can be wrong with them."""

from pathlib import Path

import pytest

from synthloop.core.errors import ProjectError
from synthloop.evaluate.judges.against_expected import AgainstExpected
from synthloop.evaluate.judges.rubric import Rubric
from synthloop.project.project import Project, load_project

MODELS = "models: {small: 'http://127.0.0.1:1/v1', large: 'http://127.0.0.1:2/v1'}\n"


def load(folder: Path, judges: str, *, models: str = MODELS, behavior: str = "expected: Sure.\n") -> Project:
    (folder / "behaviors").mkdir(exist_ok=True)
    (folder / "behaviors" / "ask.yaml").write_text(f"says: Questions.\n{behavior}authored: [how do i pay, where is my parcel]\n")
    (folder / "synthloop.yaml").write_text(f"{models}{judges}")
    return load_project(folder)


def problems(folder: Path, judges: str, **files: str) -> list[str]:
    with pytest.raises(ProjectError) as caught:
        load(folder, judges, **files)
    return [str(problem) for problem in caught.value.problems]


def test_a_rubric_is_written_directly_or_as_a_component(tmp_path: Path) -> None:
    written = "judges:\n  - {name: helpful, models: [small, large], criteria: [It answers.], repeats: 2}\n"
    named = "judges:\n  - rubric: {name: helpful, models: [small, large], criteria: [It answers.], repeats: 2}\n"
    (direct,), (component,) = (load(tmp_path, each).judges for each in (written, named))
    assert isinstance(direct, Rubric)
    assert direct.spec == component.spec
    assert [model.name for model in direct.models] == ["small", "large"]


def test_pairs_are_compared_with_what_is_expected(tmp_path: Path) -> None:
    project = load(tmp_path, "scorers: []\njudges:\n  - pairwise: {name: better, models: small, at_least: 1}\n")
    (judge,) = project.judges
    assert isinstance(judge, AgainstExpected)
    assert (judge.name, judge.at_least, len(judge.panel)) == ("better", 1, 1)
    assert project.scorers == ()


def test_without_a_word_on_scorers_they_follow_from_what_is_expected(tmp_path: Path) -> None:
    project = load(tmp_path, "judges: [{name: helpful, models: small, criteria: [It answers.]}]\n")
    assert [scorer.name for scorer in project.scorers] == ["label"]


def test_the_usual_model_judges_where_none_is_named(tmp_path: Path) -> None:
    project = load(tmp_path, "judges: [{name: helpful, criteria: [It answers.]}]\n", models="model: http://127.0.0.1:1/v1\n")
    assert isinstance(project.judges[0], Rubric)
    assert project.judges[0].models == (project.models[0].ref,)


@pytest.mark.parametrize(
    ("judges", "said"),
    [
        (
            "judges:\n  - {name: a, models: smal, criteria: [c]}\n",
            "synthloop.yaml:3: judges.0: no model is called 'smal'.",
        ),
        ("judges:\n  - {name: a, criteria: [c]}\n", "it is not said which model judges. Fix: name one of small, large under `models`"),
        ("judges:\n  - rubric: {name: a, models: small}\n", "it has nothing to judge by: neither the judge nor any behavior has criteria."),
        ("judges:\n  - rubrik: {name: a}\n", "no judge is called 'rubrik'. Did you mean 'rubric'?"),
        (
            "judges:\n  - pairwise: {name: a, models: small, at_leats: 1}\n",
            "has no parameter 'at_leats'. Did you mean 'at_least'?",
        ),
        ("judges:\n  - {name: label, models: small, criteria: [c]}\n", "'label' is the name of a scorer already."),
        ("judges:\n  - {name: filter, models: small, criteria: [c]}\n", "'filter' is the name of the filter of what models write already."),
        ("gate: {calibrated_judges: true}\n", "there are no judges to calibrate."),
        ("judges:\n  - {criteria: [c], models: small}\n", "name"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, judges: str, said: str) -> None:
    found = problems(tmp_path, judges)
    assert any(said in problem for problem in found), found


def test_behaviors_may_name_judges_among_their_scorers(tmp_path: Path) -> None:
    judges = "judges: [{name: helpful, models: small, criteria: [It answers.]}]\n"
    assert load(tmp_path, judges, behavior="expected: Sure.\nscorers: [helpful]\n").behaviors[0].scorers == ("helpful",)
    assert any("no scorer called 'helpfull'" in each for each in problems(tmp_path, judges, behavior="expected: x\nscorers: [helpfull]\n"))

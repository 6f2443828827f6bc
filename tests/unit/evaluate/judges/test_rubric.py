"""Every criterion is decided by the majority of the panel; what the panel can't decide is unscored, never 0."""

import json
from dataclasses import replace

from synthloop.core.ask import Answer, Failure, drive
from synthloop.core.lineage import Lineage
from synthloop.core.model import ModelRef, ModelRequest
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript, Turn
from synthloop.evaluate.judges.pairwise import Pairwise, Preference
from synthloop.evaluate.judges.rubric import Rubric
from synthloop.project.python_api import behavior

A, B, C = (ModelRef(name=name, version=name) for name in "abc")
CRITERIA = ("names the 30 days", "is polite")
SAMPLE: Sample = make_sample(
    behavior_id="refund",
    scenario_id="s",
    messages=(Message(role="user", text="can i get my money back"),),
    lineage=Lineage(origin="authored"),
)
TRANSCRIPT = Transcript(
    id="t",
    sample_id=SAMPLE.id,
    app="app",
    app_version="1",
    turns=(Turn(role="user", text=SAMPLE.text), Turn(role="app", text="Yes, within 30 days.")),
    output="Yes, within 30 days.",
    end_reason="answered",
)


def says(*decisions: str) -> Answer:
    verdicts = [
        {"number": number, "restated": "r", "reason": f"because {decision}", "decision": decision}
        for number, decision in enumerate(decisions, start=1)
    ]
    return Answer(value={"text": json.dumps({"verdicts": verdicts})})


def judge(*answers: Answer, models: tuple[ModelRef, ...] = (A,), repeats: int = 1) -> Score:
    rubric = Rubric(name="helpful", models=models, criteria=CRITERIA, repeats=repeats)
    return drive(rubric.judge(SAMPLE, TRANSCRIPT), list(answers))


def test_an_answer_passes_where_all_criteria_do() -> None:
    score = judge(says("passed", "passed"))
    assert (score.value, score.passed, score.scorer) == (1.0, True, "helpful")
    assert [each.criterion for each in score.criteria] == list(CRITERIA)


def test_one_failed_criterion_fails_it_and_says_why() -> None:
    score = judge(says("passed", "failed"))
    assert (score.value, score.passed) == (0.5, False)
    assert score.note == "is polite: because failed"


def test_an_inconclusive_criterion_leaves_it_unscored_unless_another_fails() -> None:
    unsure = judge(says("passed", "inconclusive"))
    assert (unsure.value, unsure.passed, unsure.unscored) == (None, None, "inconclusive")
    assert judge(says("inconclusive", "failed")).passed is False


def test_the_majority_of_a_panel_decides_and_a_tie_is_inconclusive() -> None:
    score = judge(says("passed", "passed"), says("failed", "passed"), says("passed", "failed"), models=(A, B, C))
    assert score.passed is True
    assert [each.votes for each in score.criteria] == [{"failed": 1, "passed": 2}, {"failed": 1, "passed": 2}]
    assert judge(says("passed", "passed"), says("failed", "passed"), models=(A, B)).unscored == "inconclusive"


def test_a_judge_that_does_not_answer_costs_the_panel_one_vote_and_a_silent_panel_the_score() -> None:
    failed = Answer(failure=Failure(reason="timeout", message="a: too slow"))
    assert judge(failed, says("passed", "passed"), models=(A, B)).passed is True
    silent = judge(failed, failed, models=(A, B))
    assert (silent.unscored, silent.note) == ("judge-error", "a: too slow")


def test_a_criterion_that_was_left_out_is_inconclusive() -> None:
    assert judge(says("passed")).unscored == "inconclusive"


def test_repeats_are_asked_anew_and_at_once() -> None:
    rubric = Rubric(name="helpful", models=(A,), criteria=CRITERIA, repeats=2)
    first, second = next(rubric.judge(SAMPLE, TRANSCRIPT))
    assert first.key() != second.key()


def test_what_is_judged_is_shown_and_never_asked_to_be_repeated() -> None:
    rubric = Rubric(name="helpful", models=(A,), criteria=CRITERIA)
    request = next(rubric.judge(SAMPLE, TRANSCRIPT))[0].request
    assert isinstance(request, ModelRequest)
    assert "Yes, within 30 days." in request.messages[-1].text
    assert "1. names the 30 days\n2. is polite" in request.messages[-1].text
    assert "answer" not in json.dumps(request.schema)


def test_the_criteria_of_the_behavior_hold_where_the_judge_has_none() -> None:
    refund = behavior("refund", says="Refunds.", criteria=["names the 30 days"], authored=["x y z"])
    rubric = Rubric(name="helpful", models=(A,), behaviors={"refund": refund})
    assert drive(rubric.judge(SAMPLE, TRANSCRIPT), [says("passed")]).passed is True
    other = Rubric(name="helpful", models=(A,), behaviors={"refund": behavior("refund", says="Refunds.", authored=["x y z"])})
    score = drive(other.judge(SAMPLE, TRANSCRIPT), [])
    assert (score.unscored, score.decides) == ("no-criteria", False)


def test_another_prompt_model_or_criterion_is_another_judge() -> None:
    rubric = Rubric(name="helpful", models=(A,), criteria=CRITERIA)
    assert rubric.spec == replace(rubric, name="kind").spec
    assert rubric.spec != replace(rubric, models=(B,)).spec
    assert rubric.spec != replace(rubric, criteria=CRITERIA[:1]).spec


def compare(first: str, second: str) -> Preference:
    answers = [Answer(value={"text": json.dumps({"reason": "r", "better": better})}) for better in (first, second)]
    return drive(Pairwise(model=A).compare(SAMPLE.messages, "one", "two"), answers)


def test_a_pair_is_asked_in_both_orders_and_what_wins_by_place_has_not_won() -> None:
    assert (compare("A", "B").winner, compare("A", "B").swapped) == ("first", False)
    assert (compare("B", "A").winner, compare("B", "A").swapped) == ("second", False)
    assert (compare("A", "A").winner, compare("A", "A").swapped) == ("tie", True)
    assert (compare("tie", "tie").winner, compare("tie", "tie").swapped) == ("tie", False)

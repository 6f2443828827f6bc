"""Judges score what the app says, their rates are corrected once they were checked, and a gate may demand that they are."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.loop.toy_loop import MakeSetup
from tests.unit.loop.writing import model_of, writing_with

from synthloop.adapters.stores.gears import GearFolder
from synthloop.core.errors import InvalidRecordError, UsageError
from synthloop.core.gear import Labelled
from synthloop.core.model import ModelRequest
from synthloop.curate.grading import ModelGrader
from synthloop.evaluate.demands import GateDemands
from synthloop.evaluate.judges.rubric import Rubric
from synthloop.loop.evaluate import evaluate_app
from synthloop.loop.gate import gate_app
from synthloop.loop.gears import check_gear, prepare_labels, read_gears
from synthloop.loop.generate import generate_samples
from synthloop.loop.setup import Order, Setup
from synthloop.testing import ScriptedModel


def say(decision: str) -> str:
    return json.dumps({"verdicts": [{"number": 1, "restated": "r", "reason": "why", "decision": decision}]})


def pass_pay(request: ModelRequest) -> str:
    """Passes what the app calls `pay`, but for what asks somebody."""
    text = request.messages[-1].text
    return say("passed" if "<answer>\npay" in text and " you " not in text else "failed")


def judged(make_setup: MakeSetup, tmp_path: Path, model: ScriptedModel, **changes: object) -> Setup:
    judge = Rubric(name="helpful", models=(model.ref,), criteria=("is about payments",))
    gears = GearFolder(tmp_path / "gears")
    setup = make_setup(models={"large": model}, judges=(judge,), gears=gears, demands=GateDemands(at_least={"pass_rate": 0.0}))
    return replace(setup, **changes)  # pyright: ignore[reportArgumentType] - fields vary


@pytest.fixture
def large() -> ScriptedModel:
    return ScriptedModel(name="large", script=pass_pay)


def label(case: Labelled) -> Labelled:
    return Labelled(
        id=case.id,
        messages=case.messages,
        answer=case.answer,
        behavior_id=case.behavior_id,
        label="passed" if case.answer == "pay" else "failed",
    )


def test_a_judge_scores_beside_the_other_scorers_and_asks_once(make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel) -> None:
    setup = judged(make_setup, tmp_path, large)
    report = evaluate_app(setup)
    asked = len(large.asked)
    assert asked == len(report.results)
    assert any("helpful" in result.failed_scorers for result in report.results)
    (rate,) = report.corrected
    assert rate.value is None
    assert "was never checked" in rate.warning
    evaluate_app(setup)
    assert len(large.asked) == asked


def test_labels_lead_to_a_report_and_to_corrected_rates(make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel) -> None:
    setup = judged(make_setup, tmp_path, large, order=Order(accepted=300))
    evaluate_app(setup)
    cases = prepare_labels(setup, "helpful", 30)
    assert len(cases) == 30
    assert all(case.label is None for case in cases)
    assert read_gears(setup)[0].unlabelled == 30
    setup.gears.write_labelled("helpful", map(label, cases))
    report = check_gear(setup, "helpful", repeats=2)
    assert report.n == 30
    assert report.specificity.value == 1.0
    assert report.sensitivity.value is not None
    assert report.sensitivity.value < 1.0
    assert report.self_agreement is not None
    assert report.self_agreement.value == 1.0
    (status,) = read_gears(setup)
    assert (status.labels, status.doubt) == (30, "")
    (rate,) = evaluate_app(setup).corrected
    assert rate.value is not None
    assert rate.raw.value is not None
    assert rate.value > rate.raw.value
    assert len(prepare_labels(setup, "helpful", 1000)) > 30


def test_a_changed_criterion_makes_the_report_void(make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel) -> None:
    setup = judged(make_setup, tmp_path, large)
    evaluate_app(setup)
    setup.gears.write_labelled("helpful", map(label, prepare_labels(setup, "helpful", 20)))
    check_gear(setup, "helpful")
    stricter = Rubric(name="helpful", models=(large.ref,), criteria=("is about payments and polite",))
    changed = replace(setup, judges=(stricter,))
    assert "was changed since it was checked" in read_gears(changed)[0].doubt


def test_a_gate_that_demands_calibrated_judges_fails_without_and_passes_with_a_check(
    make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel
) -> None:
    demands = GateDemands(calibrated_judges=True, judge_kappa_at_least=0.2)
    setup = judged(make_setup, tmp_path, large, demands=demands)
    (check,) = [check for check in gate_app(setup).result.checks if check.name == "judge:helpful"]
    assert check.decision == "fail"
    assert "was never checked against people's labels: synthloop gears check helpful" in check.note
    evaluate_app(setup)
    setup.gears.write_labelled("helpful", map(label, prepare_labels(setup, "helpful", 30)))
    check_gear(setup, "helpful")
    (check,) = [check for check in gate_app(setup).result.checks if check.name == "judge:helpful"]
    assert check.decision == "pass"


def test_the_filter_is_a_gear_too(make_setup: MakeSetup, tmp_path: Path) -> None:
    small = model_of()
    grades = json.dumps({"fits_label": "yes", "realistic": "yes", "reason": "fine"})
    large = ScriptedModel(name="large", script=lambda _: grades)
    setup = make_setup(
        models={"small": small, "large": large},
        writing=writing_with(small),
        grader=ModelGrader(model=large.ref),
        gears=GearFolder(tmp_path / "gears"),
        order=Order(accepted=60),
    )
    generate_samples(setup)
    cases = prepare_labels(setup, "filter", 10)
    setup.gears.write_labelled(
        "filter", [Labelled(id=case.id, messages=case.messages, behavior_id=case.behavior_id, label="passed") for case in cases]
    )
    assert check_gear(setup, "filter").sensitivity.value == 1.0


def test_what_is_missing_is_said(make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel) -> None:
    setup = judged(make_setup, tmp_path, large)
    with pytest.raises(UsageError, match="Did you mean 'helpful'"):
        check_gear(setup, "helpfull")
    with pytest.raises(UsageError, match=r"has no labels\. Fix: `synthloop gears label helpful`"):
        check_gear(setup, "helpful")
    with pytest.raises(UsageError, match="has none: add `judges`"):
        check_gear(make_setup(), "helpful")


def test_a_labelled_set_that_can_not_be_read_names_its_line(tmp_path: Path) -> None:
    folder = GearFolder(tmp_path)
    line = '{"id": "a", "messages": [{"role": "user", "text": "q"}], "label": "good"}'
    folder.labels_of("helpful").write_text(line)
    with pytest.raises(InvalidRecordError, match=r"gears/helpful\.jsonl:1: .*`label` is \"passed\", \"failed\" or null"):
        folder.read_labelled("helpful")
    folder.labels_of("helpful").write_text("\n".join([line.replace("good", "passed")] * 2))
    with pytest.raises(InvalidRecordError, match=r"helpful\.jsonl:2: the id 'a' is there twice"):
        folder.read_labelled("helpful")

"""Judges score what the app says, their rates are corrected once they were checked, and a gate may demand that they are."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest
from tests.unit.loop.toy_loop import MakeSetup
from tests.unit.loop.writing import model_of, writing_with

from synthloop.adapters.stores.gears import GearFolder
from synthloop.core.ask import Flow
from synthloop.core.errors import InvalidRecordError, UsageError
from synthloop.core.gear import Labelled
from synthloop.core.lineage import Spec
from synthloop.core.model import ModelRequest
from synthloop.core.sample import Review, Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
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
    setup = judged(make_setup, tmp_path, large, order=Order(accepted=900))
    evaluate_app(setup)
    cases = prepare_labels(setup, "helpful", 120)
    assert len(cases) == 120
    assert all(case.label is None for case in cases)
    assert read_gears(setup)[0].unlabelled == 120
    setup.gears.write_labelled("helpful", map(label, cases))
    report = check_gear(setup, "helpful", repeats=2)
    assert report.n == 120
    assert report.specificity.value == 1.0
    assert report.sensitivity.value is not None
    assert report.sensitivity.value < 1.0
    assert report.self_agreement is not None
    assert report.self_agreement.value == 1.0
    (status,) = read_gears(setup)
    assert (status.labels, status.doubt) == (120, "")
    (rate,) = evaluate_app(setup).corrected
    assert rate.value is not None
    assert rate.raw.value is not None
    assert rate.value > rate.raw.value
    assert len(prepare_labels(setup, "helpful", 1000)) > 120


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


def test_a_case_that_several_people_label_says_what_people_reach_with_each_other(
    make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel
) -> None:
    setup = judged(make_setup, tmp_path, large, order=Order(accepted=200))
    evaluate_app(setup)
    cases = prepare_labels(setup, "helpful", 20)
    ana = [msgspec.structs.replace(label(case), by="ana") for case in cases]
    tom = [msgspec.structs.replace(label(case), by="tom") for case in cases]
    doubtful = msgspec.structs.replace(tom[0], label="failed" if tom[0].label == "passed" else "passed")
    setup.gears.write_labelled("helpful", [*ana, doubtful, *tom[1:]])
    report = check_gear(setup, "helpful")
    assert (report.n, report.contested) == (19, 1)
    assert report.people is not None
    assert report.people.value is not None
    assert 0.5 < report.people.value < 1.0
    assert report.alpha is not None


def test_a_label_may_be_about_one_criterion(make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel) -> None:
    setup = judged(make_setup, tmp_path, large)
    evaluate_app(setup)
    cases = [label(case) for case in prepare_labels(setup, "helpful", 10)]
    for criterion in ("1", "Is about payments"):
        setup.gears.write_labelled("helpful", [msgspec.structs.replace(case, criterion=criterion) for case in cases])
        assert check_gear(setup, "helpful").n == 10
    setup.gears.write_labelled("helpful", [msgspec.structs.replace(cases[0], criterion="is polite")])
    with pytest.raises(UsageError, match="about the criterion 'is polite', which the judge does not have"):
        check_gear(setup, "helpful")


@pytest.fixture
def written(make_setup: MakeSetup, tmp_path: Path) -> Setup:
    """A project in which a model wrote and another one, which drops what says please, graded."""
    small = model_of()

    def grade(request: ModelRequest) -> str:
        polite = "please" in request.messages[-1].text.partition("<message>")[2].partition("</message>")[0]
        return json.dumps({"fits_label": "no" if polite else "yes", "realistic": "yes", "reason": "r"})

    large = ScriptedModel(name="large", script=grade)
    setup = make_setup(
        models={"small": small, "large": large},
        writing=writing_with(small),
        grader=ModelGrader(model=large.ref),
        gears=GearFolder(tmp_path / "gears"),
        order=Order(accepted=60),
    )
    generate_samples(setup)
    return setup


def test_what_the_filter_dropped_is_shown_as_well_or_nobody_would_know_what_it_fails(written: Setup) -> None:
    cases = prepare_labels(written, "filter", 200)
    polite = ["please" in case.messages[-1].text for case in cases]
    assert 0 < sum(polite) < len(cases)
    labelled = [msgspec.structs.replace(case, label="passed") for case in cases]
    written.gears.write_labelled("filter", labelled)
    report = check_gear(written, "filter")
    assert report.sensitivity.value == pytest.approx(1 - sum(polite) / len(cases))
    assert report.specificity.value is None


def test_reviews_of_what_models_wrote_are_labels_and_the_last_one_of_a_person_counts(written: Setup) -> None:
    samples = [sample for sample in written.store.read_samples() if sample.split != "holdout"][:6]
    for keep in (False, True):
        for sample in samples:
            written.store.append_review(Review(sample_id=sample.id, keep=keep, reason="r", reviewer="ana", at="2026-01-01T00:00:00Z"))
    report = check_gear(written, "filter")
    assert report.n == 6
    assert report.sensitivity.value == 1.0, "the last review keeps all of them"


def test_a_writer_is_a_gear_that_people_pass_or_fail(written: Setup) -> None:
    assert [(status.name, status.kind) for status in read_gears(written)] == [("filter", "grader"), ("plain", "writer")]
    cases = prepare_labels(written, "plain", 20)
    written.gears.write_labelled(
        "plain", [msgspec.structs.replace(case, label="failed" if at < 5 else "passed") for at, case in enumerate(cases)]
    )
    report = check_gear(written, "plain")
    assert report.accepted is not None
    assert (report.accepted.value, report.accepted.n, len(report.disagreements)) == (0.75, 20, 5)
    assert read_gears(written)[1].doubt == ""
    other = replace(written, writing=writing_with(model_of(version="2")))
    assert "changed since" in read_gears(other)[1].doubt


def test_a_judge_that_raises_costs_single_scores(make_setup: MakeSetup, tmp_path: Path, large: ScriptedModel) -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Broken:
        name: str = "broken"

        @property
        def spec(self) -> Spec:
            return Spec(kind="judges", name="broken")

        def judge(self, sample: Sample, transcript: Transcript) -> Flow[Score]:
            yield from ()
            raise ValueError(f"no idea of {sample.text} in {transcript.id}")

    report = evaluate_app(judged(make_setup, tmp_path, large, judges=(Broken(),)))
    assert report.unscored_reasons.keys() == {"scorer-error"}
    assert "ValueError: no idea of" in report.unscored_notes["scorer-error"]

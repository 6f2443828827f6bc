import math
import random
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pytest
from sklearn import metrics as sk

from synthloop.core.behavior import Behavior
from synthloop.core.json_value import JsonValue
from synthloop.core.report import Report
from synthloop.core.sample import Sample
from synthloop.core.score import MetricValue
from synthloop.core.transcript import Transcript
from synthloop.evaluate.label_metrics import OTHER
from synthloop.evaluate.metrics import measure_flip_rate, pass_hat
from synthloop.evaluate.outcomes import judge_transcripts, tabulate_outcomes
from synthloop.evaluate.reporting import Run, make_report
from synthloop.evaluate.scorers import SCORERS
from synthloop.evaluate.scoring import score_transcripts

Build = Callable[..., Any]
Rows = Sequence[tuple[str, JsonValue, object]]
RUN = Run(app="router", app_version="1", seed=7, made_at="2026-01-01T00:00:00Z", smallest_slice=2)


@pytest.fixture(name="report_on")
def report_on_fixture(a_sample: Build, a_transcript: Build) -> Callable[..., Report]:
    """Rows are (scenario, expected, answers); a tuple of answers is one a repeat."""

    def report_on(rows: Rows, *scorers: str, behaviors: Sequence[Behavior] = ()) -> Report:
        samples: list[Sample] = []
        transcripts: list[Transcript] = []
        for place, (scenario, expected, answers) in enumerate(rows):
            behavior = scenario.partition("-")[0]
            samples.append(a_sample(f"text {place}", expected, scenario=scenario, behavior=behavior, attributes={"parity": str(place % 2)}))
            repeats = cast("tuple[object, ...]", answers) if isinstance(answers, tuple) else (answers,)
            for replica, answer in enumerate(repeats):
                end = "app_error" if answer is None else "answered"
                transcripts.append(a_transcript(samples[-1], answer, replica=replica, end=end, latency_s=0.1 * (place + 1)))
        built = [SCORERS.build(name) for name in scorers or ("label",)]
        scores = list(score_transcripts({sample.id: sample for sample in samples}, transcripts, built))
        return make_report(RUN, samples, transcripts, scores, behaviors)

    return report_on


def find(report: Report, name: str) -> MetricValue:
    return next(metric for metric in report.metrics if metric.name == name)


def test_label_metrics_are_those_of_scikit_learn(report_on: Callable[..., Report]) -> None:
    rng = random.Random(3)
    labels = ["a", "b", "c"]
    expected = [rng.choice(labels) for _ in range(200)]
    got = [one if rng.random() < 0.7 else rng.choice([*labels, "strange"]) for one in expected]
    report = report_on([(f"s{place // 4}", one, other) for place, (one, other) in enumerate(zip(expected, got, strict=True))])
    plain: Any = {"labels": labels, "zero_division": 0}
    each = cast("Any", sk.precision_recall_fscore_support(expected, got, **plain))
    for place, label in enumerate(labels):
        for row, name in enumerate(("precision", "recall", "f1")):
            assert find(report, f"{name}:{label}").value == pytest.approx(each[row][place])
        assert find(report, f"recall:{label}").n == each[3][place]
    for average in ("macro", "micro"):
        options: Any = {"labels": labels, "average": average, "zero_division": 0}
        assert find(report, f"{average}_f1").value == pytest.approx(sk.f1_score(expected, got, **options))
        assert find(report, f"{average}_precision").value == pytest.approx(sk.precision_score(expected, got, **options))
        assert find(report, f"{average}_jaccard").value == pytest.approx(sk.jaccard_score(expected, got, **options))
    assert find(report, "accuracy").value == pytest.approx(sk.accuracy_score(expected, got))
    assert report.pass_rate.value == find(report, "accuracy").value
    table: Any = sk.confusion_matrix(expected, got, labels=[*labels, "strange"])
    cells = {(cell.expected, cell.got): cell.count for cell in report.confusion}
    assert cells == {
        (one, other): table[row][column]
        for row, one in enumerate(labels)
        for column, other in enumerate([*labels, "strange"])
        if table[row][column]
    }


def test_every_interval_holds_its_value(report_on: Callable[..., Report]) -> None:
    rng = random.Random(4)
    rows = [(f"s{place // 3}", rng.choice("ab"), tuple(rng.choice("ab") for _ in range(3))) for place in range(60)]
    for metric in report_on(rows, "label", "length").metrics:
        if metric.low is not None and metric.value is not None and metric.high is not None:
            assert metric.low <= metric.value <= metric.high


def test_multi_label_overlap_states_the_empty_case(report_on: Callable[..., Report]) -> None:
    rows: Rows = [("s1", ["a", "b"], ["a"]), ("s2", ["a"], ["a"]), ("s3", [], []), ("s4", ["b"], ["a", "b"])]
    report = report_on(rows, "labels")
    assert find(report, "sample_jaccard").value == pytest.approx((0.5 + 1 + 1 + 0.5) / 4)
    assert find(report, "both_empty_share").value == 0.25
    assert find(report, "jaccard:a").value == pytest.approx(2 / 3)
    assert find(report, "jaccard:b").value == pytest.approx(1 / 2)
    assert report.confusion == ()


def test_pass_hat_is_the_mean_over_samples_not_a_power_of_the_rate(report_on: Callable[..., Report]) -> None:
    rows: Rows = [("s1", "a", ("a", "a", "a")), ("s2", "a", ("a", "a", "b")), ("s3", "a", ("b", "b", "b")), ("s4", "a", ("a",))]
    report = report_on(rows)
    assert find(report, "pass^2").value == pytest.approx((1 + 1 / 3 + 0) / 3)
    assert find(report, "pass^3").value == pytest.approx(1 / 3)
    assert (find(report, "pass^3").n, find(report, "pass^3").clusters) == (9, 3)
    assert pass_hat(0, 4, 2) == 0.0


def test_a_sample_flips_where_its_repeats_disagree(a_sample: Build, a_transcript: Build, a_score: Build) -> None:
    repeats = {"s1": (True, True, False), "s2": (False, False), "s3": (True, None, True), "s4": (True,), "s5": (None, None)}
    samples = {name: a_sample(name, scenario=name) for name in repeats}
    pairs = [(a_transcript(samples[name], replica=at), passed) for name, several in repeats.items() for at, passed in enumerate(several)]
    scores = [a_score(transcript, passed=passed, unscored="" if passed is not None else "gone") for transcript, passed in pairs]
    known = {sample.id: sample for sample in samples.values()}
    found = measure_flip_rate(tabulate_outcomes(judge_transcripts(known, [transcript for transcript, _ in pairs], scores)))
    assert (found.value, found.clusters, found.n) == (pytest.approx(1 / 3), 3, 7)


def test_unscored_transcripts_are_counted_and_cost_nothing_else(report_on: Callable[..., Report]) -> None:
    report = report_on([("s1", "a", "a"), ("s2", "a", None), ("s3", "a", "b")])
    assert (report.pass_rate.value, report.pass_rate.n, report.pass_rate.unscored) == (0.5, 2, 1)
    assert report.unscored_reasons == {"app-error": 1}
    assert report.unscored_notes == {"app-error": "the app raised ValueError: no"}
    assert [result.unscored for result in report.results] == ["", "app-error", ""]


def test_an_app_that_never_answers_has_a_report_too(report_on: Callable[..., Report]) -> None:
    report = report_on([("s1", "a", None), ("s2", "a", None)])
    assert (report.pass_rate.value, report.pass_rate.unscored) == (None, 2)
    assert report.slices == ()


def test_no_transcript_at_all_makes_an_empty_report() -> None:
    report = make_report(RUN, [], [], [], [Behavior(id="schedule", says="Schedules.")])
    assert (report.pass_rate.value, report.behaviors, report.results) == (None, (), ())


def test_weights_count_where_they_differ(report_on: Callable[..., Report]) -> None:
    rows: Rows = [("x-1", "a", "a"), ("x-2", "a", "a"), ("y-1", "a", "b"), ("y-2", "a", "a")]
    behaviors = [Behavior(id="x", says="X.", weight=3.0), Behavior(id="y", says="Y.", weight=1.0)]
    report = report_on(rows, behaviors=behaviors)
    assert find(report, "weighted_pass_rate").value == pytest.approx(0.75 * 1 + 0.25 * 0.5)
    assert [result.pass_rate.value for result in report.behaviors] == [1.0, 0.5]
    assert "weighted_pass_rate" not in [metric.name for metric in report_on(rows, behaviors=behaviors[:1]).metrics]


def test_a_weighted_rate_is_as_uncertain_as_the_rates_it_is_made_of(report_on: Callable[..., Report]) -> None:
    rows: Rows = [*((f"x-{at}", "a", "a") for at in range(4)), *((f"y-{at}", "a", "a" if at % 2 else "b") for at in range(40))]
    report = report_on(rows, behaviors=[Behavior(id="x", says="X.", weight=3.0), Behavior(id="y", says="Y.", weight=1.0)])
    weighted = find(report, "weighted_pass_rate")
    few, many = (result.pass_rate for result in report.behaviors)
    assert (few.value, few.clusters, many.value) == (1.0, 4, 0.5)
    assert weighted.low == pytest.approx(0.875 - math.hypot(0.75 * (1 - (few.low or 0)), 0.25 * (0.5 - (many.low or 0))))
    assert weighted.high == pytest.approx(0.875 + 0.25 * ((many.high or 0) - 0.5))


def test_a_weighted_rate_has_no_interval_where_a_behavior_has_one_scenario(report_on: Callable[..., Report]) -> None:
    rows: Rows = [("x-1", "a", "a"), *((f"y-{at}", "a", "a") for at in range(40))]
    behaviors = [Behavior(id="x", says="X."), Behavior(id="y", says="Y.")]
    weighted = find(report_on(rows, behaviors=behaviors), "weighted_pass_rate")
    assert (weighted.value, weighted.low, weighted.high, weighted.method) == (1.0, None, None, "none")


def test_measures_and_latency_are_averaged(report_on: Callable[..., Report]) -> None:
    report = report_on([("s1", "a", "one"), ("s2", "a", "one two three"), ("s3", "a", "one two")], "length")
    assert report.pass_rate.value is None
    assert find(report, "mean:length").value == 2.0
    assert find(report, "latency_p50_s").value == pytest.approx(0.2)
    assert find(report, "latency_mean_s").value == pytest.approx(0.2)


def test_two_deciding_scorers_have_a_rate_each(report_on: Callable[..., Report]) -> None:
    report = report_on([("s1", "a", "a"), ("s2", "a", "A"), ("s3", "a", "b")], "label", "exact")
    assert report.pass_rate.value == pytest.approx(1 / 3)
    assert find(report, "pass:label").value == pytest.approx(2 / 3)
    assert find(report, "pass:exact").value == pytest.approx(1 / 3)


def test_rare_strange_answers_share_one_cell(report_on: Callable[..., Report]) -> None:
    report = report_on([(f"s{place}", "a", f"answer {place}") for place in range(50)])
    assert sum(cell.count for cell in report.confusion) == 50
    assert {cell.got: cell.count for cell in report.confusion}[OTHER] == 20


def test_a_report_does_not_depend_on_the_order_of_transcripts(a_sample: Build, a_transcript: Build) -> None:
    samples = [a_sample(f"t{place}", scenario=f"s{place % 5}") for place in range(30)]
    transcripts = [
        a_transcript(sample, np.random.default_rng(place).choice(["schedule", "x"]).item()) for place, sample in enumerate(samples)
    ]
    scores = list(score_transcripts({sample.id: sample for sample in samples}, transcripts, [SCORERS.build("label")]))
    assert make_report(RUN, samples, transcripts, scores) == make_report(RUN, samples, transcripts[::-1], scores[::-1])


def test_transcripts_of_other_variants_are_left_out(a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    transcript = a_transcript(sample, "schedule")
    report = make_report(Run(app="other", app_version="1", seed=1, made_at=""), [sample], [transcript], [])
    assert report.results == ()

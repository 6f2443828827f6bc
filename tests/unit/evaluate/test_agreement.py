"""Agreement, bias and corrected rates, held to scikit-learn, published figures and simulation."""

from typing import Any, cast

import numpy as np
import pytest
from sklearn import metrics

from synthloop.core.gear import GearReport, Labelled
from synthloop.core.sample import Message
from synthloop.core.score import MetricValue
from synthloop.evaluate.agreement import (
    krippendorff_alpha,
    measure_bias,
    measure_kappa,
    measure_position,
    measure_rate,
    measure_self_agreement,
)
from synthloop.evaluate.corrected import correct_rate
from synthloop.evaluate.gears import Checked, CheckedGear, correct_for, find_doubt, report_gear


def rate(value: float, n: int) -> MetricValue:
    return measure_rate("rate", round(value * n), n)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn_and_its_interval_holds_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    people = rng.random(60) < 0.6
    gear = np.where(rng.random(60) < 0.8, people, ~people)
    found = measure_kappa(people, gear)
    assert found.value == pytest.approx(float(cast("Any", metrics).cohen_kappa_score(people, gear)))
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high


def test_perfect_agreement_on_few_cases_is_not_taken_for_certainty() -> None:
    found = measure_kappa(np.array([True, False] * 5), np.array([True, False] * 5))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low is not None
    assert found.low < 0.5


def test_alpha_is_the_published_one() -> None:
    """Krippendorff 2011, section C: nominal data, four observers with gaps."""
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    ratings = [{str(at): str(row[unit]) for at, row in enumerate(table) if row[unit] is not None} for unit in range(12)]
    assert krippendorff_alpha(ratings) == pytest.approx(0.743, abs=5e-4)


def test_self_agreement_counts_pairs_of_repeats() -> None:
    found = measure_self_agreement([[True, True, True], [True, False, True], [False]])
    assert found is not None
    assert found.value == pytest.approx((3 + 1) / 6)
    assert measure_self_agreement([[True], [False]]) is None


def test_a_judge_that_likes_long_answers_is_found_out() -> None:
    words = list(range(40))
    people = np.array([True, False] * 20)
    likes_length = np.array([count >= 20 for count in words])
    bias = measure_bias(people, likes_length, words)
    assert bias.length is not None
    assert bias.length > 0.5
    assert bias.length_p_value is not None
    assert bias.length_p_value < 0.01
    assert measure_bias(people, people, words).length is None
    assert measure_position([True, False, False, False]).position == 0.25


def test_a_correction_needs_a_judge_that_is_better_than_chance() -> None:
    assert correct_rate(rate(0.7, 100), rate(0.5, 50), rate(0.5, 50)) is None
    assert correct_rate(rate(0.7, 100), MetricValue(name="x", value=None, n=0), rate(0.9, 50)) is None


@pytest.mark.parametrize(("truth", "n", "labels"), [(0.8, 200, 100), (0.5, 1000, 60), (0.95, 300, 50)])
def test_corrected_intervals_hold_the_true_rate(truth: float, n: int, labels: int) -> None:
    """2,000 simulated runs each; `benchmarks/judges.py` measures many more cells."""
    rng = np.random.default_rng(1)
    sensitivity, specificity, held, runs = 0.9, 0.8, 0, 2000
    for _ in range(runs):
        apparent = truth * sensitivity + (1 - truth) * (1 - specificity)
        observed = rate(rng.binomial(n, apparent) / n, n)
        right = rate(rng.binomial(labels, sensitivity) / labels, labels)
        wrong = rate(rng.binomial(labels, specificity) / labels, labels)
        found = correct_rate(observed, right, wrong)
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.93 <= held / runs <= 0.985


def case(number: int, label: str | None, words: int = 5) -> Labelled:
    return Labelled(
        id=str(number),
        messages=(Message(role="user", text="q"),),
        answer=" ".join(["w"] * words),
        label="passed" if label == "passed" else "failed" if label == "failed" else None,
    )


def report_of(*rows: tuple[str | None, bool | None], version: str = "1") -> GearReport:
    gear = CheckedGear(name="helpful", kind="judge", version=version, checked_at="2026-01-01T00:00:00Z")
    return report_gear(gear, [Checked(case=case(number, label), decisions=(said,)) for number, (label, said) in enumerate(rows)])


def test_a_report_counts_what_was_decided_by_both() -> None:
    report = report_of(("passed", True), ("passed", False), ("failed", False), ("failed", None), (None, True))
    assert (report.n, report.inconclusive) == (3, 1)
    assert (report.agreement.value, report.sensitivity.value, report.specificity.value) == (pytest.approx(2 / 3), 0.5, 1.0)
    assert report.disagreements == ("1",)


def test_doubts_are_said_one_by_one() -> None:
    good = report_of(*[("passed", True), ("failed", False)] * 20)
    assert find_doubt(None, "1") == "was never checked against people's labels"
    assert "was changed since" in find_doubt(good, "2")
    assert find_doubt(good, "1", kappa_at_least=0.6) == ""
    poor = report_of(*[("passed", True), ("failed", False), ("failed", True)] * 5)
    assert "the interval must reach 0.9" in find_doubt(poor, "1", kappa_at_least=0.9)


def test_a_rate_is_only_corrected_for_the_judge_that_was_checked() -> None:
    report = report_of(*[("passed", True)] * 18, *[("passed", False)] * 2, *[("failed", False)] * 16, *[("failed", True)] * 4)
    raw = rate(0.7, 200)
    found = correct_for("helpful", "1", raw, report)
    assert found.value == pytest.approx((0.7 + 0.8 - 1) / (0.9 + 0.8 - 1))
    assert found.labels == 40
    changed = correct_for("helpful", "2", raw, report)
    assert changed.value is None
    assert "synthloop gears check helpful" in changed.warning

"""Statistics against brute force and scipy, on anything Hypothesis thinks of."""

import itertools
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from synthloop.evaluate.intervals import measure_share, measure_smooth, wilson_interval
from synthloop.evaluate.metrics import pass_hat
from synthloop.evaluate.permutation import Alternative, flip_signs, pair_exactly
from synthloop.evaluate.slices import adjust_p_values

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)
DIFFERENCES = st.lists(st.integers(-6, 6), max_size=9)
ALTERNATIVES: st.SearchStrategy[Alternative] = st.sampled_from(["two-sided", "better", "worse"])


@given(P_VALUES)
def test_q_values_are_the_step_up_procedure(p_values: list[float]) -> None:
    q_values = adjust_p_values(p_values)
    m = len(p_values)
    for p_value, q_value in zip(p_values, q_values, strict=True):
        # by definition: the smallest level at which this one is still rejected
        steps = [m * other / sum(1 for one in p_values if one <= other) for other in p_values if other >= p_value]
        assert q_value == pytest.approx(min(1.0, *steps), abs=1e-12)


@given(DIFFERENCES, ALTERNATIVES)
def test_sign_flips_count_every_pattern(differences: list[int], alternative: Alternative) -> None:
    changed = [value for value in differences if value]
    observed = sum(changed)
    sums = [
        sum(value * sign for value, sign in zip(changed, signs, strict=True)) for signs in itertools.product((1, -1), repeat=len(changed))
    ]
    extreme = {
        "two-sided": sum(abs(one) >= abs(observed) for one in sums),
        "better": sum(one >= observed for one in sums),
        "worse": sum(one <= observed for one in sums),
    }
    expected = extreme[alternative] / len(sums) if changed else 1.0
    assert flip_signs(np.array(differences, dtype=np.float64), alternative, random.Random(0)) == pytest.approx(expected)


@given(st.integers(0, 18), st.integers(0, 18), ALTERNATIVES)
def test_mcnemar_is_a_sign_flip_of_ones(better: int, worse: int, alternative: Alternative) -> None:
    if better + worse > 16:
        return
    differences = np.array([1.0] * better + [-1.0] * worse)
    assert pair_exactly(better, worse, alternative) == pytest.approx(flip_signs(differences, alternative, random.Random(0)))


@given(st.integers(1, 7), st.data())
def test_pass_hat_is_the_share_of_all_draws_that_pass(repeats: int, data: st.DataObject) -> None:
    passed, k = data.draw(st.integers(0, repeats)), data.draw(st.integers(1, repeats))
    outcomes = [True] * passed + [False] * (repeats - passed)
    draws = list(itertools.combinations(outcomes, k))
    assert pass_hat(passed, repeats, k) == pytest.approx(sum(all(draw) for draw in draws) / len(draws))


@given(st.integers(0, 60), st.integers(1, 60))
def test_wilson_is_scipys(passed: int, n: int) -> None:
    passed = min(passed, n)
    exact: Any = stats.binomtest(passed, n).proportion_ci(method="wilson")
    assert wilson_interval(passed / n, n, float(stats.norm.isf(0.025))) == pytest.approx((exact.low, exact.high), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20))
def test_a_share_lies_in_its_bounds_and_these_in_zero_and_one(clusters: list[tuple[int, int]]) -> None:
    hits = np.array([min(pair) for pair in clusters], dtype=np.float64)
    trials = np.array([max(pair) for pair in clusters], dtype=np.float64)
    metric = measure_share("x", hits, trials)
    assert (metric.value is None) == (trials.sum() == 0)
    if metric.value is not None and metric.low is not None and metric.high is not None:
        assert 0 <= metric.low <= metric.value <= metric.high <= 1
        assert metric.high - metric.low > 0
        shuffled = measure_share("x", hits[::-1], trials[::-1])
        assert (shuffled.low, shuffled.high) == pytest.approx((metric.low, metric.high))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5)), min_size=2, max_size=15))
def test_a_linearized_ratio_is_as_wide_as_the_jackknifed_one_or_wider_where_few_clusters_make_the_spread(
    clusters: list[tuple[int, int]],
) -> None:
    hits = np.array([float(min(hit, 4)) for hit, _ in clusters])
    trials = np.full(len(clusters), 4.0)
    one = measure_share("x", hits, trials)
    other = measure_smooth(
        "x", lambda block: block[:, 0] / block[:, 1], np.stack([hits, trials], axis=1), n=int(trials.sum()), clusters=len(hits)
    )
    assert one.value == pytest.approx(other.value)
    if one.low is not None and one.high is not None and other.low is not None and other.high is not None:
        assert one.low <= other.low + 1e-9
        assert one.high >= other.high - 1e-9
        assert one.high - one.low <= 2 * (other.high - other.low)

from typing import Any

import numpy as np
import pytest
from scipy import stats

from synthloop.evaluate.intervals import (
    measure_mean,
    measure_quantile,
    measure_share,
    measure_smooth,
    ratio_error,
    t_quantile,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("passes", "n", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_bounds(passes: int, n: int, low: float, high: float) -> None:
    assert wilson_interval(passes / n, n, float(stats.norm.isf(0.025))) == pytest.approx((low, high), abs=5e-5)


def test_one_sample_a_scenario_is_plain_wilson() -> None:
    passed = np.array([1.0] * 18 + [0.0] * 2)
    metric = measure_share("x", passed, np.ones(20))
    exact: Any = stats.binomtest(18, 20).proportion_ci(method="wilson")
    assert (metric.low, metric.high) == pytest.approx((exact.low, exact.high))
    assert (metric.method, metric.n, metric.clusters) == ("wilson", 20, 20)


def test_copies_of_samples_add_no_certainty() -> None:
    passed = np.array([1.0] * 18 + [0.0] * 2)
    once, ten_times = measure_share("x", passed, np.ones(20)), measure_share("x", 10 * passed, np.full(20, 10.0))
    assert once.low is not None
    assert ten_times.low is not None
    assert ten_times.low <= once.low
    assert ten_times.method == "cluster-wilson"


def test_a_perfect_score_still_has_a_width_set_by_scenarios() -> None:
    few, many = measure_share("x", np.full(5, 40.0), np.full(5, 40.0)), measure_share("x", np.full(100, 2.0), np.full(100, 2.0))
    assert (few.value, few.high, many.high) == (1.0, 1.0, 1.0)
    assert few.low is not None
    assert many.low is not None
    assert few.low < 0.6
    assert many.low > 0.95


def test_one_scenario_has_no_interval_and_none_has_no_value() -> None:
    one = measure_share("x", np.array([9.0]), np.array([10.0]))
    assert (one.value, one.low, one.high, one.method) == (0.9, None, None, "none")
    nothing = measure_share("x", np.zeros(0), np.zeros(0), unscored=4)
    assert (nothing.value, nothing.n, nothing.unscored) == (None, 0, 4)


def test_the_mean_of_single_values_is_the_ordinary_t_interval() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    metric = measure_mean("x", values, np.ones(4))
    half = float(stats.t.isf(0.025, 3)) * float(np.std(values, ddof=1)) / 2
    assert (metric.low, metric.high) == pytest.approx((3.75 - half, 3.75 + half))


def test_the_error_of_a_ratio_is_that_of_scenario_sums() -> None:
    sums, counts = np.array([1.0, 3.0, 0.0, 4.0]), np.array([2.0, 3.0, 1.0, 4.0])
    residuals = sums - 0.8 * counts
    assert ratio_error(sums, counts) == pytest.approx(np.sqrt(4 / 3 * (residuals**2).sum()) / 10)


def test_a_jackknife_of_a_plain_mean_is_the_ordinary_error() -> None:
    values = np.array([0.2, 0.4, 0.9, 0.5, 0.7])
    counts = np.stack([values, np.ones(5)], axis=1)
    metric = measure_smooth("x", lambda block: block[:, 0] / block[:, 1], counts, n=1000, clusters=5)
    share, se = float(values.mean()), float(np.std(values, ddof=1) / np.sqrt(5))
    assert (metric.low, metric.high) == pytest.approx(wilson_interval(share, share * (1 - share) / se**2, t_quantile(4)))


def test_a_quantile_lies_within_its_bounds_and_is_an_observed_value() -> None:
    values = np.arange(1.0, 101.0)
    metric = measure_quantile("x", values, np.arange(100), 0.5)
    assert metric.value == 50.0
    assert metric.low is not None
    assert metric.high is not None
    assert 38 <= metric.low < 50 < metric.high <= 62
    assert measure_quantile("x", np.zeros(0), np.zeros(0, dtype=np.intp), 0.5).value is None

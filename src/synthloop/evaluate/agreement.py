"""How far a gear agrees with people, and with itself.

Shares have score intervals that count scenarios, as all rates have. What is corrected for chance (kappa, alpha) is 1 - (1 - a) / (1 - e) of
the raw agreement a and the agreement e that chance alone would give; its bounds are those of a, put through the same formula. That takes e
as known, as Cohen's own standard error does, with a score interval where his is symmetric: it never has zero width, and nothing is drawn by
chance. `benchmarks/judges.py` measures how often it holds: 94 to 99 % for 30 to 200 cases. Bootstrap (BCa) and jackknife intervals held
60 to 99 % there.

Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 1960; Krippendorff, "Computing
Krippendorff's alpha-reliability", 2011.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synthloop.core.gear import Bias
from synthloop.core.score import MetricValue
from synthloop.evaluate.intervals import LEVEL, measure_share, wilson_interval
from synthloop.evaluate.outcomes import number_keys, sum_by

_stats = cast("Any", stats)  # scipy ships no types
_FEWEST = 10
"""Cases below which no correlation is given."""

Bools = NDArray[np.bool_]


def measure_rate(name: str, hits: int, n: int) -> MetricValue:
    """Return a share of independent cases with Wilson's interval."""
    if not n:
        return MetricValue(name=name, value=None, n=0)
    low, high = wilson_interval(hits / n, n, float(_stats.norm.ppf(0.5 + LEVEL / 2)))
    return MetricValue(name=name, value=hits / n, low=low, high=high, method="wilson", n=n, clusters=n)


def measure_cases(name: str, hits: Sequence[float] | Bools, scenarios: Sequence[str] = ()) -> MetricValue:
    """Return the share of cases that hit, with an interval that counts scenarios.

    Args:
        name: Name of the figure.
        hits: One value in [0, 1] a case.
        scenarios: What each case is a near-copy with; empty: each stands alone.
    """
    values = np.asarray(hits, dtype=np.float64)
    cluster = number_keys(scenarios or map(str, range(len(values))))
    size = int(cluster.max()) + 1 if len(values) else 0
    return measure_share(name, sum_by(cluster, values, size), sum_by(cluster, np.ones_like(values), size))


def measure_agreement(people: Bools, gear: Bools, scenarios: Sequence[str] = ()) -> MetricValue:
    """Return the share of cases on which both decide alike."""
    return measure_cases("agreement", people == gear, scenarios)


def measure_kappa(people: Bools, gear: Bools, scenarios: Sequence[str] = ()) -> MetricValue:
    """Return Cohen's kappa; without a value where both decide every case in the same way, since chance alone would do as well.

    Example:
        >>> found = measure_kappa(np.array([True, True, False, False]), np.array([True, True, True, False]))
        >>> found.value
        0.5
    """
    agreement = measure_agreement(people, gear, scenarios)
    if not len(people):
        return msgspec.structs.replace(agreement, name="kappa")
    passed_by_people, passed_by_gear = float(people.mean()), float(gear.mean())
    expected = passed_by_people * passed_by_gear + (1 - passed_by_people) * (1 - passed_by_gear)
    return correct_for_chance("kappa", agreement, expected)


def measure_alpha(name: str, units: Sequence[Sequence[bool]], scenarios: Sequence[str] = ()) -> MetricValue:
    """Return Krippendorff's alpha of passed and failed with its interval: any number of raters a case, with gaps.

    Args:
        name: Name of the figure.
        units: What was decided of each case; those with fewer than two decisions say nothing.
        scenarios: What each case is a near-copy with; empty: each stands alone.
    """
    names = scenarios or [str(number) for number in range(len(units))]
    rated = [(decisions, scenario) for decisions, scenario in zip(units, names, strict=True) if len(decisions) > 1]
    weights = np.array([len(decisions) for decisions, _ in rated], dtype=np.float64)
    alike = np.array([_share_alike(decisions) for decisions, _ in rated], dtype=np.float64)
    cluster = number_keys(scenario for _, scenario in rated)
    size = int(cluster.max()) + 1 if rated else 0
    agreement = measure_share(name, sum_by(cluster, weights * alike, size), sum_by(cluster, weights, size), n=len(rated))
    pooled = [decision for decisions, _ in rated for decision in decisions]
    return correct_for_chance(name, agreement, _share_alike(pooled)) if rated else agreement


def correct_for_chance(name: str, agreement: MetricValue, expected: float) -> MetricValue:
    """Return agreement beyond what chance gives: 1 for perfect, 0 for chance; without a value where chance explains all of it."""

    def correct(share: float | None) -> float | None:
        return None if share is None or expected >= 1 else 1 - (1 - share) / (1 - expected)

    value = correct(agreement.value)
    method = "none" if value is None else agreement.method
    low, high = correct(agreement.low), correct(agreement.high)
    return msgspec.structs.replace(agreement, name=name, value=value, low=low, high=high, method=method)


def measure_self_agreement(repeats: Sequence[Sequence[bool]]) -> MetricValue | None:
    """Return the share of pairs of repeats of one case that decide alike, pooled over cases; None without repeats."""
    pairs = [len(row) * (len(row) - 1) // 2 for row in repeats]
    if not sum(pairs):
        return None
    alike = [math.comb(sum(row), 2) + math.comb(len(row) - sum(row), 2) for row in repeats]
    cases = sum(1 for count in pairs if count)
    rate = sum(alike) / sum(pairs)
    low, high = wilson_interval(rate, cases, float(_stats.norm.ppf(0.5 + LEVEL / 2)))
    return MetricValue(name="self_agreement", value=rate, low=low, high=high, method="wilson", n=sum(pairs), clusters=cases)


def measure_bias(people: Bools, gear: Bools, words: Sequence[int]) -> Bias:
    """Return how the gear's errors follow the length of answers: +1 where it passes what people fail, -1 the other way round."""
    error = gear.astype(float) - people.astype(float)
    if len(error) < _FEWEST or not error.std() or not np.std(words):
        return Bias()
    found: Any = _stats.spearmanr(error, words)
    return Bias(length=float(found.statistic), length_p_value=float(found.pvalue))


def measure_position(swapped: Sequence[bool]) -> Bias:
    """Return the share of pairs whose winner changed when their order was swapped."""
    return Bias(position=sum(swapped) / len(swapped) if swapped else None, position_n=len(swapped))


def krippendorff_alpha(ratings: Sequence[Mapping[str, bool | str]]) -> float | None:
    """Return Krippendorff's alpha for nominal decisions of any number of raters with gaps; None where nothing can be compared.

    Args:
        ratings: One mapping of rater -> decision a case; raters that did not decide are left out.

    Source: Krippendorff, "Computing Krippendorff's alpha-reliability", 2011.

    Example:
        >>> round(krippendorff_alpha([{"a": 1, "b": 1}, {"a": 0, "b": 1}, {"a": 0, "b": 0}]), 4)
        0.4444
    """
    units = [list(each.values()) for each in ratings if len(each) > 1]
    values = sorted({str(value) for unit in units for value in unit})
    place = {value: at for at, value in enumerate(values)}
    coincidences = np.zeros((len(values), len(values)))
    for unit in units:
        counts = np.bincount([place[str(value)] for value in unit], minlength=len(values)).astype(float)
        coincidences += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    expected = n * n - (totals**2).sum()
    if n < 2 or expected <= 0:
        return None
    return float(1 - (n - 1) * (n - np.trace(coincidences)) / expected)


def _share_alike(decisions: Sequence[bool]) -> float:
    passed, total = sum(decisions), len(decisions)
    return (math.comb(passed, 2) + math.comb(total - passed, 2)) / math.comb(total, 2)


__all__ = [
    "Bools",
    "correct_for_chance",
    "krippendorff_alpha",
    "measure_agreement",
    "measure_alpha",
    "measure_bias",
    "measure_cases",
    "measure_kappa",
    "measure_position",
    "measure_rate",
    "measure_self_agreement",
]

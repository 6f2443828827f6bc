"""How far a gear agrees with people, and with itself."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synthloop.core.gear import Bias
from synthloop.core.score import MetricValue
from synthloop.evaluate.intervals import LEVEL, wilson_interval

_stats = cast("Any", stats)  # scipy ships no types
_DRAWS = 2_000
_FEWEST = 10
"""Cases below which no correlation is given."""

Bools = NDArray[np.bool_]


def measure_rate(name: str, hits: int, n: int) -> MetricValue:
    """Return a share of independent cases with Wilson's interval."""
    if not n:
        return MetricValue(name=name, value=None, n=0)
    low, high = wilson_interval(hits / n, n, float(_stats.norm.ppf(0.5 + LEVEL / 2)))
    return MetricValue(name=name, value=hits / n, low=low, high=high, method="wilson", n=n, clusters=n)


def measure_agreement(people: Bools, gear: Bools) -> MetricValue:
    """Return the share of cases on which both decide alike."""
    return measure_rate("agreement", int((people == gear).sum()), len(people))


def measure_kappa(people: Bools, gear: Bools, *, seed: int = 0) -> MetricValue:
    """Return Cohen's kappa with a bootstrap interval over cases (BCa).

    Where both always decide alike in one way, kappa is 1 by convention here: there is nothing to correct for.

    Source: Cohen, "A coefficient of agreement for nominal scales", 1960.
    """
    n = len(people)
    if n < 2:
        return MetricValue(name="kappa", value=None, n=n)
    value = _kappa(people, gear)
    if value >= 1.0:
        # no resample can differ: the rule of three bounds how much disagreement was missed
        return MetricValue(name="kappa", value=1.0, low=max(-1.0, 1.0 - 2 * 3.0 / n), high=1.0, method="none", n=n, clusters=n)
    low, high = _bootstrap(lambda rows: _kappa(people[rows], gear[rows]), n, value, seed)
    return MetricValue(name="kappa", value=value, low=low, high=high, method="none", n=n, clusters=n)


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


def _kappa(people: Bools, gear: Bools) -> float:
    """Two classes allow a closed form, which a bootstrap can afford; a test holds it to scikit-learn's."""
    alike = float((people == gear).mean())
    by_chance = float(people.mean() * gear.mean() + (1 - people.mean()) * (1 - gear.mean()))
    return (alike - by_chance) / (1 - by_chance) if by_chance < 1.0 else 1.0


def _bootstrap(statistic: Callable[[NDArray[np.int64]], float], n: int, value: float, seed: int) -> tuple[float, float]:
    """Return a bias-corrected and accelerated bootstrap interval (Efron 1987)."""
    rng = np.random.default_rng(seed)
    drawn = np.array([statistic(rng.integers(0, n, n)) for _ in range(_DRAWS)])
    everything = np.arange(n)
    left_out = np.array([statistic(np.delete(everything, at)) for at in range(n)])
    apart = left_out.mean() - left_out
    spread = float((apart**2).sum())
    acceleration = float((apart**3).sum()) / (6 * spread**1.5) if spread else 0.0
    below = float(np.clip((drawn < value).mean() + (drawn == value).mean() / 2, 1 / _DRAWS, 1 - 1 / _DRAWS))
    bias = float(_stats.norm.ppf(below))

    def adjust(level: float) -> float:
        shifted = bias + float(_stats.norm.ppf(level))
        return float(_stats.norm.cdf(bias + shifted / (1 - acceleration * shifted)))

    low, high = np.quantile(drawn, [adjust((1 - LEVEL) / 2), adjust((1 + LEVEL) / 2)])
    return float(low), float(high)


__all__ = [
    "krippendorff_alpha",
    "measure_agreement",
    "measure_bias",
    "measure_kappa",
    "measure_position",
    "measure_rate",
    "measure_self_agreement",
]

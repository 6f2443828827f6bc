"""What sways a judge besides the answer: how long it is, and where it is shown; each with an interval that counts scenarios."""

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synthloop.core.score import MetricValue
from synthloop.evaluate.intervals import LEVEL, ratio_error
from synthloop.evaluate.outcomes import number_keys, sum_by

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def measure_longer(people: Bools, gear: Bools, words: Sequence[int], scenarios: Sequence[str]) -> MetricValue | None:
    """Return how much more a judge passes longer answers than people do, in [-2, 2]; 0 is none.

    Of the answers longer than the median, and of the others: the judge's pass rate minus that of people; then the difference of the two.
    That people like longer answers better is so not held against the judge. None where all are equally long.

    Args:
        people: Whether people pass each case.
        gear: Whether the judge passes it.
        words: Length of each answer.
        scenarios: What each case is a near-copy with.
    """
    lengths = np.asarray(words)
    longer = lengths > np.median(lengths) if len(lengths) else np.zeros(0, dtype=bool)
    if not longer.any():
        return None
    excess = gear.astype(np.float64) - people.astype(np.float64)
    names = np.array(scenarios, dtype=object)
    (above, error_above), (below, error_below) = (_mean(excess[half], names[half].tolist()) for half in (longer, ~longer))
    plain = MetricValue(name="longer", value=above - below, n=len(excess), clusters=len(set(scenarios)))
    return _bound(plain, math.hypot(error_above, error_below), 2.0)


def measure_first_shown(places: Sequence[float], scenarios: Sequence[str]) -> MetricValue | None:
    """Return how much more often what is shown first is picked than what is shown second, in [-1, 1]; 0 is none. Ties are neither.

    Every pair is shown in both orders, so that neither answer's quality favors a place. None where there are no pairs.

    Args:
        places: Of each pair, the share of comparisons that picked what was shown first minus the share that picked the other.
        scenarios: What each pair is a near-copy with.
    """
    if not places:
        return None
    mean, error = _mean(np.asarray(places, dtype=np.float64), scenarios)
    return _bound(MetricValue(name="first_shown", value=mean, n=len(places), clusters=len(set(scenarios))), error, 1.0)


def _mean(values: Floats, scenarios: Sequence[str]) -> tuple[float, float]:
    """Return a mean of values in [-1, 1] with its clustered standard error; where nothing varies, with what Wilson's interval implies."""
    cluster = number_keys(scenarios)
    size = int(cluster.max()) + 1
    quantile = float(stats.norm.isf((1 - LEVEL) / 2))
    error = ratio_error(sum_by(cluster, values, size), sum_by(cluster, np.ones_like(values), size))
    return float(values.mean()), error or quantile / (size + quantile**2)


def _bound(plain: MetricValue, error: float, most: float) -> MetricValue:
    if plain.value is None or plain.clusters < 3:
        return plain
    half = float(stats.t.isf((1 - LEVEL) / 2, plain.clusters - 2)) * error
    low, high = max(-most, plain.value - half), min(most, plain.value + half)
    return msgspec.structs.replace(plain, low=low, high=high, method="cluster-t")


__all__ = ["measure_first_shown", "measure_longer"]

"""Rates corrected for a judge's known error.

A judge that passes a share of what people fail, and fails a share of what people pass, gives a pass rate that is off by as much. With its
sensitivity and specificity known from a labelled set, the rate that people would give can be estimated:

    (observed + specificity - 1) / (sensitivity + specificity - 1)

Its interval has to carry both sources of error, since the labelled set is small as well. Source: Rogan and Gladen, "Estimating prevalence
from the results of a screening test", 1978; interval by Lang and Reiczigel, "Confidence limits for prevalence of disease adjusted for
estimated sensitivity and specificity", 2014. Ours puts an effective number of observations in place of n where the run's samples are
clustered by scenario. `benchmarks/judges.py` measures how often it holds what it promises.
"""

import math
from dataclasses import dataclass
from typing import cast

from scipy.optimize import brentq  # pyright: ignore[reportUnknownVariableType] - scipy ships no types
from scipy.stats import norm  # pyright: ignore[reportUnknownVariableType] - scipy ships no types

from synthloop.core.score import MetricValue
from synthloop.evaluate.intervals import LEVEL, wilson_interval

_SURE = 1.645
"""Standard errors by which sensitivity + specificity - 1 must lie above 0: else the judge may do no better than chance, and a correction
would divide by nearly nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A corrected rate with its interval, all in [0, 1]."""

    value: float
    low: float
    high: float


def correct_rate(observed: MetricValue, sensitivity: MetricValue, specificity: MetricValue) -> Corrected | None:
    """Return the rate that people would give, or None where the labels don't show that the judge does better than chance.

    Args:
        observed: The judge's pass rate on the run, with its interval.
        sensitivity: Of what people pass, the share that the judge passes; `n` is the number of such labels.
        specificity: Of what people fail, the share that the judge fails; `n` is the number of such labels.

    Example:
        >>> rate = MetricValue(name="pass", value=0.7, n=1000)
        >>> found = correct_rate(rate, MetricValue(name="se", value=0.9, n=200), MetricValue(name="sp", value=0.8, n=200))
        >>> round(found.value, 3), found.low < 0.714 < found.high
        (0.714, True)
    """
    share, right, wrong = observed.value, sensitivity.value, specificity.value
    if share is None or right is None or wrong is None or not _has_skill((right, sensitivity.n), (wrong, specificity.n)):
        return None
    value = (share + wrong - 1) / (right + wrong - 1)
    low, high = _bound(share, _effective_n(observed), (right, sensitivity.n), (wrong, specificity.n))
    return Corrected(value=_clip(value), low=_clip(low), high=_clip(high))


def _has_skill(sensitivity: tuple[float, int], specificity: tuple[float, int]) -> bool:
    """Tell whether the labels show that a judge does better than chance (one-sided, 95 %)."""
    right, right_n = _add_two(*sensitivity)
    wrong, wrong_n = _add_two(*specificity)
    error = math.sqrt(right * (1 - right) / right_n + wrong * (1 - wrong) / wrong_n)
    return right + wrong - 1 > _SURE * error


def _bound(share: float, n: float, sensitivity: tuple[float, int], specificity: tuple[float, int]) -> tuple[float, float]:
    z = float(norm.ppf(0.5 + LEVEL / 2))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - scipy ships no types
    right, right_n = _add_two(*sensitivity)
    wrong, wrong_n = _add_two(*specificity)
    apparent_n = n + z * z
    apparent = (n * share + z * z / 2) / apparent_n
    skill = max(right + wrong - 1, 1e-9)
    rate = (apparent + wrong - 1) / skill
    of_right = right * (1 - right) / right_n
    of_wrong = wrong * (1 - wrong) / wrong_n
    shift = 2 * z * z * (rate * of_right - (1 - rate) * of_wrong)
    error = math.sqrt(apparent * (1 - apparent) / apparent_n + rate * rate * of_right + (1 - rate) ** 2 * of_wrong) / skill
    return rate + shift - z * error, rate + shift + z * error


def _add_two(share: float, n: int) -> tuple[float, int]:
    """Return a share as if one more hit and one more miss had been seen, after Agresti and Coull."""
    return (share * n + 1) / (n + 2), n + 2


def _effective_n(observed: MetricValue) -> float:
    """Return with how many independent observations Wilson's interval would be as wide as the clustered one; at most n."""
    if observed.value is None or observed.low is None or observed.high is None:
        return float(min(observed.n, observed.clusters or observed.n))
    share, width = observed.value, observed.high - observed.low
    z = float(norm.ppf(0.5 + LEVEL / 2))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - scipy ships no types

    def excess(n: float) -> float:
        low, high = wilson_interval(share, n, z)
        return high - low - width

    fewest, most = 0.5, float(max(observed.n, 1))
    if excess(most) >= 0:
        return most
    return cast("float", brentq(excess, fewest, most)) if excess(fewest) > 0 else fewest


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))


__all__ = ["Corrected", "correct_rate"]

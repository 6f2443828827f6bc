"""Sign-flip tests: had nothing changed, each scenario's difference could as well have had the other sign.

Exact where all sign patterns can be listed, drawn otherwise. Scenarios are flipped as a whole, so that neither repeats nor near-copies are
taken for evidence: four scenarios that all got better give p = 1/16 one-sided, however often each was repeated.

Source: Fisher, "The Design of Experiments", 1935; Hemerik and Goeman, "Exact testing with random permutations", TEST 2018 (the observed
pattern counts as one of those drawn, which keeps the test exact).
"""

import random
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from synthloop.evaluate.outcomes import Floats

Alternative = Literal["two-sided", "better", "worse"]

MOST_LISTED = 18
"""Up to this many scenarios with a difference, all 2**n sign patterns are listed."""

DRAWS = 20_000
"""Sign patterns drawn otherwise."""

ROUNDING = 1e-9
"""Sums that differ by less are ties."""


def flip_signs(differences: Floats, alternative: Alternative, rng: random.Random) -> float:
    """Return the p-value of the sum of differences.

    Args:
        differences: After minus before, one entry a scenario; zeros carry no information and are left out.
        alternative: `better` asks whether the sum is higher than chance allows, `worse` whether it is lower.
        rng: Source of chance where patterns are drawn.

    Example:
        >>> flip_signs(np.ones(4), "better", random.Random(0))
        0.0625
    """
    changed = differences[np.abs(differences) > ROUNDING]
    if not len(changed):
        return 1.0
    observed = float(changed.sum())
    if len(changed) <= MOST_LISTED:
        sums, extra = _list_sums(changed), 0
    else:
        sums, extra = _draw_sums(np.abs(changed), rng), 1
    return (_count_extreme(sums, observed, alternative) + extra) / (len(sums) + extra)


def pair_exactly(fixed: int, broken: int, alternative: Alternative) -> float:
    """Return the exact p-value of McNemar's test: how uneven pairs that changed are split."""
    if fixed + broken == 0:
        return 1.0
    sides = {"two-sided": "two-sided", "better": "greater", "worse": "less"}
    return float(stats.binomtest(fixed, fixed + broken, 0.5, alternative=sides[alternative]).pvalue)


def _list_sums(changed: Floats) -> Floats:
    sums = np.zeros(1)
    for value in changed:
        sums = np.concatenate((sums + value, sums - value))
    return sums


def _draw_sums(sizes: Floats, rng: random.Random) -> Floats:
    # scenarios of equal size are exchangeable: how many of them are positive is binomial, however many there are
    draw = np.random.default_rng(rng.getrandbits(64))
    values, counts = np.unique(np.round(sizes, 9), return_counts=True)
    positive = draw.binomial(counts.astype(np.int64), 0.5, size=(DRAWS, len(values)))
    return (2 * positive - counts) @ values


def _count_extreme(sums: npt.NDArray[np.float64], observed: float, alternative: Alternative) -> int:
    if alternative == "better":
        return int((sums >= observed - ROUNDING).sum())
    if alternative == "worse":
        return int((sums <= observed + ROUNDING).sum())
    return int((np.abs(sums) >= abs(observed) - ROUNDING).sum())


__all__ = ["DRAWS", "MOST_LISTED", "Alternative", "flip_signs", "pair_exactly"]

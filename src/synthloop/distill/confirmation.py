"""Is a failure mode real, or a few samples that failed by chance? Fresh neighbors tell."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from synthloop.core.report import FailureMode

ALPHA = 0.05
"""Chance of confirming a mode whose neighbors fail no more than everything else."""

LOWEST_RATE = 0.01
"""An app that failed nowhere else is still assumed to fail this often: a few neighbors can't show that it never does."""

HIGHEST_RATE = 0.5
"""Neighbors most of which fail are a problem that holds up, however much else of the app fails too."""


def confirm_mode(mode: FailureMode, neighbors_tried: int, neighbors_failed: int, overall_rate: float) -> FailureMode:
    """Return the mode with what its neighbors did: confirmed where they fail more often than the app does overall, or than half the time.

    A one-sided exact binomial test against the lower of these two rates. Without a neighbor `confirmed` stays None.

    Args:
        mode: The mode.
        neighbors_tried: Neighbors that were answered and scored.
        neighbors_failed: How many of them failed.
        overall_rate: The app's failure rate over the whole run, in [0, 1].

    Raises:
        ValueError: `neighbors_failed` is not between 0 and `neighbors_tried`.
    """
    if not 0 <= neighbors_failed <= neighbors_tried:
        raise ValueError(f"{neighbors_failed} of {neighbors_tried} neighbors can't have failed")
    surprise = measure_surprise(neighbors_tried, neighbors_failed, overall_rate) if neighbors_tried else None
    return msgspec.structs.replace(
        mode,
        neighbors_tried=neighbors_tried,
        neighbors_failed=neighbors_failed,
        confirmed=None if surprise is None else surprise <= ALPHA,
    )


def control_modes(modes: Sequence[FailureMode], overall_rate: float) -> tuple[FailureMode, ...]:
    """Return modes whose neighbors were tried, confirmed with control over all of them: of those that are, few are false.

    Benjamini-Hochberg over the p-values of `measure_surprise`, at `ALPHA`: each of many modes that are mere chance would else have its own
    chance of being confirmed. Modes without neighbors stay as they are.
    """
    tried = [at for at, mode in enumerate(modes) if mode.neighbors_tried]
    if not tried:
        return tuple(modes)
    from scipy import stats  # noqa: PLC0415 - loads only where modes are confirmed

    surprises = [measure_surprise(modes[at].neighbors_tried, modes[at].neighbors_failed, overall_rate) for at in tried]
    q_values = dict(zip(tried, cast("Any", stats).false_discovery_control(surprises).tolist(), strict=True))
    return tuple(
        msgspec.structs.replace(mode, confirmed=q_values[at] <= ALPHA) if at in q_values else mode for at, mode in enumerate(modes)
    )


def measure_surprise(tried: int, failed: int, overall_rate: float) -> float:
    """Return the p-value of so many failures or more at the overall rate, or at half where that is lower.

    Example:
        >>> round(measure_surprise(8, 6, 0.1), 6)
        2.3e-05
    """
    from scipy import stats  # noqa: PLC0415 - loads only where modes are confirmed

    return float(stats.binomtest(failed, tried, max(LOWEST_RATE, min(HIGHEST_RATE, overall_rate)), alternative="greater").pvalue)


__all__ = ["ALPHA", "HIGHEST_RATE", "LOWEST_RATE", "confirm_mode", "control_modes", "measure_surprise"]

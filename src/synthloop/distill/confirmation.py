"""Is a failure mode real, or a few samples that failed by chance? Fresh neighbors tell."""

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


def measure_surprise(tried: int, failed: int, overall_rate: float) -> float:
    """Return the p-value of so many failures or more at the overall rate, or at half where that is lower.

    Example:
        >>> round(measure_surprise(8, 6, 0.1), 6)
        2.3e-05
    """
    from scipy import stats  # noqa: PLC0415 - loads only where modes are confirmed

    return float(stats.binomtest(failed, tried, max(LOWEST_RATE, min(HIGHEST_RATE, overall_rate)), alternative="greater").pvalue)


__all__ = ["ALPHA", "HIGHEST_RATE", "LOWEST_RATE", "confirm_mode", "measure_surprise"]

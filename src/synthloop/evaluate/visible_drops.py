"""How small a drop a holdout could show, known before any app is run: from the number of its scenarios alone.

Had nothing changed, each scenario that changes could as well have got better as worse. So a drop is beyond chance only where at least
log2(1 / alpha) scenarios get worse (and none better), whatever else is known: six, for the half of an alpha of 0.05 that the gate spends on
all samples together. Where each scenario breaks with a chance d, the number of those that break is binomial; the drop that shows four times
in five is the d at which at least that many break with a chance of 0.8, which is a quantile of a beta distribution.

This is the best case: all scenarios passed before, a scenario breaks as a whole, and nothing gets better. Nothing smaller can be hoped for.

Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 1934, for the
relation of both distributions.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scipy import stats

from synthloop.core.sample import Sample
from synthloop.evaluate.comparison import POWER


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleDrop:
    """How small a drop of its pass rate one behavior's holdout could show, at best."""

    behavior_id: str
    samples: int
    scenarios: int
    needed: int
    """Scenarios that have to get worse before a drop is beyond chance."""
    smallest: float | None
    """A smaller drop never shows; None where not even the loss of everything does."""
    likely: float | None
    """A drop that shows four times in five; None where none does."""


def find_visible_drops(behavior_ids: Iterable[str], samples: Iterable[Sample], alpha: float) -> tuple[VisibleDrop, ...]:
    """Return what the holdout could show of each behavior, in the order of the behaviors.

    Args:
        behavior_ids: Those to tell of, also where they have no sample.
        samples: The holdout.
        alpha: Accepted share of false alarms of the gate, above 0.
    """
    scenarios: dict[str, list[str]] = {name: [] for name in behavior_ids}
    for sample in samples:
        scenarios.setdefault(sample.behavior_id, []).append(sample.scenario_id)
    return tuple(_measure(name, len(ids), len(set(ids)), alpha) for name, ids in scenarios.items())


def count_worse(alpha: float) -> int:
    """Return how many scenarios must get worse, and none better, before a drop of all samples together is beyond chance.

    Example:
        >>> count_worse(0.05)
        6
    """
    return math.ceil(math.log2(2 / alpha))


def _measure(behavior_id: str, samples: int, scenarios: int, alpha: float) -> VisibleDrop:
    needed = count_worse(alpha)
    seen = scenarios >= needed
    return VisibleDrop(
        behavior_id=behavior_id,
        samples=samples,
        scenarios=scenarios,
        needed=needed,
        smallest=needed / scenarios if seen else None,
        likely=float(stats.beta.ppf(POWER, needed, scenarios - needed + 1)) if seen else None,
    )


__all__ = ["VisibleDrop", "count_worse", "find_visible_drops"]

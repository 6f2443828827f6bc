"""Train, dev and holdout: near copies together, behaviors and labels spread evenly.

Source: Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data" (2011). Ours deals out whole groups instead of
single samples, counts behaviors as labels, and keeps the best of several shuffles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from synthloop.core.errors import UsageError
from synthloop.core.lineage import chance
from synthloop.core.sample import Sample, Split
from synthloop.curate.groups import Group, Grouping, group_samples
from synthloop.curate.stratify import SPLITS, Shares, deal_at_random, deal_evenly, fill_empty_splits, measure_imbalance

_WORK = 100_000
"""Group placements over all shuffles: bounds the time to about a second."""
_MAX_SHUFFLES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitShares:
    """How samples are shared out; the shares add up to 1."""

    train: float = 0.6
    dev: float = 0.2
    holdout: float = 0.2

    def __post_init__(self) -> None:
        shares = (self.train, self.dev, self.holdout)
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
            raise UsageError(f"split shares are {shares[0]:g}, {shares[1]:g} and {shares[2]:g}. Fix: none below 0, and 1 in total.")

    def read(self, split: Split) -> float:
        """Return one split's share."""
        return {"train": self.train, "dev": self.dev, "holdout": self.holdout}[split]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlan:
    """Which sample goes where, and how even that is."""

    splits: dict[str, Split]
    """Sample id -> split, group by group."""
    groups: int
    """Groups of near copies that were kept together."""
    shuffles: int
    """Shuffles that were tried."""
    imbalance_before: float
    """Of groups dealt out at random: mean over behaviors and labels of half the absolute difference between the shares that were got
    and those that were asked for; in [0, 1], 0 is even."""
    imbalance_after: float
    """Of this plan."""
    impossible: tuple[str, ...]
    """What could not be done, one sentence each; empty where every behavior is in every split and no
    near copies are apart."""


def assign_splits(
    samples: Iterable[Sample], shares: SplitShares, *, seed: int, fixed: Mapping[str, Split] | None = None
) -> dict[str, Split]:
    """Return sample id -> split; see `plan_splits`."""
    return plan_splits(samples, shares, seed=seed, fixed=fixed).splits


def plan_splits(samples: Iterable[Sample], shares: SplitShares, *, seed: int, fixed: Mapping[str, Split] | None = None) -> SplitPlan:
    """Share samples out so that near copies stay together and every behavior and label is everywhere in its share.

    Near copies are the samples of one scenario, scenarios that have near duplicates in common, and scenarios whose samples are slot
    variants of each other. Several shuffles, addressed by chance, are tried and the most even one is kept. The order of samples does
    not matter.

    Args:
        samples: Read once.
        shares: What each split gets.
        seed: The run seed.
        fixed: `Sample.group` -> split that was decided earlier. It stays, and so do the near copies of its samples.
    """
    grouping = group_samples(samples, fixed or {})
    groups = grouping.groups
    wanted: dict[Split, float] = {split: shares.read(split) for split in SPLITS if shares.read(split) > 0}
    shuffles = max(1, min(_MAX_SHUFFLES, _WORK // max(1, len(groups))))
    tried = (_shuffle(groups, wanted, chance(seed, "curate.split", "shuffle", replica)) for replica in range(shuffles))
    imbalance, places = min(tried, key=lambda found: found[0])
    at_random = deal_at_random(groups, wanted, chance(seed, "curate.split", "at-random"))
    return SplitPlan(
        splits={sample_id: places[group.id] for group in groups for sample_id in group.sample_ids},
        groups=len(groups),
        shuffles=shuffles,
        imbalance_before=measure_imbalance(groups, at_random, wanted),
        imbalance_after=imbalance,
        impossible=(*_explain_torn(grouping), *_explain_missing(groups, places, wanted)),
    )


def _shuffle(groups: Sequence[Group], wanted: Shares, rng: Random) -> tuple[float, dict[str, Split]]:
    places = fill_empty_splits(groups, deal_evenly(groups, wanted, rng), wanted)
    return measure_imbalance(groups, places, wanted), places


def _explain_torn(grouping: Grouping) -> list[str]:
    return [
        f"scenarios {one} and {other} have near copies of each other and stay in the splits fixed earlier" for one, other in grouping.torn
    ]


def _explain_missing(groups: Sequence[Group], places: Mapping[str, Split], wanted: Shares) -> list[str]:
    found: dict[str, list[Split]] = {}
    for group in groups:
        for behavior in group.behaviors:
            found.setdefault(behavior, []).append(places[group.id])
    said: list[str] = []
    for behavior, splits in sorted(found.items()):
        missing = [split for split in wanted if split not in splits]
        if missing:
            copies = "1 group" if len(splits) == 1 else f"{len(splits)} groups"
            said.append(f"behavior {behavior} has nothing in {' and '.join(missing)}: its samples are {copies} of near copies")
    return said


__all__ = ["SplitPlan", "SplitShares", "assign_splits", "plan_splits"]

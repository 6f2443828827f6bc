"""Dealing groups out to splits so that every stratum is everywhere in its share.

Source: Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data" (2011), algorithm 1, over groups.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from synthloop.core.sample import Split
from synthloop.curate.groups import Group

SPLITS: tuple[Split, ...] = ("train", "dev", "holdout")

Shares: TypeAlias = Mapping[Split, float]
"""Split -> what it should get, adding up to 1; without splits that get nothing."""


def deal_at_random(groups: Sequence[Group], shares: Shares, rng: random.Random) -> dict[str, Split]:
    """Return group id -> split, drawn with the shares as probabilities; fixed groups stay. The yardstick for `deal_evenly`."""
    drawn = rng.choices(list(shares), list(shares.values()), k=len(groups))
    return {group.id: group.split or split for group, split in zip(groups, drawn, strict=True)}


def deal_evenly(groups: Sequence[Group], shares: Shares, rng: random.Random) -> dict[str, Split]:
    """Return group id -> split, rarest stratum first, its largest group first, each to the split that lacks most of that stratum.

    Fixed groups stay. `rng` breaks ties.
    """
    dealer = _Dealer(groups, shares)
    free = [group for group in rng.sample(groups, len(groups)) if group.split is None]
    for group in groups:
        if group.split is not None:
            dealer.place(group, group.split)
    left = _total(free)
    members: dict[str, list[Group]] = {stratum: [] for stratum in left}
    for group in free:
        for stratum in group.strata:
            members[stratum].append(group)
    while left:
        rarest = min(left, key=lambda stratum: (left[stratum], stratum))
        for group in sorted(members[rarest], key=_count_of(rarest), reverse=True):
            if group.id not in dealer.places:
                dealer.place(group, dealer.find_neediest(rarest, rng))
                _subtract(left, group)
        del left[rarest]
    return dealer.places


class _Dealer:
    """What each split still lacks of each stratum."""

    def __init__(self, groups: Sequence[Group], shares: Shares) -> None:
        totals = _total(groups)
        self.places: dict[str, Split] = {}
        self._lacks: dict[Split, dict[str, float]] = {
            split: {stratum: share * total for stratum, total in totals.items()} for split, share in shares.items()
        }

    def find_neediest(self, stratum: str, rng: random.Random) -> Split:
        return max(list(self._lacks), key=lambda split: (self._lacks[split][stratum], self._lacks[split]["all"], rng.random()))

    def place(self, group: Group, split: Split) -> None:
        self.places[group.id] = split
        lacks = self._lacks.get(split)
        if lacks is None:  # fixed to a split that gets nothing new
            return
        for stratum, count in group.strata.items():
            lacks[stratum] -= count


def fill_empty_splits(groups: Sequence[Group], places: Mapping[str, Split], shares: Shares) -> dict[str, Split]:
    """Return the places with small groups moved so that each behavior is in every split, where it has enough groups for that."""
    filled = dict(places)
    for stratum in [*sorted({f"behavior {name}" for group in groups for name in group.behaviors}), "all"]:
        members = [group for group in groups if stratum in group.strata]
        for split in shares:
            if all(filled[group.id] != split for group in members):
                _move_smallest(members, filled, split, stratum)
    return filled


def _move_smallest(members: list[Group], places: dict[str, Split], to: Split, stratum: str) -> None:
    counts = Counter(places[group.id] for group in members)
    movable = [group for group in members if group.split is None and counts[places[group.id]] > 1]
    if movable:
        most = max(counts[places[group.id]] for group in movable)
        donors = [group for group in movable if counts[places[group.id]] == most]
        places[min(donors, key=lambda group: (group.strata[stratum], group.id)).id] = to


def measure_imbalance(groups: Sequence[Group], places: Mapping[str, Split], shares: Shares) -> float:
    """Return the mean over strata of half the absolute difference between shares got and shares wanted: in [0, 1], 0 is even."""
    totals = _total(groups)
    got: dict[str, Counter[Split]] = {stratum: Counter() for stratum in totals}
    for group in groups:
        for stratum, count in group.strata.items():
            got[stratum][places[group.id]] += count
    distances = [_distance(got[stratum], total, shares) for stratum, total in totals.items()]
    return sum(distances) / max(1, len(distances))


def _distance(got: Counter[Split], total: int, shares: Shares) -> float:
    return sum(abs(got[split] / total - shares.get(split, 0.0)) for split in SPLITS) / 2


def _total(groups: Sequence[Group]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for group in groups:
        for stratum, count in group.strata.items():  # a counter's `update` takes longer than this for so few
            totals[stratum] = totals.get(stratum, 0) + count
    return dict(sorted(totals.items()))


def _subtract(left: dict[str, int], group: Group) -> None:
    """A stratum that is dealt out already is not in `left` any more."""
    for stratum, count in group.strata.items():
        if stratum in left:
            left[stratum] -= count


def _count_of(stratum: str) -> Callable[[Group], int]:
    return lambda group: group.strata[stratum]


__all__ = ["SPLITS", "Shares", "deal_at_random", "deal_evenly", "fill_empty_splits", "measure_imbalance"]

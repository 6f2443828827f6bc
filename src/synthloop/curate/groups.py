"""Groups of near copies: what must share a split."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeAlias

from synthloop.core.sample import Sample, Split
from synthloop.curate.identity import Identity, identify, list_labels
from synthloop.curate.leaks import phrasing_key
from synthloop.curate.near import NearIndex, compare_identities

_Kind: TypeAlias = tuple[str, tuple[str, ...]]

_PHRASING = "\x1f"
"""Sets phrasings apart from texts in one table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Samples that are near copies of each other."""

    id: str
    """The first of its scenarios, by name."""
    sample_ids: tuple[str, ...]
    """Sorted."""
    behaviors: tuple[str, ...]
    """Sorted."""
    strata: dict[str, int]
    """`all`, and each behavior and label with what it is in front -> samples that have it."""
    split: Split | None
    """Where it was fixed earlier; None where it is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """All samples in groups."""

    groups: tuple[Group, ...]
    """Sorted by id."""
    torn: tuple[tuple[str, str], ...]
    """Pairs of scenarios with near copies that were fixed to different splits earlier, and stay there."""


def group_samples(samples: Iterable[Sample], fixed: Mapping[str, Split]) -> Grouping:
    """Put near copies into one group: samples of one `Sample.group`, and of groups that share near duplicates, texts or slot variants.

    The order of samples does not matter.

    Args:
        samples: Read once.
        fixed: `Sample.group` -> split that was decided earlier.
    """
    ordered = sorted(samples, key=attrgetter("id", "group"))
    finder = _LinkFinder()
    for sample in ordered:
        if sample.goal is None:  # conversations that begin alike are no copies of each other: their goals are what they differ in
            finder.add(sample)
    scenarios = sorted({sample.group for sample in ordered})
    roots, torn = _join(scenarios, sorted(finder.find_links()), dict(fixed))
    members: dict[str, _Members] = {root: _Members() for root in sorted(set(roots.values()))}
    for sample in ordered:
        members[roots[sample.group]].add(sample)
    splits: dict[str, Split] = {roots[scenario]: split for scenario, split in fixed.items() if scenario in roots}
    return Grouping(groups=tuple(_close(root, found, splits.get(root)) for root, found in members.items()), torn=tuple(torn))


@dataclass(slots=True)
class _Members:
    """What is gathered of a group, from samples in the order of their ids."""

    sample_ids: list[str] = field(default_factory=list[str])
    kinds: Counter[_Kind] = field(default_factory=Counter[_Kind])
    """(behavior, labels) -> samples."""

    def add(self, sample: Sample) -> None:
        if not self.sample_ids or self.sample_ids[-1] != sample.id:
            self.sample_ids.append(sample.id)
            self.kinds[sample.behavior_id, list_labels(sample.expected)] += 1


class _Forest:
    """Which scenarios hang together, directly or by way of others (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def find(self, scenario: str) -> str:
        parents = self._parents
        parent = parents.get(scenario, scenario)
        while parent != scenario:
            above = parents.get(parent, parent)
            parents[scenario] = above
            scenario, parent = parent, above
        return scenario

    def join(self, one: str, other: str) -> bool:
        """Return whether they were apart. The smaller name stands for both."""
        one, other = self.find(one), self.find(other)
        if one == other:
            return False
        self._parents[max(one, other)] = min(one, other)
        return True


class _LinkFinder:
    """Finds pairs of scenarios with near copies in common: enough of them to connect all that belong together.

    Near copies share a span key. Texts are compared only where what shares one is not all connected by equal texts and phrasings
    already, which is seldom: so nothing but the keys is kept of most samples.
    """

    def __init__(self) -> None:
        self._links: set[tuple[str, str]] = set()
        self._forest = _Forest()
        self._first: dict[str, str] = {}
        self._by_span: dict[str, list[Sample]] = {}

    def add(self, sample: Sample) -> None:
        own, identity = sample.group, identify(sample)
        self._link(own, self._first.setdefault(identity.text_key, own))
        if phrasing := phrasing_key(sample):
            self._link(own, self._first.setdefault(_PHRASING + phrasing, own))
        self._by_span.setdefault(identity.span_key, []).append(sample)

    def find_links(self) -> set[tuple[str, str]]:
        near = NearIndex()
        seen: list[tuple[Identity, str]] = []
        for alike in self._by_span.values():
            if len(alike) > 1 and len({self._forest.find(sample.group) for sample in alike}) > 1:
                for sample in alike:
                    self._compare(sample, near, seen)
        return self._links

    def _compare(self, sample: Sample, near: NearIndex, seen: list[tuple[Identity, str]]) -> None:
        own, identity = sample.group, identify(sample)
        root = self._forest.find(own)
        for other, scenario in [seen[at] for at in near.find(identity)]:
            if self._forest.find(scenario) != root and compare_identities(identity, other) is not None:
                self._link(own, scenario)
                root = self._forest.find(own)
        near.add(identity)
        seen.append((identity, own))

    def _link(self, one: str, other: str) -> None:
        if one != other and self._forest.join(one, other):
            self._links.add((one, other) if one < other else (other, one))


def _join(scenarios: list[str], links: list[tuple[str, str]], fixed: dict[str, Split]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Join what is linked, but never scenarios that were fixed to different splits, not even by way of others."""
    forest = _Forest()
    torn: list[tuple[str, str]] = []
    for one, other in links:
        low, high = sorted((forest.find(one), forest.find(other)))
        splits: list[Split] = [fixed[root] for root in (low, high) if root in fixed]
        if len(splits) == 2 and splits[0] != splits[1]:
            torn.append((one, other))
            continue
        forest.join(low, high)
        if splits:
            fixed[low] = splits[0]
    return {scenario: forest.find(scenario) for scenario in scenarios}, torn


def _close(root: str, members: _Members, split: Split | None) -> Group:
    strata: dict[str, int] = {}
    for (behavior, labels), count in members.kinds.items():
        for stratum in ("all", f"behavior {behavior}", *[f"label {label}" for label in labels]):
            strata[stratum] = strata.get(stratum, 0) + count
    return Group(
        id=root,
        sample_ids=tuple(members.sample_ids),
        behaviors=tuple(sorted({behavior for behavior, _ in members.kinds})),
        strata=dict(sorted(strata.items())),
        split=split,
    )


__all__ = ["Group", "Grouping", "group_samples"]

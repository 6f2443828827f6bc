"""Groups of near copies: what must share a split."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from synthloop.core.sample import Sample, Split
from synthloop.curate.duplicates import DuplicateIndex
from synthloop.curate.identity import list_labels
from synthloop.curate.leaks import phrasing_key


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


@dataclass(slots=True)
class _Members:
    """What is gathered of one scenario, or of a group of them."""

    sample_ids: set[str] = field(default_factory=set[str])
    behaviors: set[str] = field(default_factory=set[str])
    strata: Counter[str] = field(default_factory=Counter[str])

    def add(self, sample: Sample) -> None:
        if sample.id in self.sample_ids:
            return
        self.sample_ids.add(sample.id)
        self.behaviors.add(sample.behavior_id)
        self.strata.update(("all", f"behavior {sample.behavior_id}", *(f"label {label}" for label in list_labels(sample.expected))))

    def merge(self, other: "_Members") -> None:
        self.sample_ids |= other.sample_ids
        self.behaviors |= other.behaviors
        self.strata += other.strata


def group_samples(samples: Iterable[Sample], fixed: Mapping[str, Split]) -> Grouping:
    """Group samples by scenario; scenarios with near duplicates, the same text or slot variants in common become one group.

    The order of samples does not matter.

    Args:
        samples: Read once, so it may be a stream.
        fixed: Scenario id -> split that was decided earlier.
    """
    by_scenario: dict[str, _Members] = {}
    links: set[tuple[str, str]] = set()
    finder = _LinkFinder()
    for sample in samples:
        by_scenario.setdefault(sample.scenario_id, _Members()).add(sample)
        links.update(finder.find(sample))
    roots, torn = _join(sorted(by_scenario), sorted(links), dict(fixed))
    merged: dict[str, _Members] = {}
    for scenario, root in roots.items():
        merged.setdefault(root, _Members()).merge(by_scenario[scenario])
    splits: dict[str, Split] = {roots[scenario]: split for scenario, split in fixed.items() if scenario in roots}
    return Grouping(groups=tuple(_close(root, members, splits.get(root)) for root, members in sorted(merged.items())), torn=tuple(torn))


class _LinkFinder:
    """Finds the scenarios that a sample ties to its own."""

    def __init__(self) -> None:
        self._index = DuplicateIndex()
        self._scenarios: list[str] = []
        self._by_phrasing: dict[str, str] = {}

    def find(self, sample: Sample) -> Iterator[tuple[str, str]]:
        """Yield pairs of scenarios, each sorted, and remember the sample."""
        own = sample.scenario_id
        others = [self._scenarios[at] for at in self._index.find_copies(sample)]
        if phrasing := phrasing_key(sample):
            others.append(self._by_phrasing.setdefault(phrasing, own))
        self._index.add(sample)
        self._scenarios.append(own)
        for other in others:
            if other != own:
                yield (own, other) if own < other else (other, own)


def _join(scenarios: list[str], links: list[tuple[str, str]], fixed: dict[str, Split]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Union-find. Scenarios that were fixed to different splits are never joined, not even by way of others."""
    parents = {scenario: scenario for scenario in scenarios}
    torn: list[tuple[str, str]] = []

    def find(scenario: str) -> str:
        while parents[scenario] != scenario:
            parents[scenario] = scenario = parents[parents[scenario]]
        return scenario

    for one, other in links:
        low, high = sorted((find(one), find(other)))
        if low == high:
            continue
        splits: list[Split] = [fixed[root] for root in (low, high) if root in fixed]
        if len(splits) == 2 and splits[0] != splits[1]:
            torn.append((one, other))
            continue
        parents[high] = low
        if splits:
            fixed[low] = splits[0]
    return {scenario: find(scenario) for scenario in scenarios}, torn


def _close(root: str, members: _Members, split: Split | None) -> Group:
    return Group(
        id=root,
        sample_ids=tuple(sorted(members.sample_ids)),
        behaviors=tuple(sorted(members.behaviors)),
        strata=dict(sorted(members.strata.items())),
        split=split,
    )


__all__ = ["Group", "Grouping", "group_samples"]

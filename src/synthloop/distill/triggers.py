"""The condition that triggers a problem: found in a run, then tested on fresh conversations.

A condition is up to three attributes with their values. Those that go with the problem are searched level by level, keeping the best of
each; the one that explains it best for its length is chosen, by the likelihood of two rates against one, less a penalty for each attribute
that grows with the number of attributes there were to choose from. What was found by looking at many conditions is only a suspicion: it is
then tested where it holds, and just outside.

Rows of one scenario are near-copies: counts are shrunk to the number of independent ones before the exact test.

Source: Foster and George, "The risk inflation criterion for multiple regression", Annals of Statistics 1994, for the penalty; Duivesteijn,
Feelders and Knobbe, "Exceptional model mining", Data Mining and Knowledge Discovery 2016, for the beam; Rao and Scott, Biometrics 1992,
for the shrinking; Benjamini and Hochberg, JRSS B 1995.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import msgspec
import numpy as np
import numpy.typing as npt

from synthloop.core.problem import Tally, Trigger
from synthloop.core.sample import Sample

Mask = npt.NDArray[np.bool_]

ALPHA = 0.05
"""Chance of calling a condition a trigger that is none."""

LONGEST = 3
"""Attributes of a condition at most."""

SMALLEST = 5
"""Rows that a condition has to hold for, and not to hold for."""

BEAM = 10
"""Conditions of each length that are made longer."""

RESERVED = frozenset({"source", "changed", "split", "scorer"})
"""Attributes that say how a sample came to be, and nothing about its user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One conversation of a run."""

    sample: Sample
    failed: bool
    """Whether it failed for the reason in question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    where: tuple[tuple[str, str], ...]
    mask: Mask
    p_value: float
    worth: float
    """How well it explains the failures, for its length; above 0: better than no condition."""


@dataclass(frozen=True, kw_only=True)
class _Table:
    cases: Sequence[Case]
    correlation: float

    @cached_property
    def failed(self) -> Mask:
        return np.array([case.failed for case in self.cases], dtype=np.bool_)

    @cached_property
    def scenarios(self) -> npt.NDArray[np.intp]:
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(case.sample.scenario_id, len(numbers)) for case in self.cases], dtype=np.intp)

    @cached_property
    def literals(self) -> dict[tuple[str, str], Mask]:
        """(attribute, value) -> where it holds; those that hold too seldom or almost always are left out."""
        names = sorted({name for case in self.cases for name in case.sample.attributes} - RESERVED)
        masks: dict[tuple[str, str], Mask] = {}
        for name in names:
            values = np.array([case.sample.attributes.get(name, "") for case in self.cases], dtype=np.object_)
            for value in sorted({str(each) for each in values} - {""}):
                masks[name, value] = cast("Mask", values == value)
        return {literal: mask for literal, mask in masks.items() if self.is_large(mask)}

    def is_large(self, mask: Mask) -> bool:
        inside = int(mask.sum())
        return min(inside, len(mask) - inside) >= SMALLEST

    def count(self, mask: Mask) -> Tally:
        return Tally(tried=int(mask.sum()), failed=int((mask & self.failed).sum()))

    def shrink(self, mask: Mask) -> Tally:
        """Return what a part is worth in independent rows."""
        sizes = np.bincount(self.scenarios[mask])
        total = float(sizes.sum())
        effect = 1 + (float(np.square(sizes).sum()) / max(1.0, total) - 1) * self.correlation
        worth = max(1, int(total / max(1.0, effect)))
        return Tally(tried=worth, failed=round(worth * self.count(mask).rate))

    def test(self, masks: Sequence[Mask]) -> list[float]:
        """Return for each mask the p-value of failing more often inside than outside: Fisher's exact test, one-sided."""
        return compare_tallies([(self.shrink(mask), self.shrink(~mask)) for mask in masks])


def find_trigger(cases: Sequence[Case], *, correlation: float = 0.0) -> Trigger | None:
    """Return the condition that explains failures best for its length, beyond chance; None where there is none.

    Args:
        cases: All scored conversations of a run.
        correlation: How much those of one scenario resemble each other: the intraclass correlation of failing, in [0, 1].
    """
    table = _Table(cases=cases, correlation=correlation)
    if not table.failed.any() or table.failed.all():
        return None
    levels = [(level, control([each.p_value for each in level])) for level in _search(table)]
    found = [pair for level, q_values in levels for pair in zip(level, q_values, strict=True)]
    sure = [(each, q_value) for each, q_value in found if q_value <= ALPHA and each.worth > 0]
    if not sure:
        return None
    best, q_value = max(sure, key=lambda pair: (pair[0].worth, -len(pair[0].where)))
    inside = table.count(best.mask)
    return Trigger(
        where=dict(best.where),
        inside=inside,
        outside=table.count(~best.mask),
        lift=inside.rate / float(table.failed.mean()),
        p_value=best.p_value,
        q_value=q_value,
    )


def judge_trigger(trigger: Trigger, inside: Sequence[Case], outside: Sequence[Case], *, correlation: float = 0.0) -> Trigger:
    """Return a trigger with what fresh conversations say of it; see `control_triggers` for whether it held up.

    Args:
        trigger: What was found.
        inside: Fresh conversations for which it holds, scored.
        outside: Others for which it just does not.
        correlation: As in `find_trigger`.
    """
    if not inside or not outside:
        return trigger
    table = _Table(cases=[*inside, *outside], correlation=correlation)
    mask = np.arange(len(table.cases)) < len(inside)
    return msgspec.structs.replace(
        trigger, fresh_inside=table.count(mask), fresh_outside=table.count(~mask), fresh_p_value=table.test([mask])[0]
    )


def control_triggers(triggers: Sequence[Trigger]) -> list[Trigger]:
    """Return triggers with whether they held up: by Benjamini-Hochberg over those that were tested."""
    tested = {at: each.fresh_p_value for at, each in enumerate(triggers) if each.fresh_p_value is not None}
    q_values = dict(zip(tested, control(list(tested.values())), strict=True))
    return [msgspec.structs.replace(each, held_up=q_values[at] <= ALPHA) if at in q_values else each for at, each in enumerate(triggers)]


def list_outside(trigger: Trigger, samples: Iterable[Sample], count: int) -> tuple[Mapping[str, str], ...]:
    """Return conditions just outside a trigger, one for each of `count` conversations: one attribute has another value that samples have.

    The attributes take turns, and so do the other values of each.
    """
    known = list(samples)
    others: dict[str, list[str]] = {}
    for name, value in trigger.where.items():
        values = {sample.attributes[name] for sample in known if name in sample.attributes} - {value}
        others |= {name: sorted(values)} if values else {}
    names = list(others)
    turns = ((names[at % len(names)], at // len(names)) for at in range(count if names else 0))
    return tuple({**trigger.where, name: others[name][turn % len(others[name])]} for name, turn in turns)


def compare_tallies(pairs: Sequence[tuple[Tally, Tally]]) -> list[float]:
    """Return for each pair the one-sided p-value of Fisher's exact test that more of the first fail.

    Example:
        >>> round(compare_tallies([(Tally(tried=4, failed=4), Tally(tried=4, failed=0))])[0], 4)
        0.0143
    """
    if not pairs:
        return []
    from scipy import stats  # noqa: PLC0415 - loads only where failures are explained

    rows = [(one.failed - 1, one.tried + other.tried, one.failed + other.failed, one.tried) for one, other in pairs]
    return cast("Any", stats).hypergeom.sf(*np.array(rows).T).tolist()


def control(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini-Hochberg's q-values, in order."""
    from scipy import stats  # noqa: PLC0415 - loads only where failures are explained

    return cast("Any", stats).false_discovery_control(list(p_values)).tolist() if p_values else []


def _search(table: _Table) -> list[list[_Found]]:
    """Return all conditions that were looked at, by their length."""
    seen: list[list[_Found]] = []
    penalty = np.log(max(2, len(table.literals)))
    beam: list[_Found] = [_Found(where=(), mask=np.ones(len(table.cases), dtype=np.bool_), p_value=1.0, worth=0.0)]
    for _ in range(LONGEST):
        masks = dict(_lengthen(beam, table))
        longer = [
            _Found(where=where, mask=mask, p_value=p_value, worth=_explain(table, mask) - penalty * len(where))
            for (where, mask), p_value in zip(masks.items(), table.test(list(masks.values())), strict=True)
        ]
        seen.append(longer)
        beam = sorted(longer, key=lambda each: (-each.worth, each.where))[:BEAM]
    return seen


def _lengthen(beam: Sequence[_Found], table: _Table) -> Iterator[tuple[tuple[tuple[str, str], ...], Mask]]:
    """Yield conditions one attribute longer that hold for fewer rows, and for those fail more often than elsewhere."""
    for found in beam:
        named = {name for name, _ in found.where}
        for literal, mask in table.literals.items():
            both = found.mask & mask
            if literal[0] in named or not table.is_large(both) or both.sum() == found.mask.sum():
                continue
            if table.count(both).rate > table.count(~both).rate:
                yield tuple(sorted((*found.where, literal))), both


def _explain(table: _Table, mask: Mask) -> float:
    """Return by how much two rates explain the failures better than one: the gain in log-likelihood."""
    parts = table.shrink(mask), table.shrink(~mask)
    pooled = sum(part.failed for part in parts) / sum(part.tried for part in parts)
    return sum(_fit(part, part.rate) - _fit(part, pooled) for part in parts)


def _fit(part: Tally, rate: float) -> float:
    """Return the log-likelihood of a part's failures at a rate."""
    return sum(times * float(np.log(share)) for times, share in ((part.failed, rate), (part.tried - part.failed, 1 - rate)) if times)


__all__ = [
    "ALPHA",
    "BEAM",
    "LONGEST",
    "SMALLEST",
    "Case",
    "compare_tallies",
    "control",
    "control_triggers",
    "find_trigger",
    "judge_trigger",
    "list_outside",
]

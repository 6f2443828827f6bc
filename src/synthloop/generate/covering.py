"""Covering designs: few assignments in which every t-tuple of values that can occur together does occur."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from random import Random

from synthloop.generate.space import ParameterSpace

ATTEMPTS = 10
"""Rows built for each row kept. More make the design a little smaller and slower."""

Uncovered = dict[tuple[str, ...], dict[tuple[str, ...], None]]
"""Names -> tuples of their values that no row has yet. The inner dict is an ordered set."""


def cover(space: ParameterSpace, strength: int, rng: Random) -> Iterator[dict[str, str]]:
    """Yield assignments until every allowed `strength`-tuple of levels occurred, the rows that cover most first.

    Each row starts from a tuple that is still uncovered and is filled greedily, the value that covers most new tuples first, as far
    as the constraints allow it to be completed. Of several such rows the best is kept.

    Args:
        space: Parameters, conditionals and constraints.
        strength: t; where there are fewer parameters than that, all of them are combined.
        rng: Breaks ties.

    Raises:
        UsageError: Nothing is allowed.

    Source:
        D. M. Cohen et al., "The AETG system: an approach to testing based on combinatorial design", IEEE Transactions on Software
        Engineering 23(7), 1997; constraints by completing partial rows, as in M. B. Cohen et al., "Constructing interaction test
        suites for highly-configurable systems in the presence of constraints", IEEE TSE 34(5), 2008. Ours keeps fewer attempts.
    """
    space.check()
    names = space.shown
    size = min(strength, len(names))
    if size == 0:
        yield {}
        return
    uncovered: Uncovered = {
        chosen: dict.fromkeys(product(*(space.variables[name].levels for name in chosen))) for chosen in combinations(names, size)
    }
    while True:
        start = _next_start(space, uncovered, rng)
        if start is None:
            return
        rows = [_fill(space, dict(start), uncovered, rng) for _ in range(ATTEMPTS)]
        best = max(rows, key=lambda row: _count(row, uncovered))
        _strike(best, uncovered)
        yield {name: best[name] for name in names}


def _next_start(space: ParameterSpace, uncovered: Uncovered, rng: Random) -> dict[str, str] | None:
    """Return an uncovered tuple that can be completed, from the names with most left; forget those that can't."""
    while uncovered:
        chosen = max(uncovered, key=lambda names: len(uncovered[names]))
        left = uncovered[chosen]
        while left:
            values = next(iter(left))
            start = dict(zip(chosen, values, strict=True))
            if space.complete(start, rng) is not None:
                return start
            del left[values]
        del uncovered[chosen]
    return None


def _fill(space: ParameterSpace, row: dict[str, str], uncovered: Uncovered, rng: Random) -> dict[str, str]:
    size = len(row)
    open_names = [name for name in space.shown if name not in row]
    rng.shuffle(open_names)
    for name in open_names:
        gains = _gains(space, name, row, uncovered, size)
        ranked = sorted(gains, key=lambda value: (-gains[value], rng.random()))
        row[name] = next(value for value in ranked if space.can_extend({**row, name: value}, name))
    return row


def _gains(space: ParameterSpace, name: str, row: Mapping[str, str], uncovered: Uncovered, size: int) -> dict[str, int]:
    """Return value of `name` -> number of uncovered tuples that it would complete with the values that the row already has."""
    gains = dict.fromkeys(space.variables[name].levels, 0)
    here = space.shown.index(name)
    places = [place for place, other in enumerate(space.shown) if other in row]
    for chosen in combinations(places, size - 1):
        before = tuple(space.shown[place] for place in chosen if place < here)
        after = tuple(space.shown[place] for place in chosen if place > here)
        left = uncovered.get((*before, name, *after))
        if left:
            values_before, values_after = tuple(row[other] for other in before), tuple(row[other] for other in after)
            for value in gains:
                gains[value] += (*values_before, value, *values_after) in left
    return gains


def _count(row: Mapping[str, str], uncovered: Uncovered) -> int:
    return sum(tuple(row[name] for name in chosen) in left for chosen, left in uncovered.items())


def _strike(row: Mapping[str, str], uncovered: Uncovered) -> None:
    for chosen in list(uncovered):
        uncovered[chosen].pop(tuple(row[name] for name in chosen), None)
        if not uncovered[chosen]:
            del uncovered[chosen]


__all__ = ["ATTEMPTS", "cover"]

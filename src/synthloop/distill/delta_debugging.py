"""Which of many things are needed for a failure: delta debugging, with candidates that may be tried at once.

Source: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE Transactions on Software Engineering 2002 (ddmin).
Ours tries to do without anything first, since the failures of an app often need no departure of its user at all; and from three parts on it
tries only what is left without one part, not the parts alone, which halves the runs and keeps the result 1-minimal.
"""

from collections.abc import Generator, Sequence
from itertools import pairwise
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Reduction: TypeAlias = Generator[tuple[tuple[T, ...], ...], Sequence[bool], tuple[T, ...]]
"""Yields candidates that may be tried at once, is sent whether each of them still fails, and returns what is left."""


def minimize(items: Sequence[T]) -> Reduction[T]:
    """Reduce things that together make a failure to some of which none can be left out.

    Where failing is monotone (whatever holds more than a failing set fails too) exactly the needed ones are left.

    Args:
        items: Fail together; their order is kept.
    """
    left: tuple[T, ...] = tuple(items)
    if not left or (yield ((),))[0]:
        return ()
    parts = 2
    while len(left) > 1:
        chunks = split_evenly(left, parts)
        candidates = chunks if parts == 2 else tuple(_leave_out(chunks, at) for at in range(len(chunks)))
        fails = yield candidates
        found = next((candidate for candidate, failed in zip(candidates, fails, strict=True) if failed), None)
        if found is not None:
            left, parts = found, 2 if parts == 2 else parts - 1
        elif parts >= len(left):
            break
        else:
            parts = min(len(left), 2 * parts)
    return left


def split_evenly(items: Sequence[T], parts: int) -> tuple[tuple[T, ...], ...]:
    """Divide items into parts of nearly the same size, in order; none is empty where there are enough items.

    Example:
        >>> split_evenly("abcde", 2)
        (('a', 'b'), ('c', 'd', 'e'))
    """
    bounds = [len(items) * at // parts for at in range(parts + 1)]
    return tuple(tuple(items[begin:end]) for begin, end in pairwise(bounds))


def _leave_out(chunks: Sequence[tuple[T, ...]], at: int) -> tuple[T, ...]:
    return tuple(item for place, chunk in enumerate(chunks) if place != at for item in chunk)


__all__ = ["Reduction", "minimize", "split_evenly"]

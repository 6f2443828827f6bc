"""Sketches of sets, and an index that finds sketches with much in common.

The one place that knows rensa; it ships no types, so what is used of it is written down here.
"""

from collections.abc import Iterable
from typing import Any, Protocol, cast

import rensa

_BANDS = 24
_ROWS = 8
"""Bands of fewer rows make nearly everything a candidate of everything on template-built text."""
_SEED = 1


class Sketch(Protocol):
    """A MinHash sketch of a set of strings."""

    def update(self, items: Iterable[str]) -> None:
        """Add strings to the set."""
        ...

    def jaccard(self, other: "Sketch") -> float:
        """Return the estimated Jaccard similarity, in [0, 1]."""
        ...


class SketchIndex(Protocol):
    """Locality-sensitive hashing over sketches."""

    def insert(self, key: int, minhash: Sketch) -> None:
        """Remember a sketch under a key."""
        ...

    def query(self, minhash: Sketch) -> list[int]:
        """Return the keys of sketches that share a band, in any order: candidates, to be verified."""
        ...


_rensa = cast("Any", rensa)


def sketch_set(items: Iterable[str]) -> Sketch:
    """Return the sketch of a set of strings; the same set gives the same sketch on every machine."""
    sketch: Sketch = _rensa.RMinHash(_BANDS * _ROWS, _SEED)
    sketch.update(items)
    return sketch


def make_sketch_index() -> SketchIndex:
    """Return an empty index.

    A pair of Jaccard similarity s is a candidate with probability 1 - (1 - s**8)**24: 0.09 at 0.5, 0.76 at 0.7, 0.99 at 0.8.
    """
    index: SketchIndex = _rensa.RMinHashLSH(0.5, _BANDS * _ROWS, _BANDS)
    return index


__all__ = ["Sketch", "SketchIndex", "make_sketch_index", "sketch_set"]

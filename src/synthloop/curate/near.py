"""Near copies: which of many texts are worth comparing with a new one, and how alike two texts are.

Source: Broder, "On the resemblance and containment of documents" (1997); Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", chapter 3, for the bands. Ours differs by the key in every shingle, by leaving sketches out where few texts share a key, and
by verifying each candidate on its exact similarity and on its words.
"""

import hashlib
from collections.abc import Sequence

from synthloop.curate.identity import Identity
from synthloop.curate.misspelling import exchanges_words
from synthloop.curate.sketch import Sketch, make_sketch_index, sketch_set

NEAR_THRESHOLD = 0.7
"""Jaccard similarity of character trigrams from which two texts are near copies: one typo in 20 letters, two in 40."""

_MAX_CHARS = 20_000
_FEW = 8
"""So many texts are told apart by their words in less time than it takes to sketch them."""


class NearIndex:
    """Remembers texts and finds those that a new one may be a near copy of.

    Near copies agree in all that the span key holds (label, protected values, numbers). Most keys are rare, and the texts that share one
    are all candidates. Where more than eight do, MinHash sketches choose among them, with the key in every shingle.
    """

    def __init__(self) -> None:
        self._identities: list[Identity] = []
        self._by_span: dict[str, list[int]] = {}
        self._sketches = make_sketch_index()
        self._last: tuple[Identity, Sketch] | None = None

    def add(self, identity: Identity) -> int:
        """Remember a text and return its position, counted from 0."""
        at = len(self._identities)
        self._identities.append(identity)
        alike = self._by_span.setdefault(identity.span_key, [])
        alike.append(at)
        if len(alike) > _FEW:
            for other in alike if len(alike) == _FEW + 1 else (at,):
                self._sketches.insert(other, self._sketch(self._identities[other]))
        return at

    def find(self, identity: Identity) -> Sequence[int]:
        """Return the positions of texts to compare with, in order.

        Near copies are among them with a probability of at least 0.76 at similarity 0.7, 0.98 at 0.8, and 1 where few share the key.
        """
        alike = self._by_span.get(identity.span_key, ())
        return alike if len(alike) <= _FEW else sorted(self._sketches.query(self._sketch(identity)))

    def _sketch(self, identity: Identity) -> Sketch:
        """The last one is remembered because `add` mostly follows `find`."""
        if self._last is None or self._last[0] is not identity:
            key = hashlib.blake2b(identity.span_key.encode(), digest_size=8).hexdigest()[:8]
            self._last = (identity, sketch_set(_shingle(identity.folded, key)))
        return self._last[1]


def compare_identities(one: Identity, other: Identity, threshold: float = NEAR_THRESHOLD) -> float | None:
    """Return how similar two texts are, where they are near copies: the Jaccard similarity of their sets of character trigrams.

    Of longer texts, the first 20,000 characters are compared.

    Returns:
        From `threshold` to 1; None where label, protected values or numbers differ, where they are less similar than that, or where
        they exchange a word for another.
    """
    if one.span_key != other.span_key or exchanges_words(one.folded[:_MAX_CHARS], other.folded[:_MAX_CHARS]):
        return None
    left, right = set(_shingle(one.folded)), set(_shingle(other.folded))
    shared = len(left & right)
    similarity = shared / (len(left) + len(right) - shared)
    return None if similarity < threshold else similarity


def _shingle(folded: str, key: str = "") -> list[str]:
    padded = f" {folded[:_MAX_CHARS]} "
    return [key + padded[at : at + 3] for at in range(len(padded) - 2)]


__all__ = ["NEAR_THRESHOLD", "NearIndex", "compare_identities"]

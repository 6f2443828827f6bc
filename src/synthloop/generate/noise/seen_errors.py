"""How many misspellings are seen: some make another word, or nothing that leads back to what was meant."""

import random
from collections.abc import Sequence
from itertools import pairwise

from synthloop.core.lineage import chance
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.error_kinds import ERROR_KINDS, ErrorKind
from synthloop.generate.noise.misspelling import MIN_LETTERS, Misspellings, is_word
from synthloop.generate.noise.spelling import misspell_word
from synthloop.generate.noise.style import Tally

_TRIALS = 150
"""Errors of each kind that are made for a test: tells the share to about 4 points."""
_VOWELS = 0.6


def count_seen(drafts: Sequence[Draft], misspellings: Misspellings) -> dict[str, Tally]:
    """Misspell right words of some messages and return how many of the errors are found, by kind.

    Source: as ecologists mark animals, set them free, and count how many of those they catch again.
    """
    rng = chance(0, "generate.noise", "seen-errors")
    words = _draw_words(drafts, misspellings, rng)
    pairs = [(left, right) for left, right in pairwise(words) if min(len(left), len(right)) <= 3]
    seen: dict[str, Tally] = {}
    for kind in ERROR_KINDS:
        wrongs = [left + right for left, right in pairs[:_TRIALS]] if kind == "run-on" else _misspell(words, kind, rng)
        hits = sum(misspellings.correct(wrong.lower()) is not None for wrong in wrongs)
        if wrongs:
            seen[kind] = Tally(hits=hits, n=len(wrongs))
    return seen


def _draw_words(drafts: Sequence[Draft], misspellings: Misspellings, rng: random.Random) -> list[str]:
    words: list[str] = []
    for draft in rng.sample(drafts, min(len(drafts), 2 * _TRIALS)):
        lowered = [draft.pieces[at].lower() for at in draft.words() if len(draft.pieces[at]) > 1]
        words += [word for word in lowered if is_word(word) and misspellings.correct(word) is None]
    return words


def _misspell(words: Sequence[str], kind: ErrorKind, rng: random.Random) -> list[str]:
    long = [word for word in words if len(word) >= MIN_LETTERS]
    tried = rng.sample(long, min(len(long), 3 * _TRIALS))
    wrongs = [wrong for word in tried if (wrong := misspell_word(word, kind, rng, vowels=_VOWELS)) is not None]
    return wrongs[:_TRIALS]


__all__ = ["count_seen"]

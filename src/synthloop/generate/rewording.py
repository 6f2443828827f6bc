"""Swapping words of a request for synonyms."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from synthloop.generate.english import fit_article
from synthloop.generate.lexicon.synonyms import VERB_SYNONYMS, WORD_SYNONYMS
from synthloop.generate.lexicon.word_classes import PARTICLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A stretch of a text and what may stand there instead."""

    start: int
    end: int
    choices: tuple[str, ...]


def find_swaps(
    text: str,
    *,
    opens_with_verb: bool,
    kept: Iterable[str],
    synonyms: Mapping[str, tuple[str, ...]],
    allows: Callable[[str], bool] = lambda _: True,
) -> tuple[Swap, ...]:
    """Return what could be swapped, in order of position, not overlapping.

    Args:
        text: The request's content.
        opens_with_verb: Whether it starts with a verb in base form; only there verbs are swapped.
        kept: Substrings that must stay.
        synonyms: The user's own lexicon; comes before the shipped one, and what it says is always allowed.
        allows: Whether a phrase of the shipped lexicon may be brought in.
    """
    lowered = text.lower()
    fixed = [(at.start(), at.end()) for phrase in kept if phrase for at in re.finditer(re.escape(phrase.lower()), lowered)]
    swaps: list[Swap] = []
    if opens_with_verb and (swap := _verb_swap(lowered)):
        swaps.append(swap)
    for lexicon in (synonyms, WORD_SYNONYMS):
        pattern = _pattern(tuple(lexicon))
        for found in pattern.finditer(lowered) if pattern else ():
            taken = [*fixed, *((swap.start, swap.end) for swap in swaps)]
            if all(found.end() <= start or found.start() >= end for start, end in taken):
                swaps.append(Swap(start=found.start(), end=found.end(), choices=lexicon[found[0]]))
    own = {choice for choices in synonyms.values() for choice in choices}
    swaps = [replace(swap, choices=tuple(each for each in swap.choices if each in own or allows(each))) for swap in swaps]
    clear = [swap for swap in swaps if swap.choices and all(swap.end <= start or swap.start >= end for start, end in fixed)]
    return tuple(sorted(clear, key=lambda swap: swap.start))


def apply_swaps(text: str, swaps: tuple[Swap, ...], share: float, rng: Random) -> str:
    """Return `text` with about `share` of the swaps made."""
    written = ""
    at = 0
    for swap in swaps:
        if rng.random() < share:
            choice = rng.choice(swap.choices)
            written = fit_article(written + text[at : swap.start], choice) + choice
            at = swap.end
    return written + text[at:]


def _verb_swap(lowered: str) -> Swap | None:
    pattern = _pattern(tuple(VERB_SYNONYMS))
    found = pattern.match(lowered) if pattern else None
    if found is None:
        return None
    following = re.match(r"\s+([\w']+)", lowered[found.end() :])
    if following is None or following[1] in PARTICLES:
        return None
    return Swap(start=0, end=found.end(), choices=VERB_SYNONYMS[found[0]])


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?<![\w'])(?:{'|'.join(re.escape(phrase.lower()) for phrase in longest_first)})(?![\w'])")


__all__ = ["Swap", "apply_swaps", "find_swaps"]

"""Swapping words of a request for synonyms."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from synthloop.generate.english import fit_article
from synthloop.generate.lexicon.synonyms import DETERMINER, Place, shipped_lexicon
from synthloop.generate.lexicon.word_classes import DETERMINERS, PARTICLES, VERB_MARKERS, VERBAL_MARKERS

_WORD = re.compile(r"[\w'-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A stretch of a text and what may stand there instead."""

    start: int
    end: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A text cut into words."""

    text: str
    """Lower case, apostrophes straight."""
    spans: tuple[tuple[int, int], ...]
    opens_with_verb: bool

    def at(self, place: int) -> str:
        """Return the word at a place, or nothing beyond either end."""
        return self.text[slice(*self.spans[place])] if 0 <= place < len(self.spans) else ""


def find_swaps(
    text: str,
    *,
    opens_with_verb: bool,
    kept: Iterable[str],
    synonyms: Mapping[str, tuple[str, ...]],
    allows: Callable[[str], bool] = lambda _: True,
) -> tuple[Swap, ...]:
    """Return what could be swapped, in order of position, not overlapping; of the shipped phrases that match, the longest.

    Args:
        text: The request's content.
        opens_with_verb: Whether it starts with a verb in base form.
        kept: Substrings that must stay.
        synonyms: The user's own lexicon; comes before the shipped one, and what it says is always allowed.
        allows: Whether a phrase of the shipped lexicon may be brought in.
    """
    lowered = text.lower().replace("’", "'")
    if len(lowered) != len(text):
        return ()  # a letter whose lower case is longer: positions would not fit
    taken = [(at.start(), at.end()) for phrase in kept if phrase for at in re.finditer(re.escape(phrase.lower()), lowered)]
    swaps: list[Swap] = []
    for swap in _own_swaps(lowered, synonyms):
        if _is_free(swap, taken):
            swaps.append(swap)
            taken.append((swap.start, swap.end))
    words = _Words(text=lowered, spans=tuple(found.span() for found in _WORD.finditer(lowered)), opens_with_verb=opens_with_verb)
    names = [word.span() for word in _WORD.finditer(text) if word.start() > 0 and word[0][0].isupper() and not word[0].isupper()]
    swaps += (swap for swap in _shipped_swaps(words, allows) if _is_free(swap, taken + names))
    return tuple(sorted(swaps, key=lambda swap: swap.start))


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


def _is_free(swap: Swap, taken: Sequence[tuple[int, int]]) -> bool:
    return all(swap.end <= start or swap.start >= end for start, end in taken)


def _own_swaps(lowered: str, synonyms: Mapping[str, tuple[str, ...]]) -> Iterator[Swap]:
    pattern = _pattern(tuple(synonyms))
    for found in pattern.finditer(lowered) if pattern else ():
        if synonyms[found[0]]:
            yield Swap(start=found.start(), end=found.end(), choices=synonyms[found[0]])


def _shipped_swaps(words: _Words, allows: Callable[[str], bool]) -> Iterator[Swap]:
    place = 0
    while place < len(words.spans):
        size, swap = _longest_swap(words, place, allows)
        if swap is not None:
            yield swap
        place += max(1, size)


def _longest_swap(words: _Words, place: int, allows: Callable[[str], bool]) -> tuple[int, Swap | None]:
    """Return how many words the longest phrase known here has, and the swap if one of its replacements is allowed."""
    for size in range(min(_most_words(), len(words.spans) - place), 0, -1):
        start, end = words.spans[place][0], words.spans[place + size - 1][1]
        phrase, determiner = _mark_determiner(words.text[start:end])
        for sense in shipped_lexicon().get(phrase, ()):
            if _PLACES[sense.place](words, place, place + size):
                choices = tuple(_write_determiner(choice, determiner) for choice in sense.choices if allows(choice))
                return size, Swap(start=start, end=end, choices=choices) if choices else None
    return 0, None


def _mark_determiner(phrase: str) -> tuple[str, str]:
    """Return a phrase of the text as the lexicon writes it, and the determiner that it had."""
    parts = phrase.split(" ")
    if len(parts) > 2 and phrase not in shipped_lexicon():
        for at, word in enumerate(parts[1:], start=1):
            if word in DETERMINERS:
                return " ".join((*parts[:at], DETERMINER, *parts[at + 1 :])), word
    return phrase, ""


def _write_determiner(choice: str, determiner: str) -> str:
    before, mark, after = choice.partition(f"{DETERMINER} ")
    return fit_article(f"{before}{determiner} ", after) + after if mark else choice


def _stands_as_verb(words: _Words, start: int, end: int) -> bool:
    following = words.at(end)
    if start == 0 and words.opens_with_verb:
        return bool(following) and following not in PARTICLES
    return words.at(start - 1) in VERB_MARKERS and following in DETERMINERS


def _stands_as_action(words: _Words, start: int, _end: int) -> bool:
    return words.opens_with_verb if start == 0 else words.at(start - 1) in VERB_MARKERS


_PLACES: dict[Place, Callable[[_Words, int, int], bool]] = {
    "anywhere": lambda _words, _start, _end: True,
    "after determiner": lambda words, start, _end: words.at(start - 1) in DETERMINERS,
    "as verb": _stands_as_verb,
    "as action": _stands_as_action,
    "before determiner": lambda words, start, end: words.at(end) in DETERMINERS and words.at(start - 1) not in DETERMINERS,
    "after auxiliary": lambda words, start, end: words.at(start - 1) in VERBAL_MARKERS and words.at(end) not in PARTICLES,
}


@cache
def _most_words() -> int:
    return max(phrase.count(" ") for phrase in shipped_lexicon()) + 1


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(rf"(?<![\w'])(?:{'|'.join(re.escape(phrase.lower()) for phrase in longest_first)})(?![\w'])")


__all__ = ["Swap", "apply_swaps", "find_swaps"]

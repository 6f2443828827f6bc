"""Other values of the same kind: another city, weekday or first name, where a behavior's expectation does not depend on it.

Whether it does is read from the authored samples: what most of them do without, the expectation can do without.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import pairwise
from random import Random

from synthloop.core.behavior import Behavior
from synthloop.generate.contrast import Contrast
from synthloop.generate.english import capitalize, fit_article
from synthloop.generate.lexicon.kinds import kind_of_values, shipped_kinds

FEWEST_AUTHORED = 3
"""Authored samples below which they don't show what the expectation depends on."""

_JOINTS = (" ", ", ")

Choices = Mapping[str, tuple[str, ...]]
"""Value in lower case -> what may stand there instead."""


def find_free_values(behavior: Behavior, contrast: Contrast) -> Choices:
    """Return the values in a behavior's authored samples that may change, and what to.

    A value is free where all authored samples have the behavior's own expectation and most of them do without the value. It stays where
    the expectation names it, where it is a value of a parameter, and where an earlier message of a conversation names it.

    Args:
        behavior: Whose samples are varied.
        contrast: Keeps out values that mark another behavior.
    """
    if (
        behavior.expected is None
        or len(behavior.authored) < FEWEST_AUTHORED
        or any(each.expected is not None for each in behavior.authored)
    ):
        return {}
    counts = Counter(value for authored in behavior.authored for value in set(list_values(authored.messages[-1][1])))
    kept = "\n".join(_list_kept(behavior)).lower()
    return {
        value: tuple(other for other in shipped_kinds()[kind_of_values()[value]] if other != value and contrast.allows_frame(other))
        for value, count in sorted(counts.items())
        if 2 * count < len(behavior.authored) and value not in kept
    }


def swap_values(text: str, choices: Choices, kept: Collection[str], rng: Random) -> str:
    """Return `text` with its free values replaced by others that do not stand in it; equal values stay equal.

    Args:
        text: The request's content.
        choices: Value in lower case -> what may stand there instead.
        kept: Substrings that must stay.
        rng: Chooses.
    """
    chosen = _choose(list_values(text), choices, " ".join(kept).lower(), rng)
    written = ""
    at = 0
    for found in _find_values(text):
        other = _match_case(chosen[found[0].lower()], found[0])
        written = fit_article(written + text[at : found.start()], other) + other
        at = found.end()
    return written + text[at:]


def list_values(text: str) -> tuple[str, ...]:
    """Return the values of known kinds that stand in a text, in order and in lower case.

    Example:
        >>> list_values("move my call with Anna from Monday to next week")
        ('anna', 'monday', 'next week')
    """
    return tuple(found[0].lower() for found in _find_values(text))


def _find_values(text: str) -> list[re.Match[str]]:
    """Return where values stand, without those of places that belong together (`london, england`)."""
    found = list(_pattern().finditer(text))
    bound = {
        each.start()
        for one, other in pairwise(found)
        if _is_place(one) and _is_place(other) and text[one.end() : other.start()] in _JOINTS
        for each in (one, other)
    }
    return [each for each in found if each.start() not in bound]


def _is_place(found: re.Match[str]) -> bool:
    return kind_of_values()[found[0].lower()] in {"city", "country"}


def _choose(values: tuple[str, ...], choices: Choices, kept: str, rng: Random) -> dict[str, str]:
    """Return value -> what is written in its place: itself where it is not free, and never the same for two."""
    chosen = {value: value for value in values}
    for value in chosen:
        others = [other for other in choices.get(value, ()) if other not in chosen and other not in chosen.values()]
        if others and value not in kept:
            chosen[value] = rng.choice(others)
    return chosen


def _list_kept(behavior: Behavior) -> Iterator[str]:
    yield str(behavior.expected)
    yield from (choice.value for parameter in behavior.parameters for choice in parameter.choices)
    yield from (text for authored in behavior.authored for _, text in authored.messages[:-1])


def _match_case(value: str, replaced: str) -> str:
    if replaced.isupper():
        return value.upper()
    return " ".join(map(capitalize, value.split(" "))) if replaced[0].isupper() else value


@cache
def _pattern() -> re.Pattern[str]:
    # Not in addresses ("sam@..."), hyphenated words and "a week or two".
    longest_first = sorted(kind_of_values(), key=lambda value: (-len(value), value))
    return re.compile(rf"(?<![\w'’@/.-])(?<!\bor )(?:{'|'.join(map(re.escape, longest_first))})(?![\w@/-]|\.\w)", re.IGNORECASE)


__all__ = ["FEWEST_AUTHORED", "Choices", "find_free_values", "list_values", "swap_values"]

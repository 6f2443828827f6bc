"""Numbers in words or in digits: "at five", "at 5"."""

import random
import re

from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.habits import Chance, Habit, among

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: number for number, word in enumerate(_ONES.split())}
_TENFOLD = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
_NUMBER_WORDS = frozenset((*_UNITS, *_TENFOLD))
_AFTER_LIST = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth twentieth thirtieth thousand million billion point
"""
_UNFINISHED = frozenset(_AFTER_LIST.split())
"""A number before one of these goes on, and is left alone."""
_DIGITS = re.compile(r"\d{1,3}", re.ASCII)


def _find(draft: Draft) -> list[Chance]:
    """Return the numbers from two to 999 that stand in words."""
    chances: list[Chance] = []
    end = 0
    for at, _ in draft.find_words(_NUMBER_WORDS):
        if at > end:
            value, end = _read(draft, at)
            if value > 1:
                chances.append(Chance(at, False, _sort_of(value)))
    return chances


def _find_kept(draft: Draft) -> list[Chance]:
    """Return the numbers that stand in digits: they are never spelled out, since a changed number may be another request."""
    pieces = draft.pieces
    numbers = [at for at, kind in draft.frozen.items() if kind == "number" and _DIGITS.fullmatch(pieces[at]) and int(pieces[at]) > 1]
    return [Chance(at, True, _sort_of(int(pieces[at]))) for at in numbers]


def _sort_of(number: int) -> str:
    return "up to ten" if number <= 10 else "more"


def _read(draft: Draft, at: int) -> tuple[int, int]:
    """Return the number that begins at a piece, and its last piece; 0 where it goes on in a way that is not read here."""
    value, end = _read_tens(draft, at)
    if 0 < value < 10 and _word(draft, end + 2) == "hundred":
        rest = end + 6 if _word(draft, end + 4) == "and" else end + 4
        value, end = 100 * value, end + 2
        if _word(draft, rest) in _NUMBER_WORDS:
            tens, end = _read_tens(draft, rest)
            value += tens
    return (0 if _word(draft, end + 2) in _UNFINISHED else value), end


def _read_tens(draft: Draft, at: int) -> tuple[int, int]:
    word = draft.pieces[at].lower()
    if word in _UNITS:
        return _UNITS[word], at
    ones = _UNITS.get(_word(draft, at + 2), 0)
    return (_TENFOLD[word] + ones, at + 2) if 0 < ones < 10 else (_TENFOLD[word], at)


def _word(draft: Draft, at: int) -> str:
    """Return the free word that goes on at a piece, in lower case; empty where more than a space or hyphen stands before it."""
    pieces = draft.pieces
    if at >= len(pieces) or at in draft.frozen or pieces[at - 1] not in (" ", "-"):
        return ""
    return pieces[at].lower()


def _write(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    if shown:
        value, end = _read(draft, position)
        draft.change(position, str(value), "digits")
        for piece in range(position + 1, end + 1):
            draft.change(piece, "", "digits")


DIGITS = Habit(name="digits", find=_find, write=_write, cue=among(_NUMBER_WORDS), sign=lambda _word: False, find_kept=_find_kept)
"""Writing a number in digits; rates differ for numbers up to ten, which even careful writers spell out."""

__all__ = ["DIGITS"]

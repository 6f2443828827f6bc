"""Habits: choices that people make again and again while writing, which noise can make the other way.

A habit knows where in a draft the choice came up and which way it went. The same two functions serve to measure a user's messages and to
change a text, so what is made is measured with the yardstick it was fitted with; and since a habit can be taken up or dropped, a text is
moved by the difference between what it has and what is wanted.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from synthloop.core.record import Record
from synthloop.generate.noise.draft import Draft, draw_hits


class Chance(Record, kw_only=False):
    """One place where the choice comes up. A record because many are made for each text."""

    position: int
    """Of the piece in the draft."""
    shown: bool
    """Whether the habit shows there."""
    word: str = ""
    """What is chosen about, where rates differ by it: the full form of an abbreviation, the mark before a space."""
    form: str = ""
    """How the habit shows there, where it shows and people differ in that: the filler, the emoticon, two dots or three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One choice that comes up at places of a text."""

    name: str
    """A slug; also the kind of the edits."""
    find: Callable[[Draft], list[Chance]]
    """Return the places in order. Which places there are must not depend on which way the choice went."""
    write: Callable[[Draft, int, bool, random.Random], None]
    """Make the choice at one place: (draft, position, whether the habit shall show, chance)."""
    cue: Callable[[str], bool] | None = None
    """Whether a word, or what stands between two, is a cue: there are no more places than cues; None: it may come up once in any text."""
    sign: Callable[[str], bool] | None = None
    """Whether a piece is a sign: one is there wherever the habit shows and could be dropped; None: every cue is a sign."""
    find_kept: Callable[[Draft], list[Chance]] | None = None
    """Return the places where the choice shows, but noise may not change it: they are only measured."""
    at_end: bool = False
    """Whether what stands behind the last word may be a cue or a sign as well."""


def find_all(draft: Draft, habit: Habit) -> list[Chance]:
    """Return the places of a habit, with those where noise may not change it."""
    return [*habit.find(draft), *(habit.find_kept(draft) if habit.find_kept is not None and draft.frozen else ())]


def among(words: frozenset[str]) -> Callable[[str], bool]:
    """Return a cue or sign: whether a piece is one of the words, which are in lower case."""
    return lambda piece: piece.lower() in words


def take_up(draft: Draft, habit: Habit, rate: float, rng: random.Random) -> None:
    """Let a habit show at a share of the places where it does not yet."""
    if rate > 0.0:
        places = [chance.position for chance in habit.find(draft) if not chance.shown]
        for hit in draw_hits(rng, len(places), rate):
            habit.write(draft, places[hit], True, rng)


def drop(draft: Draft, habit: Habit, rng: random.Random) -> None:
    """Let a habit show nowhere."""
    for chance in habit.find(draft):
        if chance.shown:
            habit.write(draft, chance.position, False, rng)


__all__ = ["Chance", "Habit", "among", "drop", "find_all", "take_up"]

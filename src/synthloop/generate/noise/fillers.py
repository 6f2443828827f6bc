"""Fillers and asides: um, lol, btw."""

import random
from dataclasses import dataclass

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.habits import Chance, Habit, among

OPENING_FILLERS = ("um", "uh", "hmm", "oh", "ok", "well", "so", "yeah", "sorry", "haha", "btw", "hey", "ah", "er", "anyway", "actually")
"""What a text can open with without saying more, written by hand."""
CLOSING_FILLERS = ("lol", "haha", "thanks", "thx", "hmm", "tho", "btw", "sorry", "i guess", "you know")
"""What a text can close with."""
_MID = ("like", "um", "uh", "you know", "i mean", "kind of", "just", "er")
_OPENING, _CLOSING = frozenset(OPENING_FILLERS), frozenset(CLOSING_FILLERS)


def _find_opening(draft: Draft) -> list[Chance]:
    """Return the first word, where the text goes on after it: whether it is a filler."""
    if len(draft.pieces) < 5 or 1 in draft.frozen or draft.pieces[0].strip():
        return []
    word = draft.pieces[1].lower()
    return [Chance(1, word in _OPENING, form=word if word in _OPENING else "")]


def _write_opening(draft: Draft, position: int, shown: bool, rng: random.Random) -> None:
    if shown:
        open_with(draft, rng.choice(OPENING_FILLERS), comma=rng.random() < 0.35)
    elif draft.pieces[position + 1] in (" ", ", ", "... ", ". ", ".. "):
        draft.change(position, "", "dropped-filler")
        draft.change(position + 1, "", "dropped-filler")


def _find_closing(draft: Draft) -> list[Chance]:
    """Return the last word, where others stand before it: whether it is a filler."""
    last = len(draft.pieces) - 2
    if last < 5 or last in draft.frozen:
        return []
    word = draft.pieces[last].lower()
    return [Chance(last, word in _CLOSING, form=word if word in _CLOSING else "")]


def _write_closing(draft: Draft, position: int, shown: bool, rng: random.Random) -> None:
    if shown:
        close_with(draft, rng.choice(CLOSING_FILLERS))
    elif draft.pieces[position - 1] in (" ", ", "):
        draft.change(position - 1, "", "dropped-filler")
        draft.change(position, "", "dropped-filler")


def open_with(draft: Draft, filler: str, *, comma: bool) -> None:
    """Put a filler before a draft's first word, with that word's capital."""
    first = draft.pieces[1]
    gap = ", " if comma else " "
    if 1 in draft.frozen:
        draft.change(0, f"{draft.pieces[0]}{filler}{gap}", "filler")
    elif first[:1].isupper() and not first.startswith("I") and not first[:2].isupper():
        draft.change(1, f"{filler.capitalize()}{gap}{first[0].lower()}{first[1:]}", "filler")
    else:
        draft.change(1, f"{filler.capitalize() if first[:1].isupper() else filler}{gap}{first}", "filler")


def close_with(draft: Draft, filler: str) -> None:
    """Put a filler behind a draft's last word, before the end mark."""
    last = len(draft.pieces) - 1
    draft.change(last, f" {filler}{draft.pieces[last]}", "filler")


OPENING = Habit(name="opening-filler", find=_find_opening, write=_write_opening, sign=among(_OPENING))
"""Opening with a word that says nothing."""
CLOSING = Habit(name="closing-filler", find=_find_closing, write=_write_closing, sign=among(_CLOSING))
"""Closing with a word that says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fillers:
    """Adds fillers and asides: "um, can you like move my meeting lol"."""

    opening: Share = 0.15
    """Share of texts that open with one."""
    within: Share = 0.02
    """Share of the spaces between words that get one."""
    closing: Share = 0.07
    """Share of texts that close with one."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "fillers", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with fillers, or None where none was added."""
        draft = Draft(text, spans)
        if len(draft.pieces) < 3:
            return None
        gaps = [at for at in range(2, len(draft.pieces) - 1, 2) if draft.pieces[at] == " "]
        for hit in draw_hits(rng, len(gaps), self.within):
            draft.change(gaps[hit], f" {rng.choice(_MID)} ", "filler")
        if rng.random() < self.closing:
            close_with(draft, rng.choice(CLOSING_FILLERS))
        if rng.random() < self.opening:
            open_with(draft, rng.choice(OPENING_FILLERS), comma=rng.random() < 0.35)
        return draft.noised()


__all__ = ["CLOSING", "CLOSING_FILLERS", "OPENING", "OPENING_FILLERS", "Fillers", "close_with", "open_with"]

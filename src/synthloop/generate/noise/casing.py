"""Capitals: none, nothing but, or here and there."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.habits import Chance, Habit, among, take_up

CaseStyle = Literal["capital", "small", "upper", "unclear"]
"""How a text's letters begin: with a capital, with a small letter, in capitals throughout; or with a protected span or no letter at all."""

_I_FORMS = frozenset(("i", "i'm", "i'll", "i've", "i'd", "i’m", "i’ll", "i’ve", "i’d", "im", "ive"))


def case_of(draft: Draft) -> CaseStyle:
    """Return the case style of a draft, judged by the words that are not protected."""
    pieces = draft.pieces
    first = draft.first_word()
    clear = first and first not in draft.frozen and not (pieces[0] and any(map(str.isalnum, pieces[0])))
    if clear and not pieces[first].isupper():
        return "capital" if pieces[first][0].isupper() else "small"
    if _is_shouting(draft):
        return "upper"
    return "capital" if clear else "unclear"


def _is_shouting(draft: Draft) -> bool:
    words = draft.words()
    if len(words) < 2 or not draft.pieces[words[0]].isupper():
        return False
    return all(draft.pieces[at].isupper() for at in words) and sum(len(draft.pieces[at]) for at in words) > 4


def set_case(draft: Draft, style: CaseStyle) -> None:
    """Give a draft a case style; `unclear` leaves it as it is."""
    now = case_of(draft)
    if style in (now, "unclear"):
        return
    if style == "upper":
        for at in draft.words():
            draft.change(at, draft.pieces[at].upper(), "all-caps")
        return
    if now == "upper":
        _calm(draft)
    if now != "unclear":
        _set_first(draft, capital=style == "capital")


def _set_first(draft: Draft, *, capital: bool) -> None:
    first = draft.first_word()
    if first in draft.frozen:
        return
    word = draft.pieces[first]
    if capital:
        draft.change(first, word[0].upper() + word[1:], "capital")
    elif len(word) == 1 or not word[:2].isupper():
        draft.change(first, word[0].lower() + word[1:], "small-i" if word.lower() in _I_FORMS else "no-capital")


def _calm(draft: Draft) -> None:
    """Take shouting back: capitals at sentence starts and in "I" only."""
    for at in draft.words():
        word = draft.pieces[at].lower()
        keeps = draft.starts_sentence(at) or word in _I_FORMS
        draft.change(at, word[0].upper() + word[1:] if keeps else word, "calm")


def _find_i(draft: Draft) -> list[Chance]:
    pieces = draft.pieces
    return [
        Chance(at, pieces[at][0] == "i", "start" if draft.starts_sentence(at) else word.replace("’", "'"))
        for at, word in draft.find_words(_I_FORMS)
        if _has_word_before(pieces, at)
    ]


def _has_word_before(pieces: list[str], position: int) -> bool:
    return any(pieces[at] for at in range(position - 2, 0, -2))


def _find_starts(draft: Draft) -> list[Chance]:
    """Return the sentence starts but the first, and but those with "I"."""
    pieces = draft.pieces
    return [
        Chance(gap + 1, not pieces[gap + 1][0].isupper(), _read_end(pieces[gap]))
        for gap in draft.marks()
        if any(mark in pieces[gap] for mark in ".?!")
        and pieces[gap + 1][:1] not in ("", "i", "I")
        and gap + 1 not in draft.frozen
        and _has_word_before(pieces, gap + 1)
    ]


def _read_end(gap: str) -> str:
    return "dots" if ".." in gap else "question" if "?" in gap else "exclamation" if "!" in gap else "period"


def _small_habit(
    kind: str, find: Callable[[Draft], list[Chance]], cue: Callable[[str], bool], sign: Callable[[str], bool] | None = None
) -> Habit:
    def write(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
        word = draft.pieces[position]
        draft.change(position, (word[0].lower() if shown else word[0].upper()) + word[1:], kind)

    return Habit(name=kind, find=find, write=write, cue=cue, sign=sign)


SMALL_I = _small_habit("small-i", _find_i, among(_I_FORMS), lambda word: word[:1] == "i" and word.lower() in _I_FORMS)
"""Writing "i" for "I" within a text; rates differ by form, and at the start of a sentence."""
SMALL_START = _small_habit("small-start", _find_starts, lambda piece: any(mark in piece for mark in ".?!"))
"""Starting a later sentence with a small letter; rates differ by what stands before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Casing:
    """Drops or adds capitals: "can you HELP", "CAN YOU HELP", "cAn you help"."""

    lower: Share = 0.4
    """Share of texts that are all lower case; names that were found keep their capitals, see `names`."""
    upper: Share = 0.03
    """Share of texts that are all capitals."""
    no_capital: Share = 0.2
    """Share of texts, besides those, that start with a small letter."""
    small_i: Share = 0.3
    """Share of the "I"s of the other texts that are written small."""
    slip: Share = 0.005
    """Share of words with a shift key that was held too long or pressed late: "THe", "tHe"."""
    names: bool = False
    """Whether all-lower texts lose the capitals of names that were found by themselves (never of what is marked)."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "casing", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text in another case, or None where nothing changed."""
        draft = Draft(text, spans)
        draw = rng.random()
        if draw < self.lower:
            lower_all(draft)
            if self.names:
                lower_names(draft)
        elif draw < self.lower + self.upper:
            set_case(draft, "upper")
        else:
            if draw < self.lower + self.upper + self.no_capital:
                set_case(draft, "small")
            take_up(draft, SMALL_I, self.small_i, rng)
            self._slip(draft, rng)
        return draft.noised()

    def _slip(self, draft: Draft, rng: random.Random) -> None:
        words = draft.words(letters=3)
        for hit in draw_hits(rng, len(words), self.slip):
            word = draft.pieces[words[hit]]
            draft.change(words[hit], word[0] + word[1].swapcase() + word[2:], "shift-slip")


def lower_all(draft: Draft) -> None:
    """Write every word of a draft in small letters that is not protected."""
    for at in draft.words():
        draft.change(at, draft.pieces[at].lower(), "all-lower")


def lower_names(draft: Draft) -> None:
    """Write the names in small letters that were found by themselves."""
    for at, kind in draft.frozen.items():
        if kind == "name":
            draft.change(at, draft.pieces[at].lower(), "all-lower")


__all__ = ["SMALL_I", "SMALL_START", "CaseStyle", "Casing", "case_of", "lower_all", "lower_names", "set_case"]

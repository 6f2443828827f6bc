"""Slips to a neighboring key on a QWERTY keyboard."""

import random
from dataclasses import dataclass
from typing import Annotated

import msgspec

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, draw_hits, match_case

NEIGHBORS: dict[str, str] = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk", "o": "ipkl", "p": "ol",
    "a": "qwsz", "s": "awedzx", "d": "serfxc", "f": "drtgcv", "g": "ftyhvb", "h": "gyujbn", "j": "huiknm", "k": "jiolm", "l": "kop",
    "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
"""Letter -> the letters beside it on a QWERTY keyboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardSlips:
    """Hits a neighboring key instead of the right one, or both: "meeting" -> "mewting", "meetibng"."""

    rate: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    """Share of the words of three letters or more that get one slip."""
    texts: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """Share of texts that may have slips at all."""
    both: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.2
    """Share of slips that hit both keys."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "keyboard", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with slips, or None where no word was hit."""
        if rng.random() >= self.texts:
            return None
        draft = Draft(text, spans)
        words = draft.words(letters=3)
        for hit in draw_hits(rng, len(words), self.rate):
            word = draft.pieces[words[hit]]
            slipped = slip_key(word, rng, both=rng.random() < self.both)
            draft.change(words[hit], slipped, "adjacent-key")
        return draft.noised()


def slip_key(word: str, rng: random.Random, *, both: bool = False, places: range | None = None) -> str:
    """Return `word` with one key missed; the word itself where it has no letter of the keyboard.

    Args:
        word: At least one letter.
        rng: The source of chance.
        both: Whether the right key is hit as well.
        places: Where the slip may be; None: anywhere.
    """
    fitting = [at for at in places or range(len(word)) if word[at].lower() in NEIGHBORS]
    if not fitting:
        return word
    at = rng.choice(fitting)
    wrong = match_case(rng.choice(NEIGHBORS[word[at].lower()]), word[at])
    return word[:at] + (word[at] + wrong if both else wrong) + word[at + 1 :]


__all__ = ["NEIGHBORS", "KeyboardSlips", "slip_key"]

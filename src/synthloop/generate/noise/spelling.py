"""Spelling errors of every kind."""

import functools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, draw_hits, match_case
from synthloop.generate.noise.error_kinds import ERROR_KINDS, SOUNDS, VOWELS, ErrorKind, ErrorMix, Share, classify_error
from synthloop.generate.noise.keyboard import NEIGHBORS, slip_key

_CONSONANTS = "bcdfghjklmnpqrstvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typos:
    """Makes spelling errors of all kinds in a given mix: "can you recieve my mesage"."""

    rate: Share = 0.06
    """Share of the words of four letters or more that get an error, in the texts that have errors."""
    texts: Share = 1.0
    """Share of texts that may have errors at all."""
    first_letter: Share = 0.04
    """Share of errors that change a word's first letter; people rarely do."""
    vowels: Share = 0.7
    """Share of wrong, missing and added letters that are vowels, where there is a choice."""
    mix: ErrorMix = field(default_factory=ErrorMix)
    """How often each kind is made."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "typos", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with errors, or None where no word was hit."""
        if rng.random() >= self.texts:
            return None
        draft = Draft(text, spans)
        self.misspell(draft, rng, rate=self.rate)
        return draft.noised()

    def misspell(self, draft: Draft, rng: random.Random, *, rate: float) -> None:
        """Make errors in a draft's words. The kind is drawn first, then a word that can have it, so that rare kinds keep their share."""
        hits = draw_hits(rng, len(draft.pieces) // 2, rate)
        words = draft.words(letters=4) if hits else []
        for hit in hits:
            if hit < len(words):
                self._misspell_one(draft, words, hit, rng)

    def _misspell_one(self, draft: Draft, words: list[int], hit: int, rng: random.Random) -> None:
        for kind in rng.choices(ERROR_KINDS, cum_weights=_cumulate(self.mix), k=3):
            if kind == "run-on":
                done = _run_on(draft, words, rng)
            else:
                done = any(self._change_word(draft, position, kind, rng) for position in (*words[hit:], *words[:hit]))
            if done:
                return

    def _change_word(self, draft: Draft, position: int, kind: ErrorKind, rng: random.Random) -> bool:
        word = draft.pieces[position]
        wrong = misspell_word(word, kind, rng, first=rng.random() < self.first_letter, vowels=self.vowels)
        if wrong is None:
            return False
        draft.change(position, wrong, kind)
        return True


def misspell_word(word: str, kind: ErrorKind, rng: random.Random, *, first: bool = False, vowels: float = 0.7) -> str | None:
    """Return `word` with one error of that kind, or None where the word can't have it.

    Args:
        word: Letters, possibly with apostrophes within.
        kind: Any kind but `run-on`, which takes two words.
        rng: The source of chance.
        first: Whether the error is at the first letter, or never there.
        vowels: Share of changed letters that are vowels, where there is a choice.
    """
    if len(word) < 2:
        return None
    wrong = _MAKERS[kind](word, rng, range(1) if first else range(1, len(word)), vowels)
    return wrong if wrong and wrong != word else None


def _pick_place(word: str, rng: random.Random, places: range, vowels: float) -> int:
    """Return one of the places: of a vowel with probability `vowels`, where there are both."""
    wanted = rng.random() < vowels
    fitting = [at for at in places if (word[at] in VOWELS) == wanted and word[at].isalpha()]
    return rng.choice(fitting or places)


def _omit(word: str, rng: random.Random, places: range, vowels: float) -> str | None:
    at = _pick_place(word, rng, places, vowels)
    return None if len(word) < 3 or word[at] in word[max(at - 1, 0) : at] + word[at + 1 : at + 2] else word[:at] + word[at + 1 :]


def _insert(word: str, rng: random.Random, places: range, vowels: float) -> str | None:
    at = rng.choice(places) + (places.start > 0)
    letter = rng.choice(VOWELS if rng.random() < vowels else _CONSONANTS)
    if letter in word[max(at - 1, 0) : at + 1].lower():
        return None
    return word[:at] + (letter.upper() if word.isupper() else letter) + word[at:]


def _substitute(word: str, rng: random.Random, places: range, vowels: float) -> str:
    at = _pick_place(word, rng, places, vowels)
    old = word[at].lower()
    letters = VOWELS if old in VOWELS else _CONSONANTS
    others = [letter for letter in letters if letter != old and letter not in NEIGHBORS.get(old, "")]
    return word[:at] + match_case(rng.choice(others), word[at]) + word[at + 1 :]


def _transpose(word: str, rng: random.Random, places: range, _vowels: float) -> str | None:
    fitting = [at for at in places if at < len(word) - 1 and word[at].lower() != word[at + 1].lower()]
    if not fitting:
        return None
    at = rng.choice(fitting)
    swapped = word[at + 1] + word[at]
    return word[:at] + (swapped.capitalize() if word[0].isupper() and at == 0 and not word.isupper() else swapped) + word[at + 2 :]


def _double(word: str, rng: random.Random, places: range, _vowels: float) -> str | None:
    fitting = [at for at in places if at and word[at] in _CONSONANTS and word[at] not in word[at - 1] + word[at + 1 : at + 2]]
    if not fitting:
        return None
    at = rng.choice(fitting)
    return word[:at] + word[at] + word[at:]


def _undouble(word: str, rng: random.Random, places: range, _vowels: float) -> str | None:
    fitting = [at for at in places if at and word[at] == word[at - 1]]
    if not fitting:
        return None
    at = rng.choice(fitting)
    return word[:at] + word[at + 1 :]


def _sound(word: str, rng: random.Random, places: range, _vowels: float) -> str | None:
    lowered = word.lower()
    fitting = [
        (match.start(), match.end(), replacement)
        for pattern, replacement in SOUNDS
        if (match := pattern.search(lowered, places.start)) is not None and match.start() in places
    ]
    if not fitting:
        return None
    begin, end, replacement = rng.choice(fitting)
    return word[:begin] + match_case(replacement, word[begin:end]) + word[end:]


def _slip(word: str, rng: random.Random, places: range, _vowels: float) -> str:
    return slip_key(word, rng, places=places)


def _split_word(word: str, rng: random.Random, _places: range, _vowels: float) -> str | None:
    if len(word) < 5:
        return None
    at = rng.randrange(2, len(word) - 1)
    return f"{word[:at]} {word[at:]}"


def _misspell_twice(word: str, rng: random.Random, places: range, vowels: float) -> str | None:
    """Make two errors; try again where together they look like one."""
    for _ in range(4 if len(word) > 5 else 0):
        once = rng.choice((_omit, _insert, _substitute))(word, rng, places, vowels)
        twice = once and rng.choice((_omit, _substitute, _double, _insert))(once, rng, range(1, len(once)), vowels)
        if twice and classify_error(twice, word) == "multiple":
            return twice
    return None


def _run_on(draft: Draft, words: list[int], rng: random.Random) -> bool:
    """Leave out the space between two words, one of them short where there is such a pair: "alot", "infact"."""
    pieces = draft.pieces
    free = [at for at in words if at + 2 < len(pieces) and at + 2 not in draft.frozen]
    free += [at - 2 for at in words if at > 2 and at - 2 not in draft.frozen]
    pairs = [at for at in free if pieces[at] and pieces[at + 2] and pieces[at + 1] == " "]
    if not pairs:
        return False
    short = [at for at in pairs if min(len(pieces[at]), len(pieces[at + 2])) <= 3]
    draft.change(rng.choice(short or pairs) + 1, "", "run-on")
    return True


_MAKERS: dict[ErrorKind, Callable[[str, random.Random, range, float], str | None]] = {
    "omission": _omit,
    "insertion": _insert,
    "substitution": _substitute,
    "transposition": _transpose,
    "doubling": _double,
    "undoubling": _undouble,
    "phonetic": _sound,
    "adjacent-key": _slip,
    "split": _split_word,
    "multiple": _misspell_twice,
}


@functools.lru_cache(maxsize=8)
def _cumulate(mix: ErrorMix) -> list[float]:
    weights = mix.weights()
    return list(accumulate(weights if any(weights) else ErrorMix().weights()))


__all__ = ["Typos", "misspell_word"]

"""Misspellings in real messages, found by word frequencies and told apart from names and jargon."""

import functools
import importlib.resources
from collections import Counter
from collections.abc import Iterable

from synthloop.generate.noise.abbreviations import FULL_FORMS
from synthloop.generate.noise.error_kinds import sound_skeleton

MIN_LETTERS = 4
"""Shorter words are not judged: almost every string of three letters is near some word."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_COMMON = 20_000
_EVERYDAY = 5_000
_GLUE = 600
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers", "ly", "able", "ness", "y", "ish", "less", "in", "like", "ized", "ised")
_BEGINNINGS = ("un", "re", "non", "pre", "sub", "multi", "auto", "micro", "super", "over")


class Misspellings:
    """Finds misspellings in messages of one source.

    A word is a misspelling if no dictionary has it, a common English word is one step away (or sounds the same, or it is two everyday words
    run together), and the messages do not use it as a word of their own: what comes up again and again is vocabulary, unless what it would
    be a misspelling of comes up far more often still. Errors that make another word ("form" for "from") go unseen.

    Args:
        texts: The words of each message of the source, in lower case.
    """

    def __init__(self, texts: Iterable[Iterable[str]]) -> None:
        self._counts: Counter[str] = Counter()
        for words in texts:
            self._counts.update(dict.fromkeys(words, 1))
        self._judged: dict[str, str | None] = {}

    def correct(self, word: str) -> str | None:
        """Return what a lower-case word was meant to be, or None where it is no misspelling."""
        if len(word) < MIN_LETTERS:
            return None
        if word not in self._judged:
            self._judged[word] = self._judge(word)
        return self._judged[word]

    def _judge(self, word: str) -> str | None:
        if not (word.isascii() and word.isalpha()) or word in FULL_FORMS or is_word(word):
            return None
        meant = self._guess(word)
        if meant is None:
            return None
        mine, theirs = self._counts[word], self._counts[meant]
        return None if mine >= 3 and theirs < 10 * mine else meant

    def _guess(self, word: str) -> str | None:
        """Return the likeliest word that was meant: what the messages themselves use counts most, then what English uses."""
        ranks = load_ranks()
        near = {candidate for candidate in _one_step(word) if ranks.get(candidate, _COMMON) < _COMMON and len(candidate) >= 3}
        near.update(candidate for candidate in _load_sounds().get(sound_skeleton(word), ()) if abs(len(candidate) - len(word)) < 3)
        plausible = sorted(candidate for candidate in near if self._counts[candidate] or ranks[candidate] < _EVERYDAY)
        if plausible:
            return max(plausible, key=lambda candidate: (candidate[0] == word[0], self._counts[candidate], -ranks[candidate]))
        return _split_run_on(word)


def is_word(word: str) -> bool:
    """Whether a lower-case word is in the dictionary, or is an inflection or a compound of one that is."""
    ranks = load_ranks()
    if word in ranks:
        return True
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and (stem in ranks or f"{stem}e" in ranks or (stem[-1] == stem[-2] and stem[:-1] in ranks)):
            return True
    if word.endswith(("ies", "ied")) and f"{word[:-3]}y" in ranks:
        return True
    return any(word.startswith(beginning) and word[len(beginning) :] in ranks for beginning in _BEGINNINGS)


@functools.cache
def load_ranks() -> dict[str, int]:
    """Return English word -> its rank by frequency, from 0: the list packaged with symspellpy."""
    path = importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return {line.partition(" ")[0]: rank for rank, line in enumerate(lines)}


@functools.cache
def _load_sounds() -> dict[str, tuple[str, ...]]:
    """Return what is heard -> the common words of five letters or more that sound so."""
    sounds: dict[str, list[str]] = {}
    for word, rank in load_ranks().items():
        if rank < _COMMON and len(word) > 4:
            sounds.setdefault(sound_skeleton(word), []).append(word)
    return {heard: tuple(words) for heard, words in sounds.items() if len(heard) > 2}


def _one_step(word: str) -> Iterable[str]:
    """Yield everything that is one letter left out, added, changed or moved away from `word`."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _split_run_on(word: str) -> str | None:
    """Return the two everyday words that a word is made of, or None."""
    ranks = load_ranks()
    for at in range(1, len(word)):
        head, tail = word[:at], word[at:]
        if len(tail) > 1 and (at > 1 or head in "ai") and ranks.get(head, _GLUE) < _GLUE and ranks.get(tail, _GLUE) < _GLUE:
            return f"{head} {tail}"
    return None


__all__ = ["MIN_LETTERS", "Misspellings", "is_word", "load_ranks"]

"""How near a text is to others: copies of real messages that models were shown, and how much of a sample a variant changed."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

_APOSTROPHES = frozenset("'’")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Letters of scripts that put no spaces between words: there a letter stands for a word."""
_RUN = 6
"""Words in a row that are the same: a phrase that long hardly comes about twice."""
_RUN_OF_LETTERS = 12
_SHARE = 0.8
"""Share of a message's word pairs that stand in the example as well."""
_FEW = 3
"""Messages of so few words, or twice as many letters, can't be told from common phrases and are never called copies."""


def find_copied(text: str, examples: Iterable[str]) -> str | None:
    """Return the example that a text copies: a run of six words, or four fifths of its word pairs; None where it copies none.

    In scripts without spaces a run is twelve letters, and pairs are of letters.

    Example:
        >>> find_copied("Hi! my card was declined at the store today", ["my card was declined at the store"])
        'my card was declined at the store'
        >>> find_copied("my card was eaten by the machine", ["my card was declined at the store"]) is None
        True
    """
    words = read_words(text)
    if _is_short(words):
        return None
    run = _RUN_OF_LETTERS if _is_unspaced(words) else _RUN
    runs, pairs = _list_runs(words, run), _list_runs(words, 2)
    for example in examples:
        shown = read_words(example)
        if not _is_short(shown) and (runs & _list_runs(shown, run) or len(pairs & _list_runs(shown, 2)) >= _SHARE * len(pairs)):
            return example
    return None


def count_changes(before: str, after: str) -> tuple[int, int]:
    """Return how many words (letters, in scripts without spaces) a change touches, and of how many; moving a word counts twice.

    Example:
        >>> count_changes("move my call to thursday", "cancel my call to thursday")
        (1, 5)
    """
    one, other = read_words(before), read_words(after)
    changes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    touched = sum(max(end - start, new_end - new_start) for kind, start, end, new_start, new_end in changes if kind != "equal")
    return touched, max(len(one), len(other))


def read_words(text: str) -> list[str]:
    """Return the words of a text in lower case, in any script; each letter by itself where the script puts no spaces.

    Example:
        >>> read_words("Don't move it! हिन्दी 会議"), len(read_words("ok, 9:30"))
        (["don't", 'move', 'it', 'हिन्दी', '会', '議'], 3)
    """
    spaced = "".join(letter if letter in _APOSTROPHES or unicodedata.category(letter)[0] in "LMN" else " " for letter in text.lower())
    words = (word.strip("'’") for word in _UNSPACED.sub(r" \g<0> ", spaced).split())
    return [word for word in words if word]


def _is_unspaced(words: Sequence[str]) -> bool:
    return sum(1 for word in words if _UNSPACED.match(word)) * 2 > len(words)


def _is_short(words: Sequence[str]) -> bool:
    return len(words) <= (2 * _FEW if _is_unspaced(words) else _FEW)


def _list_runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


__all__ = ["count_changes", "find_copied", "read_words"]

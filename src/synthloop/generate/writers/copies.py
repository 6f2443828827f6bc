"""Real messages are shown to models as examples of style; what comes back must not be one of them."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_RUN = 6
"""Words in a row that are the same: a phrase that long hardly comes about twice."""
_SHARE = 0.8
"""Share of a message's word pairs that stand in the example as well."""
_FEW = 3
"""Messages of fewer words can't be told from common phrases and are never called copies, unless they are the very same long one."""


def find_copied(text: str, examples: Iterable[str]) -> str | None:
    """Return the example that a text copies: a run of six words, or four fifths of its word pairs; None where it copies none.

    Example:
        >>> find_copied("Hi! my card was declined at the store today", ["my card was declined at the store"])
        'my card was declined at the store'
        >>> find_copied("my card was eaten by the machine", ["my card was declined at the store"]) is None
        True
    """
    words = _read_words(text)
    if len(words) <= _FEW:
        return None
    runs, pairs = _list_runs(words, _RUN), _list_runs(words, 2)
    for example in examples:
        shown = _read_words(example)
        if len(shown) <= _FEW:
            continue
        if runs & _list_runs(shown, _RUN) or len(pairs & _list_runs(shown, 2)) >= _SHARE * len(pairs):
            return example
    return None


def _read_words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _list_runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


__all__ = ["find_copied"]

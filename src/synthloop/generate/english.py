"""Small rules of written English that keep a changed sentence well formed."""

import re
from functools import lru_cache

_TAKES_AN = re.compile(
    r"[aei](?!u(?:ro|log))|o(?!ne\b|nce\b)|u(?!ni|s[aeiu]|tili|k\b|rl|ro)|8|1[18]\b|hour|honest|honou?r|heir|x-ray", re.IGNORECASE
)
_LOOSE = " ,;:–—-"
"""What is left over where nothing follows it, or nothing stands before it."""
_ENDS = ".!?"
_PAIRS = {"(": ")", "[": "]", "“": "”", "«": "»", '"': '"'}
_ARTICLE_AT_END = re.compile(r"(?:^|(?<=\s))([aA])n?(?=\s$)")


def fit_article(before: str, word: str) -> str:
    """Return `before` with the article at its end, if there is one, fitted to the word that comes next.

    Example:
        >>> fit_article("book a ", "interview")
        'book an '
    """
    found = _ARTICLE_AT_END.search(before)
    if found is None or not word:
        return before
    return f"{before[: found.start()]}{found[1]}{'n' if _TAKES_AN.match(word) else ''}{before[found.end() :]}"


def close_gap(before: str, after: str) -> str:
    """Return what stands before and after a place where nothing was said as one text: no doubled space, no mark that marks nothing.

    Example:
        >>> close_gap("book a room, ", "?"), close_gap("", ", book a room"), close_gap("book a ", " office")
        ('book a room?', 'book a room', 'book an office')
    """
    left, right = before.rstrip(" "), after.lstrip(" ")
    if left and right.startswith(_PAIRS.get(left[-1], "\0")):
        return close_gap(left[:-1], right[1:])
    if not left or left[-1] in _PAIRS:
        return left + right.lstrip(_LOOSE)
    if not right or right[0] in ",;:.!?)]":
        return _join_marks(left, right)
    if (left, right) == (before, after):
        return before + after
    return fit_article(f"{left} ", right) + right


def _join_marks(left: str, right: str) -> str:
    """Join a text with the mark that follows it: the one that ends a sentence stands, else the later one."""
    if left[-1] not in _ENDS:
        return left.rstrip(_LOOSE) + right
    rest = right.lstrip(_LOOSE + _ENDS)
    return f"{left} {rest}" if rest else left


def capitalize(text: str) -> str:
    """Return `text` with its first letter in upper case and all others as they are."""
    return text[:1].upper() + text[1:]


def find_words(text: str, phrase: str) -> tuple[int, int] | None:
    """Return where `phrase` stands in `text` as whole words, in any case, or None."""
    found = _word_pattern(phrase).search(text)
    return found.span() if found else None


@lru_cache(maxsize=4096)
def _word_pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)", re.IGNORECASE)


__all__ = ["capitalize", "close_gap", "find_words", "fit_article"]

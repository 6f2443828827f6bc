"""Small rules of written English that keep a changed sentence well formed."""

import re
from functools import lru_cache

_TAKES_AN = re.compile(
    r"[aei](?!u(?:ro|log))|o(?!ne\b|nce\b)|u(?!ni|s[aeiu]|tili|k\b|rl|ro)|8|1[18]\b|hour|honest|honou?r|heir|x-ray", re.IGNORECASE
)
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


__all__ = ["capitalize", "find_words", "fit_article"]

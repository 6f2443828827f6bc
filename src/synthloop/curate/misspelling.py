"""Whether two texts differ by slips of the fingers only, or say different words."""

from collections import Counter

from symspellpy.editdistance import DistanceAlgorithm, EditDistance

_distance = EditDistance(DistanceAlgorithm.DAMERAU_OSA).compare
"""Smallest number of insertions, omissions, substitutions and transpositions of neighbors; -1 where it is above the third argument."""

_SHORT = 4
_LONG = 8


def exchanges_words(one: str, other: str) -> bool:
    """Return whether words were exchanged for other words, beyond misspelling, spacing, and words added on one side only.

    "in Rome" and "in Oslo" exchange a word; "in Rome" and "in Rmoe please" do not.

    Args:
        one: A folded text.
        other: Another one.

    Example:
        >>> exchanges_words("book a table in rome", "book a table in oslo")
        True
        >>> exchanges_words("book a table in rome", "please bok a table in rmoe")
        False
    """
    left, right = _leave_out(one, other), _leave_out(other, one)
    if not left or not right or is_misspelling("".join(left), "".join(right)):
        return False
    for word in list(left):
        match = next((candidate for candidate in right if is_misspelling(word, candidate)), None)
        if match is not None:
            left.remove(word)
            right.remove(match)
    return bool(left and right) and not is_misspelling("".join(left), "".join(right))


def is_misspelling(one: str, other: str) -> bool:
    """Return whether two words are one word up to typing errors.

    Up to four letters: one letter omitted or added, or letters swapped, because exchanging a letter there mostly gives another word
    ("car", "cat"). Up to seven letters: one error of any kind; above: two.

    Example:
        >>> [is_misspelling("the", word) for word in ("teh", "th", "she")]
        [True, True, False]
        >>> [is_misspelling("friday", word) for word in ("firday", "frday", "monday")]
        [True, True, False]
    """
    length = max(len(one), len(other))
    found = _distance(one, other, 2 if length >= _LONG else 1)
    if found < 0 or length > _SHORT:
        return found >= 0
    return len(one) != len(other) or sorted(one) == sorted(other)


def _leave_out(text: str, known: str) -> list[str]:
    """The words of `text`, in order, that `known` does not have, as often as it does not have them."""
    left = Counter(known.split())
    words: list[str] = []
    for word in text.split():
        if left[word]:
            left[word] -= 1
        else:
            words.append(word)
    return words


__all__ = ["exchanges_words", "is_misspelling"]

"""Whether two texts differ by slips of the fingers only, or say different words."""

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
    said, also_said = one.split(), other.split()
    said_set, also_set = set(said), set(also_said)
    left = [word for word in said if word not in also_set]
    right = [word for word in also_said if word not in said_set]
    if not left or not right or is_misspelling("".join(left), "".join(right)):
        return False
    fewer, more = (left, right) if len(left) <= len(right) else (right, left)
    for word in fewer:
        match = next((candidate for candidate in more if is_misspelling(word, candidate)), None)
        if match is None:
            return True
        more.remove(match)
    return False


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
    errors = 2 if length >= _LONG else 1
    if abs(len(one) - len(other)) > errors or len(set(one) ^ set(other)) > 2 * errors:  # most pairs, at a tenth of the cost
        return False
    if length <= _SHORT and len(one) == len(other):
        return sorted(one) == sorted(other) and _distance(one, other, 1) >= 0
    return _distance(one, other, errors) >= 0


__all__ = ["exchanges_words", "is_misspelling"]

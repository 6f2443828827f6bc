"""Kinds of spelling errors: their names, their mix, and how to tell them apart."""

import re
from typing import Annotated, Literal, get_args

import msgspec

from synthloop.core.record import Record
from synthloop.generate.noise.keyboard import NEIGHBORS

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
ErrorKind = Literal[
    "omission",
    "insertion",
    "substitution",
    "transposition",
    "doubling",
    "undoubling",
    "phonetic",
    "adjacent-key",
    "run-on",
    "split",
    "multiple",
]
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)

VOWELS = "aeiou"
_SOUND_RULES = """
ph:f ght:te ough:uff tion:shun tion:sion sion:tion tious:cious ck:kk c(?=[eiy]):s s(?=[eiy]):c c(?=[aou]):k k(?=[aou]):c qu:kw x:ks sch:sk
ible:able able:ible able:eble ance:ence ence:ance ence:ense ant$:ent ent$:ant ai:ay ay:ai ea:ee ee:ea oo:ou ou:oo ei:ee ie:ee aw:au au:aw
y$:ie ies$:ys ey$:y le$:el er$:or or$:er ar$:er
ture:cher dge:ge ge:je j:g z:s se$:ze ough:oh augh:af wh:w kn:n wr:r mb$:m ful$:full ally$:aly ely$:ly
"""
SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement) for pattern, _, replacement in (rule.rpartition(":") for rule in _SOUND_RULES.split())
)
"""Spellings that sound alike in English, hand-written: what is heard is kept, what is written is not."""
_SKELETON = str.maketrans({"c": "k", "q": "k", "x": "k", "z": "s", "j": "g", "y": None, "h": None, "w": None, **dict.fromkeys(VOWELS)})


class ErrorMix(Record):
    """How often each kind of spelling error is made, relative to the others.

    The defaults follow the order in which studies of typed English rank the kinds: letters left out lead, wrong letters come second.
    """

    omission: Share = 0.24
    """A letter is left out: "meting" for "melting"."""
    insertion: Share = 0.1
    """A letter too many."""
    substitution: Share = 0.2
    """A wrong letter, not beside the right one on the keyboard."""
    transposition: Share = 0.1
    """Two neighbors change places."""
    doubling: Share = 0.05
    """A single letter is doubled."""
    undoubling: Share = 0.07
    """A double letter is written once."""
    phonetic: Share = 0.06
    """It sounds the same: "fone"."""
    adjacent_key: Share = 0.08
    """The key beside the right one."""
    run_on: Share = 0.05
    """The space between two words is left out."""
    split: Share = 0.01
    """A space within a word."""
    multiple: Share = 0.04
    """Two errors in one word."""

    def weights(self) -> list[float]:
        """Return the shares in the order of `ERROR_KINDS`."""
        return [getattr(self, kind.replace("-", "_")) for kind in ERROR_KINDS]


def classify_error(wrong: str, right: str) -> ErrorKind:
    """Return which kind of error leads from `right` to `wrong`; capitals do not count.

    Where two kinds would explain it, the more specific one is named: a letter left out of a pair is `undoubling`, not `omission`.

    Example:
        >>> classify_error("recieve", "receive"), classify_error("alot", "a lot"), classify_error("adress", "address")
        ('transposition', 'run-on', 'undoubling')
        >>> classify_error("becouse", "because"), classify_error("fone", "phone"), classify_error("definately", "definitely")
        ('substitution', 'phonetic', 'substitution')
    """
    wrong, right = wrong.lower(), right.lower()
    if wrong.replace(" ", "") == right.replace(" ", "") and wrong != right:
        return "run-on" if wrong.count(" ") < right.count(" ") else "split"
    start, ends = _differing(wrong, right)
    got, wanted = wrong[start : len(wrong) - ends], right[start : len(right) - ends]
    simple = _classify_single(wrong, right, got, wanted)
    if simple in ("transposition", "doubling", "undoubling"):
        return simple
    if any(wrong == pattern.sub(replacement, right, count=1) for pattern, replacement in SOUNDS):
        return "phonetic"
    if simple is not None:
        return simple
    return "phonetic" if sound_skeleton(wrong) == sound_skeleton(right) else "multiple"


def _differing(wrong: str, right: str) -> tuple[int, int]:
    """Return the lengths of the common beginning and of the common end of what is left."""
    shorter = min(len(wrong), len(right))
    start = 0
    while start < shorter and wrong[start] == right[start]:
        start += 1
    ends = 0
    while ends < shorter - start and wrong[-1 - ends] == right[-1 - ends]:
        ends += 1
    return start, ends


def _classify_single(wrong: str, right: str, got: str, wanted: str) -> ErrorKind | None:
    """Return the kind where one step is enough; `got` stands where `wanted` should."""
    at = len(right) - len(wanted)
    if len(got) == 2 and got == wanted[::-1]:
        return "transposition"
    if len(wanted) == 1 and not got:
        return "undoubling" if wanted * 2 in right and wanted * 2 not in wrong[: at + 1] else "omission"
    if len(got) == 1 and not wanted:
        return "doubling" if wrong.count(got * 2) > right.count(got * 2) else "insertion"
    if len(got) == len(wanted) == 1:
        return "adjacent-key" if got in NEIGHBORS.get(wanted, "") else "substitution"
    return None


def sound_skeleton(word: str) -> str:
    """Return the consonants that are heard in a lower-case word, with its first letter, pairs once.

    Example:
        >>> sound_skeleton("definately") == sound_skeleton("definitely"), sound_skeleton("fotograf") == sound_skeleton("photograph")
        (True, True)
    """
    heard = word.replace("ph", "f").replace("gh", "").replace("ce", "se").replace("ci", "si").replace("cy", "sy")
    return re.sub(r"(.)\1", r"\1", heard[:1] + heard[1:].translate(_SKELETON))


__all__ = ["ERROR_KINDS", "SOUNDS", "VOWELS", "ErrorKind", "ErrorMix", "Share", "classify_error", "sound_skeleton"]

"""What makes two samples the same: their text without trifles, their labels without order, and the values they must keep.

Everything in `synthloop.curate` that compares samples compares them through these functions.
"""

import re
import unicodedata

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import encode_canonical
from synthloop.core.record import Record
from synthloop.core.sample import Sample

_DROPPED = "'’‘`´"
_BLANKED = '.,;:!?…"“”„()[]{}-–—_/\\*~|¿¡'
_TRIFLES = str.maketrans({**dict.fromkeys(_DROPPED, ""), **dict.fromkeys(_BLANKED, " ")})
_ASCII_BLANKED = "".join(filter(str.isascii, _BLANKED)).encode()
_ASCII_TRIFLES = bytes.maketrans(_ASCII_BLANKED, b" " * len(_ASCII_BLANKED))
_ASCII_DROPPED = "".join(filter(str.isascii, _DROPPED)).encode()
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_SEPARATOR = "\x1f"


def fold_text(text: str) -> str:
    """Return `text` without what does not change what is asked: case, spacing, apostrophes, quotes, brackets and sentence punctuation.

    Compatibility characters are unified (NFKC). Symbols, emoji and accents stay: they can carry meaning. A text of nothing but
    punctuation keeps it, so that "???" and "!!!" stay two texts.

    Example:
        >>> fold_text("  Don't move my 3pm, please! ")
        'dont move my 3pm please'
    """
    if text.isascii():  # the same by bytes, in half the time
        plain = text.lower().encode().translate(_ASCII_TRIFLES, _ASCII_DROPPED).decode()
    else:
        plain = unicodedata.normalize("NFKC", text).casefold().translate(_TRIFLES)
    return " ".join(plain.split()) or " ".join(text.split())


def find_numbers(text: str) -> tuple[str, ...]:
    """Return the numbers written in digits, in order: two texts that differ in one never ask the same.

    Example:
        >>> find_numbers("pay 1,200.50 by 3:30, not -5")
        ('1,200.50', '3:30', '-5')
    """
    if "-" not in text:
        return tuple(_NUMBER.findall(text))
    found = _NUMBER.finditer(text)
    return tuple("-" + match.group() if _is_negative(text, match.start()) else match.group() for match in found)


def _is_negative(text: str, start: int) -> bool:
    """Whether a minus stands before a number, and not a hyphen or a dash between two."""
    return text[max(0, start - 1) : start] == "-" and not (start > 1 and (text[start - 2].isalnum() or text[start - 2] == "_"))


def list_labels(expected: JsonValue) -> tuple[str, ...]:
    """Return the labels that `expected` stands for: sorted, without repeats; empty where nothing is expected.

    A text is one label, a list is one label an item, anything else is one label written as JSON.

    Example:
        >>> list_labels(["b", "a", "b"]), list_labels("a"), list_labels(None), list_labels({"end": 1})
        (('a', 'b'), ('a',), (), ('{"end":1}',))
    """
    if expected is None:
        return ()
    if isinstance(expected, str):
        return (expected,)
    items = expected if isinstance(expected, list | tuple) else [expected]
    return tuple(sorted({item if isinstance(item, str) else encode_canonical(item).decode() for item in items}))


def label_key(sample: Sample) -> str:
    """Return a key that is equal for equal expectations; a list's order and repeats do not matter.

    Where nothing is expected, the behavior stands in for the label: its criteria decide what is right.
    """
    expected = sample.expected
    if isinstance(expected, str):
        return "=" + expected
    if expected is None:
        return "behavior" + _SEPARATOR + sample.behavior_id
    if isinstance(expected, list | tuple):
        items = sorted({encode_canonical(item).decode() for item in expected})
        return "=" + expected[0] if len(items) == 1 and isinstance(expected[0], str) else "[" + _SEPARATOR.join(items)
    return "{" + encode_canonical(expected).decode()


class Identity(Record, gc=False):
    """All that decides whether two samples are the same, or nearly.

    A record because it is made a million times, in a quarter of a dataclass's time.
    """

    folded: str
    """The folded last message."""
    text_key: str
    """Equal for samples that say the same: the folded text, its numbers, and the messages before it."""
    label_key: str
    """See `label_key`."""
    span_key: str
    """All that near copies must share: label, protected values, numbers, earlier messages."""


def identify(sample: Sample) -> Identity:
    """Return what decides whether the sample is the same as another, or nearly."""
    text = sample.text
    folded, label = fold_text(text), label_key(sample)
    said = _SEPARATOR.join(find_numbers(text))
    if len(sample.messages) > 1:
        said = _SEPARATOR.join((said, *(f"{message.role}:{fold_text(message.text)}" for message in sample.messages[:-1])))
    shared = _SEPARATOR.join((label, *sample.protected, "", said))
    return Identity(folded=folded, text_key=f"{folded}{_SEPARATOR}{said}" if said else folded, label_key=label, span_key=shared)


def mask_values(sample: Sample) -> str:
    """Return the folded text with protected values and numbers as 0: equal for slot variants of one phrasing.

    Example:
        >>> from synthloop.core.lineage import Lineage
        >>> from synthloop.core.sample import Message, make_sample
        >>> sample = make_sample(behavior_id="schedule", scenario_id="s", messages=(Message(role="user", text="Call Ana at 3."),),
        ...     lineage=Lineage(origin="authored"), protected=("Ana",))
        >>> mask_values(sample)
        'call 0 at 0'
    """
    text = sample.text
    for value in sample.protected if len(sample.protected) < 2 else sorted(sample.protected, key=len, reverse=True):
        text = text.replace(value, "0") if value else text
    return fold_text(_NUMBER.sub("0", text))


__all__ = ["Identity", "find_numbers", "fold_text", "identify", "label_key", "list_labels", "mask_values"]

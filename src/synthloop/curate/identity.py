"""What makes two samples the same: their text without trifles, their labels without order, and the values they must keep.

Everything in `synthloop.curate` that compares samples compares them through these functions.
"""

import hashlib
import re
import unicodedata

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import encode_canonical
from synthloop.core.sample import Sample

_TRIFLES = str.maketrans({**dict.fromkeys("'’‘`´", ""), **dict.fromkeys('.,;:!?…"“”„()[]{}-–—_/\\*~|¿¡', " ")})
_NUMBER = re.compile(r"(?:(?<!\w)-)?\d+(?:[.,:/]\d+)*")
_SEPARATOR = "\x1f"


def fold_text(text: str) -> str:
    """Return `text` without what does not change what is asked: case, spacing, apostrophes, quotes, brackets and sentence punctuation.

    Compatibility characters are unified (NFKC). Symbols, emoji and accents stay: they can carry meaning. A text of nothing but
    punctuation keeps it, so that "???" and "!!!" stay two texts.

    Example:
        >>> fold_text("  Don't move my 3pm, please! ")
        'dont move my 3pm please'
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    folded = " ".join(plain.casefold().translate(_TRIFLES).split())
    return folded or " ".join(text.split())


def find_numbers(text: str) -> tuple[str, ...]:
    """Return the numbers written in digits, in order: two texts that differ in one never ask the same.

    Example:
        >>> find_numbers("pay 1,200.50 by 3:30, not -5")
        ('1,200.50', '3:30', '-5')
    """
    return tuple(_NUMBER.findall(text))


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


def text_key(sample: Sample) -> str:
    """Return a key that is equal for samples that say the same: folded last message, its numbers, and the messages before it."""
    text = sample.text
    numbers = _SEPARATOR.join(find_numbers(text))
    return f"{fold_text(text)}{_SEPARATOR}{numbers}{_SEPARATOR}{_context_key(sample)}"


def span_key(sample: Sample) -> str:
    """Return 16 hexadecimal digits over all that near copies must share: label, protected values, numbers, earlier messages."""
    parts = (label_key(sample), *sample.protected, "", *find_numbers(sample.text), _context_key(sample))
    return hashlib.blake2b(_SEPARATOR.join(parts).encode(), digest_size=8).hexdigest()


def mask_values(sample: Sample) -> str:
    """Return the folded text with protected values and numbers blanked: equal for slot variants of one phrasing.

    Example:
        >>> from synthloop.core.lineage import Lineage
        >>> from synthloop.core.sample import Message, make_sample
        >>> sample = make_sample(behavior_id="schedule", scenario_id="s", messages=(Message(role="user", text="Call Ana at 3."),),
        ...     lineage=Lineage(origin="authored"), protected=("Ana",))
        >>> mask_values(sample)
        'call □ at □'
    """
    text = sample.text
    for value in sorted(sample.protected, key=len, reverse=True):
        text = text.replace(value, "□") if value else text
    return fold_text(_NUMBER.sub("□", text))


def _context_key(sample: Sample) -> str:
    """The conversation before the last message; empty for single-turn samples."""
    if len(sample.messages) == 1:
        return ""
    return _SEPARATOR.join(f"{message.role}:{fold_text(message.text)}" for message in sample.messages[:-1])


__all__ = ["find_numbers", "fold_text", "label_key", "list_labels", "mask_values", "span_key", "text_key"]

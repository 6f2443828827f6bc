"""Texts without what differs from one conversation to another."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")


def mask_values(text: str, values: Mapping[str, Iterable[str]]) -> str:
    """Return a text without what differs from one conversation to another: numbers and the users' values.

    Args:
        text: A message.
        values: Slot -> its values; of two that overlap the longer one is meant.

    Example:
        >>> mask_values("2 shirts for Ana, size L?", {"name": ["Ana"], "size": ["L"]})
        '# shirts for <name>, size <size>?'
    """
    slots = {value.casefold(): slot for slot, each in values.items() for value in each if value}
    return _mask(" ".join(text.split()), slots, _pattern_of(tuple(sorted(slots, key=lambda value: (-len(value), value)))))


def _mask(text: str, slots: Mapping[str, str], pattern: re.Pattern[str] | None) -> str:
    if pattern is not None:
        text = pattern.sub(lambda found: f"<{slots[found[0].casefold()]}>", text)
    return _NUMBERS.sub("#", text)


@cache
def _pattern_of(values: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, values))})(?!\w)", re.IGNORECASE) if values else None


__all__ = ["mask_values"]

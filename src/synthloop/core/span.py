"""Spans of a text, such as those that noise must not touch, and the edits that noise makes."""

from synthloop.core.record import Record


class Span(Record, array_like=True):
    """A stretch of a text, in characters."""

    start: int
    end: int
    """One past the last character."""
    kind: str = "protected"
    """What it is, or why it is kept: `protected`, `parameter`, `number`, `name`, `amount`, `address`, ..."""


class Edit(Record, array_like=True):
    """One change that a noiser made, in the characters of the text it was given."""

    start: int
    end: int
    before: str
    after: str
    kind: str
    """A countable slug such as `transposition`."""


class Noised(Record):
    """What a noiser returns: the new text and the edits that lead to it."""

    text: str
    edits: tuple[Edit, ...]
    """In order of `start`, not overlapping; applying them to the old text gives the new one. Never empty."""


def apply_edits(text: str, edits: tuple[Edit, ...]) -> str:
    """Return `text` with `edits` applied.

    Example:
        >>> apply_edits("book a call", (Edit(start=0, end=4, before="book", after="boko", kind="transposition"),))
        'boko a call'
    """
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.start], edit.after)
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)


def shift_spans(spans: tuple[Span, ...], edits: tuple[Edit, ...]) -> tuple[Span, ...]:
    """Return where `spans` lie after `edits`. No edit may overlap a span; an insertion at a span's edge stays outside it."""
    if not edits:
        return spans
    shifted: list[Span] = []
    left = iter(edits)
    edit = next(left, None)
    offset = 0
    for span in spans:
        while edit is not None and edit.end <= span.start:
            offset += len(edit.after) - (edit.end - edit.start)
            edit = next(left, None)
        shifted.append(Span(start=span.start + offset, end=span.end + offset, kind=span.kind) if offset else span)
    return tuple(shifted)


__all__ = ["Edit", "Noised", "Span", "apply_edits", "shift_spans"]

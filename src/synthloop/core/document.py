"""Documents that questions are asked about."""

from synthloop.core.record import Record


class Document(Record):
    """One document as plain text."""

    id: str
    """Its path within the folder that was read."""
    text: str


class Evidence(Record):
    """Where a document says what an answer rests on."""

    document_id: str
    start: int
    end: int
    """In characters of the document's text; one past the last."""
    quote: str


__all__ = ["Document", "Evidence"]

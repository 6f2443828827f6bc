"""What the formats ask of a sample and of a training example alike."""

from synthloop.core.errors import InvalidRecordError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import encode_canonical
from synthloop.core.report import TrainingExample
from synthloop.core.sample import Sample

Exportable = Sample | TrainingExample


def id_of(record: Exportable) -> str:
    """Return the id of the sample that is, or is behind, the record."""
    return record.id if isinstance(record, Sample) else record.sample_id


def write_expected(expected: JsonValue) -> str:
    """Return an expectation as text: a string as it is, everything else as JSON.

    Example:
        >>> write_expected("schedule"), write_expected(["b", "a"])
        ('schedule', '["b","a"]')
    """
    return expected if isinstance(expected, str) else encode_canonical(expected).decode()


def require_expected(record: Exportable, format_name: str) -> str:
    """Return the expectation as text.

    Raises:
        InvalidRecordError: There is none.
    """
    if record.expected is None:
        raise InvalidRecordError(
            f"sample {id_of(record)} has no expectation, and {format_name} can't go without. "
            "Fix: export training examples, which leave such samples out, or use jsonl."
        )
    return write_expected(record.expected)


def require_rejected(record: Exportable, format_name: str) -> str:
    """Return the rejected answer of a preference pair as text.

    Raises:
        InvalidRecordError: There is none.
    """
    rejected = record.extra.get("rejected") if isinstance(record, Sample) else record.rejected
    if rejected is None:
        raise InvalidRecordError(
            f"sample {id_of(record)} has no rejected answer, and {format_name} can't go without. "
            "Fix: have the writer `preference_pair` write some, and export training examples that are pairs."
        )
    return write_expected(rejected)


__all__ = ["Exportable", "id_of", "require_expected", "require_rejected", "write_expected"]

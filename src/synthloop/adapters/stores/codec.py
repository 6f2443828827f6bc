"""Records to bytes and back, with errors that name the record."""

from typing import TypeVar

import msgspec

from synthloop.core.errors import InvalidRecordError, SchemaVersionError
from synthloop.core.record import Record
from synthloop.core.report import REPORT_SCHEMA_VERSION, Report
from synthloop.core.sample import Review, Sample, Split, Verdict
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.core.writing import WritingFault

T = TypeVar("T")

_encode_json = msgspec.json.Encoder().encode

SAMPLES = msgspec.json.Decoder(Sample)
VERDICTS = msgspec.json.Decoder(Verdict)
TRANSCRIPTS = msgspec.json.Decoder(Transcript)
SCORES = msgspec.json.Decoder(Score)
REPORTS = msgspec.json.Decoder(Report)
REVIEWS = msgspec.json.Decoder(Review)
WRITING_FAULTS = msgspec.json.Decoder(WritingFault)


def encode(record: Record) -> bytes:
    """Encode a record as JSON.

    Raises:
        InvalidRecordError: It holds something that JSON can't say, such as half a surrogate pair.
    """
    try:
        return _encode_json(record)
    except (UnicodeEncodeError, TypeError, OverflowError, RecursionError) as error:
        name = getattr(record, "id", None) or getattr(record, "sample_id", None) or getattr(record, "transcript_id", "")
        raise InvalidRecordError(
            f"{type(record).__name__} {name}: it can't be saved as JSON: {error}. Fix: clean the text or value where it was made."
        ) from error


def decode(decoder: msgspec.json.Decoder[T], data: bytes, source: str) -> T:
    """Decode a record; `source` says where it lies, for the message.

    Raises:
        InvalidRecordError: It is not what the decoder expects.
    """
    try:
        return decoder.decode(data)
    except msgspec.MsgspecError as error:
        raise InvalidRecordError(
            f"{source}: a saved record can't be read: {error}. It starts {data[:80]!r}. Fix: `pip install --upgrade synthloop` if a newer "
            "version wrote it, else restore a backup."
        ) from error


def put_in_split(sample: Sample, split: Split | None) -> Sample:
    """Return the sample in the split that its row names: a row can move, a payload is never rewritten."""
    return sample if sample.split == split else msgspec.structs.replace(sample, split=split)


def check_report_version(version: int, source: str) -> None:
    """Refuse a report of another schema.

    Raises:
        SchemaVersionError: `version` is not `REPORT_SCHEMA_VERSION`.
    """
    if version == REPORT_SCHEMA_VERSION:
        return
    age, fix = ("a newer", "`pip install --upgrade synthloop`") if version > REPORT_SCHEMA_VERSION else ("an older", "evaluate again")
    raise SchemaVersionError(
        f"{source}: {age} synthloop wrote this report (schema {version}; this one reads {REPORT_SCHEMA_VERSION}). Fix: {fix}."
    )


__all__ = [
    "REPORTS",
    "REVIEWS",
    "SAMPLES",
    "SCORES",
    "TRANSCRIPTS",
    "VERDICTS",
    "WRITING_FAULTS",
    "check_report_version",
    "decode",
    "encode",
    "put_in_split",
]

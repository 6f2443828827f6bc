"""Two columns, text and label: what small classifiers and spreadsheets read."""

import codecs
import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from synthloop.adapters.exports.rows import Exportable, id_of, require_expected
from synthloop.adapters.files import open_atomically
from synthloop.core.errors import InvalidRecordError
from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Csv:
    """Write two columns, `text` and `label`, in UTF-8; a label that is no string is written as JSON."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("exports", "csv", self)

    def write(self, records: Iterable[Exportable], path: Path) -> int:
        """Write a stream to `path`, as a whole or not at all, and return the number of records.

        Raises:
            InvalidRecordError: A record has no expectation, or more than one message.
            StoreError: The file can't be written.
        """
        count = 0
        with open_atomically(path) as stream:
            rows = csv.writer(codecs.getwriter("utf-8")(stream))
            rows.writerow(["text", "label"])
            for record in records:
                rows.writerow([_only_text(record), require_expected(record, "csv")])
                count += 1
        return count


def _only_text(record: Exportable) -> str:
    if len(record.messages) != 1:
        raise InvalidRecordError(
            f"sample {id_of(record)} has {len(record.messages)} messages, and csv has room for exactly one. Fix: use jsonl or chat."
        )
    return record.messages[-1].text


__all__ = ["Csv"]

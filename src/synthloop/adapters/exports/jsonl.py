"""JSON Lines: one record a line, with everything in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from synthloop.adapters.exports.rows import Exportable
from synthloop.adapters.files import open_atomically
from synthloop.core.lineage import Spec, encode_canonical
from synthloop.core.registry import spec_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Jsonl:
    """Write one JSON object a line, with all fields that differ from their defaults.

    The same records give the same bytes: keys are sorted.
    """

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("exports", "jsonl", self)

    def write(self, records: Iterable[Exportable], path: Path) -> int:
        """Write a stream to `path`, as a whole or not at all, and return the number of records.

        Raises:
            StoreError: The file can't be written.
        """
        count = 0
        with open_atomically(path) as stream:
            for record in records:
                stream.write(encode_canonical(record) + b"\n")
                count += 1
        return count


__all__ = ["Jsonl"]

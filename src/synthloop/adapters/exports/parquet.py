"""Parquet, for analysis and large training sets; needs the extra `parquet`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from synthloop.adapters.exports.rows import Exportable, id_of, write_expected
from synthloop.adapters.files import open_atomically
from synthloop.core.errors import MissingExtraError
from synthloop.core.lineage import Spec, encode_canonical
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample

_CHUNK = 20_000
"""Records in memory at once, and in one row group of the file: with larger groups memory grows with the number of records."""

COLUMNS = ("id", "behavior_id", "scenario_id", "split", "text", "messages", "expected", "attributes", "lineage")
"""All are strings. `messages`, `attributes` and `lineage` hold JSON; `expected` does where it is no string; `scenario_id` and `split` are
null in training examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parquet:
    """Write one row a record, with the columns id, behavior_id, scenario_id, split, text, messages, expected, attributes and lineage."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("exports", "parquet", self)

    def write(self, records: Iterable[Exportable], path: Path) -> int:
        """Write a stream to `path`, as a whole or not at all, and return the number of records.

        Raises:
            MissingExtraError: polars is not installed.
            StoreError: The file can't be written.
        """
        polars, register_io_source = _import_polars()
        schema = dict.fromkeys(COLUMNS, polars.String())
        count = 0

        def read_frames(*_: object) -> Iterator[Any]:
            nonlocal count
            left = iter(records)
            while chunk := list(islice(left, _CHUNK)):
                count += len(chunk)
                columns = zip(*map(_row, chunk), strict=True)
                yield polars.DataFrame(dict(zip(COLUMNS, columns, strict=True)), schema=schema)

        with open_atomically(path) as stream:
            register_io_source(read_frames, schema=schema).sink_parquet(stream, row_group_size=_CHUNK)
        return count


def _import_polars() -> tuple[Any, Any]:
    try:
        import polars  # noqa: PLC0415 - an optional extra
        from polars.io.plugins import register_io_source  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingExtraError("polars", "parquet", "Export to Parquet") from error
    return polars, register_io_source


def _row(record: Exportable) -> tuple[str | None, ...]:
    grouped = isinstance(record, Sample)
    return (
        id_of(record),
        record.behavior_id,
        record.scenario_id if grouped else None,
        record.split if grouped else None,
        record.messages[-1].text,
        encode_canonical(record.messages).decode(),
        None if record.expected is None else write_expected(record.expected),
        encode_canonical(record.attributes).decode(),
        encode_canonical(record.lineage).decode(),
    )


__all__ = ["COLUMNS", "Parquet"]

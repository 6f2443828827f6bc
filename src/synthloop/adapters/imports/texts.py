"""Users' own messages from text, JSON Lines and CSV files, with errors that name the line and the fix."""

import csv
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from synthloop.adapters.imports.lines import read_lines
from synthloop.core.errors import InvalidRecordError

MAX_LINE_CHARACTERS = 1_000_000
"""A longer line is no message; the largest real ones are a hundred times shorter."""


def read_messages(path: Path, *, field: str = "text", encoding: str | None = None) -> Iterator[str]:
    """Yield the messages of a file, one at a time, whatever its size; blank ones are left out.

    The file's name decides: `.jsonl` and `.ndjson` hold a JSON string or object a line, `.csv` and `.tsv` a header and rows, everything
    else one message a line.

    Args:
        path: The file.
        field: Field of JSON objects, or column of CSV files, that holds the message.
        encoding: As Python calls it, e.g. `cp1252`. None: UTF-8, or what the file's byte order mark says. It is never guessed.

    Raises:
        InvalidRecordError: The file is missing, empty, in another encoding, or has a line that can't be read; names file and line.
    """
    readers = {".jsonl": _read_json, ".ndjson": _read_json, ".csv": _read_csv, ".tsv": _read_csv}
    read = readers.get(path.suffix.lower(), _read_plain)
    empty = True
    with closing(read_lines(path, encoding=encoding, most=MAX_LINE_CHARACTERS, what="message")) as lines:
        for message in read(lines, path, field):
            if text := message.strip():
                empty = False
                yield text
    if empty:
        raise InvalidRecordError(f"{path}: the file holds no messages. Fix: write one message a line.")


def _read_plain(lines: Iterator[str], path: Path, field: str) -> Iterator[str]:  # noqa: ARG001 - all formats are read alike
    return lines


def _read_json(lines: Iterator[str], path: Path, field: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _find_text(line, f"{path}:{number}", field)


def _find_text(line: str, where: str, field: str) -> str:
    try:
        value = msgspec.json.decode(line, type=str | dict[str, Any])
    except msgspec.ValidationError as error:
        raise InvalidRecordError(f"{where}: {error}. Fix: write a string, or an object with the field {field!r}, on every line.") from error
    except msgspec.DecodeError as error:
        raise InvalidRecordError(f"{where}: the line is not JSON ({error}). Fix: write one JSON value a line.") from error
    text: object = value if isinstance(value, str) else value.get(field)
    if not isinstance(text, str):
        names = ", ".join(repr(name) for name in value) or "no fields"
        raise InvalidRecordError(
            f"{where}: there is no text in the field {field!r}; the line has {names}. Fix: name the field with the messages."
        )
    return text


def _read_csv(lines: Iterator[str], path: Path, field: str) -> Iterator[str]:
    header = next(lines, "")
    # Spreadsheets write semicolons or tabs in many countries; the header tells.
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(chain([header], lines), delimiter=delimiter, strict=True)
    try:
        columns = rows.fieldnames or ()
        if field not in columns:
            names = ", ".join(repr(name) for name in columns)
            raise InvalidRecordError(
                f"{path}:1: there is no column {field!r}; the file has {names}. Fix: name the column with the messages."
            )
        for row in rows:
            message: str | None = row[field]
            if message is None:
                raise InvalidRecordError(
                    f"{path}:{rows.line_num}: the row ends before the column {field!r}. Fix: quote or complete the row."
                )
            yield message
    except csv.Error as error:
        raise InvalidRecordError(
            f"{path}:{rows.line_num + 1}: the row can't be read ({error}). Fix: look for a quote that is not closed."
        ) from error


__all__ = ["MAX_LINE_CHARACTERS", "read_messages"]

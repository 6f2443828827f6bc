"""Users' own messages from text, JSON Lines and CSV files, with errors that name the line and the fix."""

import codecs
import csv
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from synthloop.core.errors import InvalidRecordError

MAX_LINE_CHARACTERS = 1_000_000
"""A longer line is no message; the largest real ones are a hundred times shorter."""

_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


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
    with closing(_read_lines(path, encoding)) as lines:
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


def _read_lines(path: Path, encoding: str | None) -> Generator[str]:
    encoding = encoding or _detect_encoding(path)
    try:
        # An empty `newline` leaves line ends inside quoted CSV fields as they are.
        with path.open(encoding=encoding, newline="") as stream:
            number = 0
            while line := stream.readline(MAX_LINE_CHARACTERS + 1):
                number += 1
                _check_line(line, f"{path}:{number}")
                yield line
    except UnicodeDecodeError as error:
        raise InvalidRecordError(_say_undecodable(path, encoding)) from error
    except LookupError as error:
        raise InvalidRecordError(f"{path}: there is no encoding {encoding!r}. Fix: use `utf-8`, `utf-16` or `cp1252`.") from error


def _detect_encoding(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise InvalidRecordError(f"{path}: the file can't be read ({error.strerror}). Fix: check its path and permissions.") from error
    return next((name for mark, name in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), "utf-8")


def _check_line(line: str, where: str) -> None:
    if len(line) > MAX_LINE_CHARACTERS:
        raise InvalidRecordError(
            f"{where}: the line has over {MAX_LINE_CHARACTERS:,} characters, which is no message. Fix: write one message a line."
        )
    if "\0" in line:
        raise InvalidRecordError(
            f"{where}: the line holds a NUL byte: this is no text file, or UTF-16 without a byte order mark. "
            "Fix: `iconv -f UTF-16LE -t UTF-8 OLD > NEW`, or remove the byte."
        )


def _say_undecodable(path: Path, encoding: str) -> str:
    line, offset, byte = _locate_undecodable(path, encoding)
    return (
        f"{path}:{line}: byte {offset} of the file (0x{byte:02x}) is not {encoding.upper()}. Fix: convert the file, e.g. "
        "`iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW`, or name its encoding, e.g. `--encoding cp1252`."
    )


def _locate_undecodable(path: Path, encoding: str) -> tuple[int, int, int]:
    """Return line (from 1), offset in bytes (from 0) and value of the first byte that can't be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, offset = 1, 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(1 << 16)
            waiting = len(decoder.getstate()[0])
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, errors="ignore")
                return line + before.count("\n"), offset - waiting + error.start, error.object[error.start]
            if not chunk:
                return line, offset, 0
            offset += len(chunk)


__all__ = ["MAX_LINE_CHARACTERS", "read_messages"]

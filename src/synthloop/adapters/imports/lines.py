"""Lines of users' text files in any encoding, with errors that name the line, the byte and the fix."""

import codecs
from collections.abc import Generator
from pathlib import Path

from synthloop.core.errors import InvalidRecordError

_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_lines(path: Path, *, encoding: str | None, most: int, what: str) -> Generator[str]:
    """Yield the lines of a text file with their ends, one at a time, whatever its size.

    Args:
        path: The file.
        encoding: As Python calls it, e.g. `cp1252`. None: UTF-8, or what the file's byte order mark says. It is never guessed.
        most: Characters of a line at most.
        what: What a line holds, for errors.

    Raises:
        InvalidRecordError: The file is missing, in another encoding, or has a line that can't be read; names file and line.
    """
    encoding = encoding or _detect_encoding(path)
    try:
        # An empty `newline` leaves line ends inside quoted CSV fields as they are.
        with path.open(encoding=encoding, newline="") as stream:
            number = 0
            while line := stream.readline(most + 1):
                number += 1
                _check_line(line, f"{path}:{number}", most, what)
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


def _check_line(line: str, where: str, most: int, what: str) -> None:
    if len(line) > most:
        raise InvalidRecordError(f"{where}: the line has over {most:,} characters, which is no {what}. Fix: write one {what} a line.")
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


__all__ = ["read_lines"]

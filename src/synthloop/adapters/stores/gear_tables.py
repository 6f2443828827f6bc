"""Cases to decide as a CSV file, for people who label in a spreadsheet: only the labels are read back."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from synthloop.adapters.files import read_if_there, write_atomically
from synthloop.core.errors import InvalidRecordError
from synthloop.core.gear import Label, Labelled

COLUMNS = ("label", "message", "answer", "criterion", "by", "note", "id")
"""In the order in which they are written; `label`, `by` and `note` are for people to fill in."""

_WORDS: dict[str, Label] = {
    **dict.fromkeys(("passed", "pass", "p", "yes", "y", "true", "1"), "passed"),
    **dict.fromkeys(("failed", "fail", "f", "no", "n", "false", "0"), "failed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """What a person filled in for one case."""

    id: str
    criterion: str
    label: Label
    by: str
    note: str


def write_table(path: Path, cases: Iterable[Labelled]) -> int:
    """Write the cases that nobody has decided yet as a table, in the place of an older one, and return their number."""
    stream = io.StringIO(newline="")
    table = csv.writer(stream, lineterminator="\r\n")
    table.writerow(COLUMNS)
    waiting = [case for case in cases if case.label is None]
    for case in waiting:
        table.writerow(["", _show_messages(case), case.answer, case.criterion, case.by, case.note, case.id])
    # the mark tells spreadsheets that it is UTF-8
    write_atomically(path, b"\xef\xbb\xbf" + stream.getvalue().encode())
    return len(waiting)


def read_table(path: Path, shown: str) -> tuple[TableRow, ...]:
    """Return the rows of a table that have a label; empty where there is no such file.

    Args:
        path: The file. Columns may be separated by commas, semicolons or tabs, as spreadsheets write them.
        shown: The path as people know it.

    Raises:
        InvalidRecordError: It is not UTF-8, lacks a column, or a label is no word for passed or failed; names file and line.
    """
    data = read_if_there(path)
    if data is None:
        return ()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRecordError(f"{shown}: not UTF-8 ({error}). Fix: save it as “CSV UTF-8”.") from error
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    missing = {"id", "label"} - set(rows.fieldnames or ())
    if missing:
        raise InvalidRecordError(f"{shown}:1: there is no column {min(missing)!r}. Fix: keep the columns as they were written.")
    return tuple(_read_rows(rows, shown))


def fill_in(cases: Iterable[Labelled], rows: Iterable[TableRow]) -> Iterator[Labelled]:
    """Yield cases with the labels of a table; what has a label already keeps it."""
    found = {(row.id, row.criterion): row for row in rows}
    for case in cases:
        row = found.get((case.id, case.criterion))
        if row is None or case.label is not None:
            yield case
        else:
            yield msgspec.structs.replace(case, label=row.label, by=row.by, note=row.note)


def _show_messages(case: Labelled) -> str:
    """Return a single message as it is, and a conversation with who said what."""
    if len(case.messages) == 1:
        return case.messages[0].text
    return "\n".join(f"{said.role}: {said.text}" for said in case.messages)


def _read_rows(rows: "csv.DictReader[str]", shown: str) -> Iterator[TableRow]:
    for row in rows:
        word = (row.get("label") or "").strip().lower()
        if word and word not in _WORDS:
            raise InvalidRecordError(f"{shown}:{rows.line_num}: the label is {word!r}. Fix: write passed or failed, or leave it empty.")
        if word:
            by, note, criterion = ((row.get(name) or "").strip() for name in ("by", "note", "criterion"))
            yield TableRow(id=(row.get("id") or "").strip(), criterion=criterion, label=_WORDS[word], by=by, note=note)


__all__ = ["COLUMNS", "TableRow", "fill_in", "read_table", "write_table"]

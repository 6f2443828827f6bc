"""Labelled sets and reports of gears, as files that people write and commit: `gears/NAME.jsonl` and `gears/NAME.report.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from synthloop.adapters.files import write_atomically
from synthloop.adapters.stores.gear_tables import fill_in, read_table
from synthloop.core.errors import InvalidRecordError
from synthloop.core.gear import GearReport, Labelled

_LABELLED = msgspec.json.Decoder(Labelled)
_REPORT = msgspec.json.Decoder(GearReport)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class GearFolder:
    """The folder `gears` of a project."""

    folder: Path

    def read_labelled(self, gear: str) -> tuple[Labelled, ...]:
        """Return a gear's labelled set in the order of its file, with the labels of its table; empty where there is none.

        Raises:
            InvalidRecordError: A line can't be read, or two have the same id; names file and line.
        """
        path = self.labels_of(gear)
        if not path.exists():
            return ()
        found: dict[tuple[str, str, str], Labelled] = {}
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if line.strip():
                case = self._read_line(line, f"gears/{path.name}:{number}")
                key = (case.id, case.criterion, case.by)
                if key in found:
                    fix = "Fix: give each case its own, or say in `by` who decided."
                    raise InvalidRecordError(f"gears/{path.name}:{number}: the id {case.id!r} is there twice. {fix}")
                found[key] = case
        table = self.table_of(gear)
        return tuple(fill_in(found.values(), read_table(table, f"gears/{table.name}")))

    def write_labelled(self, gear: str, cases: Iterable[Labelled]) -> Path:
        """Write a gear's labelled set, and return the file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.labels_of(gear)
        # the label first and last: it is what people fill in
        lines = [_encode({**msgspec.to_builtins(case), "label": case.label}) for case in cases]
        write_atomically(path, b"".join(line + b"\n" for line in lines))
        return path

    def read_report(self, gear: str) -> GearReport | None:
        """Return a gear's last report, or None.

        Raises:
            InvalidRecordError: The file can't be read.
        """
        path = self.folder / f"{gear}.report.json"
        if not path.exists():
            return None
        try:
            return _REPORT.decode(path.read_bytes())
        except msgspec.DecodeError as error:
            raise InvalidRecordError(f"gears/{path.name}: not a readable report: {error}. Fix: synthloop gears check {gear}") from error

    def save_report(self, report: GearReport) -> None:
        """Keep a gear's report in place of the older one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / f"{report.gear}.report.json", msgspec.json.format(_encode(report), indent=2) + b"\n")

    def labels_of(self, gear: str) -> Path:
        """Return the file of a gear's labelled set."""
        return self.folder / f"{gear}.jsonl"

    def table_of(self, gear: str) -> Path:
        """Return the file in which people may label in a spreadsheet."""
        return self.folder / f"{gear}.csv"

    def _read_line(self, line: bytes, where: str) -> Labelled:
        try:
            return _LABELLED.decode(line)
        except msgspec.DecodeError as error:
            raise InvalidRecordError(f'{where}: not a labelled case: {error}. Fix: `label` is "passed", "failed" or null.') from error


__all__ = ["GearFolder"]

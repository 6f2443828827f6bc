"""What a project keeps in files that people commit: accepted baselines, and which split each scenario belongs to.

They lie beside the behaviors, not in the store, so that a fresh clone in CI compares the same samples with the same baseline.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from synthloop.adapters.files import read_if_there, write_atomically
from synthloop.core.errors import InvalidRecordError, SchemaVersionError, UsageError
from synthloop.core.report import REPORT_SCHEMA_VERSION, Baseline
from synthloop.core.sample import Split


class _Envelope(msgspec.Struct):
    """The one field that every baseline of any age has."""

    schema_version: int = 0


@dataclass(frozen=True, slots=True)
class BaselineFolder:
    """Accepted reports, one `NAME.json` each."""

    folder: Path

    def names(self) -> tuple[str, ...]:
        """Return the names of all baselines, sorted."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.json")))

    def check_name(self, name: str) -> None:
        """Check that a baseline can have this name.

        Raises:
            UsageError: It can't.
        """
        self._path(name)

    def read(self, name: str) -> Baseline | None:
        """Return a baseline, or None where there is none of that name.

        Raises:
            SchemaVersionError: It was written by a version whose reports can't be read any more, or by a newer one.
            InvalidRecordError: The file is damaged.
            StoreError: The file can't be read.
        """
        path = self._path(name)
        data = read_if_there(path)
        if data is None:
            return None
        try:
            _check_version(msgspec.json.decode(data, type=_Envelope).schema_version, path)
            return msgspec.json.decode(data, type=Baseline)
        except msgspec.DecodeError as error:
            raise InvalidRecordError(f"{path}: not a readable baseline ({error}). Restore it from git, or accept a new one.") from error

    def save(self, baseline: Baseline) -> Path:
        """Write a baseline, replacing an older one of that name; return its path."""
        path = self._path(baseline.name)
        write_atomically(path, msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n")
        return path

    def _path(self, name: str) -> Path:
        if not name or name.startswith(".") or not all(letter.isalnum() or letter in "-_." for letter in name):
            raise UsageError(f"{name!r} can't name a baseline. Use letters, digits, '-', '_' and '.'.")
        return self.folder / f"{name}.json"


def _check_version(found: int, path: Path) -> None:
    if found == REPORT_SCHEMA_VERSION:
        return
    age = "an older" if found < REPORT_SCHEMA_VERSION else "a newer"
    fix = "Accept a new one" if found < REPORT_SCHEMA_VERSION else "Install the newer synthloop, or accept a new one"
    raise SchemaVersionError(
        f"{path}: this baseline was written by {age} synthloop (schema {found}; this one reads {REPORT_SCHEMA_VERSION}). "
        f"{fix}: synthloop baseline accept {path.stem}"
    )


@dataclass(frozen=True, slots=True)
class SplitFile:
    """Scenario id -> split, so that what was once held out stays held out when behaviors are added."""

    path: Path

    def read(self) -> dict[str, Split]:
        """Return what is fixed so far; empty where nothing was generated yet.

        Raises:
            InvalidRecordError: The file is damaged.
            StoreError: The file can't be read.
        """
        data = read_if_there(self.path)
        if data is None:
            return {}
        try:
            return msgspec.json.decode(data, type=dict[str, Split])
        except msgspec.DecodeError as error:
            raise InvalidRecordError(f"{self.path}: not a readable list of splits ({error}). Restore it from git.") from error

    def write(self, splits: Mapping[str, Split]) -> None:
        """Write all splits, one line a scenario, sorted; does nothing where nothing changed."""
        if splits and splits != self.read():
            write_atomically(self.path, b"".join(_lines(splits)))


def _lines(splits: Mapping[str, Split]) -> Iterator[bytes]:
    yield b"{\n"
    rows = [f'"{scenario}": "{split}"'.encode() for scenario, split in sorted(splits.items())]
    yield b",\n".join(rows)
    yield b"\n}\n"


__all__ = ["BaselineFolder", "SplitFile"]

"""The journal: every answer that was paid for, in one SQLite file, under the key of what was asked."""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from synthloop.core.ask import Answer
from synthloop.core.errors import SchemaVersionError, StoreError

SCHEMA_VERSION = 1
"""Raised with every change of the tables below."""

_APPLICATION_ID = 0x534C4A31  # "SLJ1": tells a journal from any other SQLite file
_TABLES = "CREATE TABLE IF NOT EXISTS answers (key BLOB NOT NULL UNIQUE, answer BLOB NOT NULL)"
_READ = "SELECT answer FROM answers WHERE key = ?"
_WRITE = "INSERT OR IGNORE INTO answers (key, answer) VALUES (?, ?)"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Answer).decode


@dataclass(slots=True, kw_only=True)
class SqliteJournal:
    """Keeps answers in a file that survives `kill -9` at any point (write-ahead log, `synchronous=NORMAL`).

    After a power failure the last moments may be missing; what they held is asked again. Several processes may use one file.

    Example:
        >>> journal = SqliteJournal(path=None)
        >>> journal.write([("0a", Answer(value="schedule"))])
        >>> journal.read(["0a", "0b"])["0a"].reused
        True
    """

    path: Path | None
    """The file, made when missing; None keeps everything in memory, for runs that nobody resumes."""
    busy_s: float = 5.0
    """How long to wait for another process that is writing."""
    _connection: sqlite3.Connection | None = field(default=None, init=False, repr=False)

    def read(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return what is kept under `keys` (hexadecimal), marked as reused.

        Raises:
            StoreError: The file can't be read.
            SchemaVersionError: A newer synthloop wrote it.
        """
        found: dict[str, Answer] = {}
        with self._explained():
            execute = self._open().execute
            for key in keys:
                row = execute(_READ, (bytes.fromhex(key),)).fetchone()
                if row is not None:
                    found[key] = msgspec.structs.replace(_decode(row[0]), reused=True)
        return found

    def write(self, entries: Sequence[tuple[str, Answer]]) -> None:
        """Keep answers, all of them in one transaction.

        Raises:
            StoreError: The file can't be written: full disk, read-only folder, locked or damaged file.
            SchemaVersionError: A newer synthloop wrote it.
        """
        with self._explained():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(_WRITE, [(bytes.fromhex(key), _encode(answer)) for key, answer in entries])
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def count(self) -> int:
        """Return how many answers are kept."""
        with self._explained():
            return self._open().execute("SELECT count(*) FROM answers").fetchone()[0]

    def close(self) -> None:
        """Close the file. The next call opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        # the engine may run in a thread of its own (notebooks), but never in two at once
        connection = sqlite3.connect(self.path or ":memory:", timeout=self.busy_s, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise SchemaVersionError(
                f"{self.path}: the journal has schema {version}, and this synthloop reads up to {SCHEMA_VERSION}. "
                f"Fix: upgrade synthloop, or move the file away (then everything is asked again)."
            )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if version < SCHEMA_VERSION:
            connection.execute(_TABLES)
            connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, msgspec.DecodeError) as error:
            raise StoreError(f"{self.path}: the journal {_explain(error)} Answers kept so far are safe unless the file is lost.") from error


_EXPLANATIONS = {
    sqlite3.SQLITE_FULL: "can't grow, the disk is full. Fix: free some space and run the same command again.",
    sqlite3.SQLITE_IOERR: "can't be written, the disk reports an error. Fix: check its space and health, then run the same command again.",
    sqlite3.SQLITE_READONLY: "can't be written, the file or its folder is read-only. Fix: give write permission.",
    sqlite3.SQLITE_CANTOPEN: "can't be opened. Fix: check that its folder exists and that you may write there.",
    sqlite3.SQLITE_PERM: "can't be opened. Fix: give read and write permission.",
    sqlite3.SQLITE_BUSY: "is locked by another process. Fix: wait until that one has finished, or end it.",
    sqlite3.SQLITE_LOCKED: "is locked by another process. Fix: wait until that one has finished, or end it.",
    sqlite3.SQLITE_CORRUPT: "is damaged. Fix: move the file away and run again; what it held is asked again.",
    sqlite3.SQLITE_NOTADB: "is not a SQLite file. Fix: move it away and run again; what it held is asked again.",
}


def _explain(error: Exception) -> str:
    if isinstance(error, msgspec.DecodeError):
        return f"holds an answer that can't be read ({error}). Fix: move the file away and run again; what it held is asked again."
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None  # the low byte is the kind, the rest a detail
    return _EXPLANATIONS.get(primary or 0, f"failed ({error}). Fix: check the file and its folder.")


__all__ = ["SCHEMA_VERSION", "SqliteJournal"]

"""What SQLite's errors mean for a person: what happened, to which file, and how to fix it."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from synthloop.core.errors import StoreError


def list_backups(path: Path) -> tuple[Path, ...]:
    """Return the backups of a store, the newest last."""
    backups = path.parent.glob(f"{path.name}.v*.backup")
    return tuple(sorted(backups, key=lambda backup: (backup.stat().st_mtime_ns, backup.name)))


def describe_recovery(path: Path) -> str:
    """Return how to get a damaged store back: from its newest backup, or by salvaging what can still be read."""
    salvage = f"`sqlite3 {path} .recover | sqlite3 recovered.db` salvages what can still be read"
    backups = list_backups(path)
    if not backups:
        return f"Fix: move the file away to start anew; {salvage}. There are no backups."
    names = ", ".join(backup.name for backup in backups)
    return f"Fix: move the file away and copy a backup to its place ({names}; the last is the newest), or {salvage}."


@contextmanager
def explain_failures(path: Path, timeout_s: float) -> Generator[None]:
    """Turn every SQLite error of the block into a `StoreError` about the file at `path`.

    Raises:
        StoreError: Retryable only where another program held the lock for `timeout_s`.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(path, error, timeout_s) from error


def _explain(path: Path, error: sqlite3.Error, timeout_s: float) -> StoreError:
    # Programming errors, such as use after `close`, carry no code.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    primary = code & 0xFF
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreError(
            f"{path}: the database was locked by another program for {timeout_s:g} s. The likely cause is another synthloop process, or a "
            "database browser with unsaved changes. Fix: close it, then run the same command again; nothing was written.",
            retryable=True,
        )
    say = _SENTENCES.get(primary, _say_other)
    return StoreError(f"{path}: {say(path, error)}")


def _say_full(path: Path, error: sqlite3.Error) -> str:
    return (
        f"the disk is full ({error}). Fix: free some space on the disk that holds {path.parent}, then run the same command again; "
        "nothing was half-written."
    )


def _say_damaged(path: Path, error: sqlite3.Error) -> str:
    return f"the file is damaged, or not a database ({error}). {describe_recovery(path)}"


def _say_unwritable(path: Path, error: sqlite3.Error) -> str:
    return (
        f"the database can't be opened or written ({error}). Fix: make sure that the folder {path.parent} exists and that you may write "
        f"to it and to {path.name}; SQLite needs to create files beside the database."
    )


def _say_disk_error(path: Path, error: sqlite3.Error) -> str:
    return (
        f"reading or writing failed ({error}). Fix: look for a file size limit (`ulimit -f`), a quota, a failing disk or a lost network "
        f"drive under {path.parent}, then run the same command again; nothing was half-written."
    )


def _say_other(path: Path, error: sqlite3.Error) -> str:  # noqa: ARG001 - all sentences have the same shape
    return f"the database refused: {error}."


_SENTENCES: dict[int, Callable[[Path, sqlite3.Error], str]] = {
    sqlite3.SQLITE_FULL: _say_full,
    sqlite3.SQLITE_CORRUPT: _say_damaged,
    sqlite3.SQLITE_NOTADB: _say_damaged,
    sqlite3.SQLITE_CANTOPEN: _say_unwritable,
    sqlite3.SQLITE_PERM: _say_unwritable,
    sqlite3.SQLITE_READONLY: _say_unwritable,
    sqlite3.SQLITE_IOERR: _say_disk_error,
}

__all__ = ["describe_recovery", "explain_failures", "list_backups"]

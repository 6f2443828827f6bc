"""Numbered SQL migrations: each in one transaction, with a backup made first."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from synthloop.adapters.stores.failures import list_backups
from synthloop.core.errors import SchemaVersionError, StoreError

APPLICATION_ID = 0x53594C50
"""Marks a SQLite file as synthloop's; `SYLP` in ASCII."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step from a schema version to the next."""

    version: int
    """The schema version that it leads to; the first one is 1, none is left out."""
    script: str
    """SQL statements; no transaction statements of its own."""


def load_migrations() -> tuple[Migration, ...]:
    """Return the packaged migrations in order."""
    scripts = sorted(
        (entry for entry in files("synthloop.adapters.stores").joinpath("migrations").iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return tuple(Migration(version=int(entry.name[:4]), script=entry.read_text(encoding="utf-8")) for entry in scripts)


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Bring a database to the newest schema.

    A crash at any point leaves the schema before or after a migration, never between; two processes may try at the same time.

    Args:
        connection: Open in autocommit mode.
        path: Where the database lies; its backup is made beside it.
        migrations: All of them, in order.

    Raises:
        SchemaVersionError: The database has a newer schema than `migrations` lead to.
        StoreError: The database belongs to another program.
    """
    newest = migrations[-1].version
    version = _read_version(connection, path, newest)
    if version == newest:
        return
    if version:
        back_up(connection, path, version)
    for migration in migrations[version:]:
        _apply(connection, path, migration, newest)


def back_up(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Copy the database to a file beside it, named after its schema version and the time, and return that file's path."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    backup = path.with_name(f"{path.name}.v{version}-{stamp}.backup")
    unfinished = backup.with_suffix(".unfinished")
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    unfinished.replace(backup)  # a half-made copy must never look like a backup
    return backup


def _read_version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if application or version or tables:
            raise StoreError(f"{path}: this database belongs to another program. Fix: choose another path for the store.")
    if version > newest:
        raise SchemaVersionError(_refuse_newer(path, version, newest))
    return version


def _refuse_newer(path: Path, version: int, newest: int) -> str:
    backups = [backup.name for backup in list_backups(path)]
    instead = f", or go back to a backup: {', '.join(backups)}" if backups else ""
    return (
        f"{path}: the store has schema version {version}, written by a newer synthloop; this one reads versions up to {newest}. "
        f"Fix: `pip install --upgrade synthloop`{instead}. Nothing was changed."
    )


def _apply(connection: sqlite3.Connection, path: Path, migration: Migration, newest: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster while this one waited for the lock.
        if _read_version(connection, path, newest) < migration.version:
            for statement in split_statements(migration.script):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {migration.version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def split_statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one: `executescript` would commit whatever transaction is open.

    Example:
        >>> list(split_statements("CREATE TABLE a (b);  SELECT 1;"))
        ['CREATE TABLE a (b);', 'SELECT 1;']
    """
    statement = ""
    for piece in script.split(";")[:-1]:
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""


__all__ = ["APPLICATION_ID", "Migration", "back_up", "load_migrations", "migrate", "split_statements"]

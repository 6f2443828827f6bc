"""Migrations: whole or not at all, with a backup first."""

import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from synthloop.adapters.stores.failures import list_backups
from synthloop.adapters.stores.migrate import Migration, load_migrations, migrate, split_statements
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.errors import SchemaVersionError

FIRST = Migration(version=1, script="CREATE TABLE a (x);\nINSERT INTO a VALUES (1);")
SECOND = Migration(version=2, script="CREATE TABLE b (y);\nINSERT INTO b SELECT x FROM a;\nDROP TABLE a;")


def open_plain(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def tables(path: Path) -> list[str]:
    with closing(open_plain(path)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]


def version(path: Path) -> int:
    with closing(open_plain(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def apply(path: Path, *migrations: Migration) -> None:
    with closing(open_plain(path)) as connection:
        migrate(connection, path, migrations)


def test_the_packaged_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.version for migration in load_migrations()] == list(range(1, len(load_migrations()) + 1))


def test_a_new_file_gets_the_newest_schema_and_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    apply(path, FIRST, SECOND)
    assert (tables(path), version(path), list_backups(path)) == (["b"], 2, ())


def test_an_old_store_is_backed_up_before_it_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    apply(path, FIRST)
    apply(path, FIRST, SECOND)
    (backup,) = list_backups(path)
    assert re.fullmatch(r"store\.db\.v1-\d{8}T\d{6}\.\d{6}Z\.backup", backup.name)
    assert (tables(backup), version(backup)) == (["a"], 1)
    assert (tables(path), version(path)) == (["b"], 2)
    apply(path, FIRST, SECOND)
    assert list_backups(path) == (backup,)


def test_a_migration_that_fails_leaves_the_old_schema(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    apply(path, FIRST)
    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        apply(path, FIRST, Migration(version=2, script="DROP TABLE a;\nINSERT INTO nowhere VALUES (1);"))
    assert (tables(path), version(path)) == (["a"], 1)


@pytest.mark.parametrize("at", ["CREATE TABLE b", "DROP TABLE a", "PRAGMA user_version =", "COMMIT"])
def test_a_kill_amid_a_migration_leaves_the_old_schema_and_the_next_start_finishes_it(tmp_path: Path, at: str) -> None:
    path = tmp_path / "store.db"
    apply(path, FIRST)
    code = (
        "import os, signal, sqlite3, sys\nfrom pathlib import Path\n"
        "from synthloop.adapters.stores.migrate import Migration, migrate\n"
        "path, first, second, at = Path(sys.argv[1]), *sys.argv[2:]\n"
        "connection = sqlite3.connect(path, isolation_level=None)\n"
        "connection.set_trace_callback(lambda said: os.kill(os.getpid(), signal.SIGKILL) if said.startswith(at) else None)\n"
        "migrate(connection, path, [Migration(version=1, script=first), Migration(version=2, script=second)])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path), FIRST.script, SECOND.script, at], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert (tables(path), version(path)) == (["a"], 1)
    apply(path, FIRST, SECOND)
    assert (tables(path), version(path)) == (["b"], 2)


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        backup = store.back_up()
    with closing(open_plain(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    newest = load_migrations()[-1].version
    with pytest.raises(SchemaVersionError) as caught:
        SqliteStore.open(path)
    assert str(caught.value) == (
        f"{path}: the store has schema version 99, written by a newer synthloop; this one reads versions up to {newest}. "
        f"Fix: `pip install --upgrade synthloop`, or go back to a backup: {backup.name}. Nothing was changed."
    )
    assert version(path) == 99


def test_a_script_is_split_at_the_ends_of_its_statements() -> None:
    script = "-- a; b\nCREATE TABLE a (x DEFAULT ';');\nCREATE TRIGGER t BEFORE DELETE ON a BEGIN SELECT 1; SELECT 2; END;\n"
    assert list(split_statements(script)) == [
        "-- a; b\nCREATE TABLE a (x DEFAULT ';');",
        "CREATE TRIGGER t BEFORE DELETE ON a BEGIN SELECT 1; SELECT 2; END;",
    ]

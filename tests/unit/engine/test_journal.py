import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from synthloop.core.ask import Answer
from synthloop.core.errors import SchemaVersionError, StoreError
from synthloop.core.usage import Usage
from synthloop.engine.journal import SCHEMA_VERSION, SqliteJournal

KEYS = [f"{number:032x}" for number in range(500)]


def filled(path: Path) -> SqliteJournal:
    journal = SqliteJournal(path=path)
    journal.write([(key, Answer(value={"n": number}, usage=Usage(latency_s=0.5))) for number, key in enumerate(KEYS)])
    return journal


def test_answers_outlive_the_process_and_come_back_marked_as_reused(tmp_path: Path) -> None:
    filled(tmp_path / "new folder" / "journal.sqlite").close()
    found = SqliteJournal(path=tmp_path / "new folder" / "journal.sqlite").read([KEYS[3], "ff" * 16])
    assert found == {KEYS[3]: Answer(value={"n": 3}, usage=Usage(latency_s=0.5), reused=True)}


def test_the_first_answer_stays(tmp_path: Path) -> None:
    journal = filled(tmp_path / "journal.sqlite")
    journal.write([(KEYS[0], Answer(value="another"))])
    assert journal.read([KEYS[0]])[KEYS[0]].value == {"n": 0}
    assert journal.count() == len(KEYS)


def test_it_can_be_closed_twice_and_used_again(tmp_path: Path) -> None:
    journal = filled(tmp_path / "journal.sqlite")
    journal.close()
    journal.close()
    assert journal.count() == len(KEYS)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    filled(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(SchemaVersionError, match=r"has schema 2, and this synthloop reads up to 1. Fix: upgrade synthloop"):
        SqliteJournal(path=path).count()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_text("this is not a database, whatever its name says\n" * 100)
    with pytest.raises(StoreError, match=r"is not a SQLite file. Fix: move it away"):
        SqliteJournal(path=path).read([KEYS[0]])


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    filled(path).close()
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xee" * (len(raw) - 4096)
    path.write_bytes(bytes(raw))
    with pytest.raises(StoreError, match=r"is damaged. Fix: move the file away"):
        SqliteJournal(path=path).read(KEYS)


def test_a_file_that_another_process_locks(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = filled(path)
    journal.busy_s = 0.05
    journal.close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is locked by another process"):
        journal.write([("ff" * 16, Answer(value=1))])
    other.execute("ROLLBACK")
    other.close()
    journal.write([("ff" * 16, Answer(value=1))])
    assert journal.count() == len(KEYS) + 1


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which even root can't write")
def test_a_folder_that_is_read_only() -> None:
    with pytest.raises(StoreError, match=r"can't be opened. Fix: check that its folder exists"):
        SqliteJournal(path=Path("/proc/journal.sqlite")).count()


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="Fix: check the file and its folder"):
        SqliteJournal(path=tmp_path / "file" / "journal.sqlite").count()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from synthloop.core.ask import Answer
from synthloop.core.errors import StoreError
from synthloop.engine.journal import SqliteJournal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = SqliteJournal(path=Path(sys.argv[1]))
journal.write([("00", Answer(value="kept"))])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    for number in range(1, 256):
        journal.write([(f"{number:02x}", Answer(value="x" * 5000))])
except StoreError as error:
    print(error)
"""


def test_a_file_that_can_grow_no_more_says_so_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True)
    assert "the journal can't" in ran.stdout
    assert "run the same command again" in ran.stdout
    journal = SqliteJournal(path=path)
    assert journal.read(["00"])["00"].value == "kept"
    assert journal.count() > 1

"""The store on disk, where the disk, the file or another program gives trouble."""

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from synthloop.adapters.stores import queries
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.errors import InvalidRecordError, SchemaVersionError, StoreError
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.ports import Store
from synthloop.core.report import Report
from synthloop.core.sample import Message, Review, Sample, Verdict, make_sample
from synthloop.core.score import MetricValue

BY = Spec(kind="validators", name="length")
REPORT = Report(
    id="r1",
    app="router",
    app_version="1",
    seed=7,
    split=None,
    made_at="2026-01-01T00:00:00Z",
    metrics=(MetricValue(name="pass_rate", value=None, n=0),),
    behaviors=(),
    results=(),
)


def candidate(text: str) -> tuple[Sample, Verdict]:
    made = make_sample(
        behavior_id="b", scenario_id="s", messages=(Message(role="user", text=text),), lineage=Lineage(origin="authored"), expected="x"
    )
    return made, Verdict(sample_id=made.id, keep=True, reason="kept", by=BY)


def candidates(count: int, words: str = "text") -> Iterator[tuple[Sample, Verdict]]:
    return (candidate(f"{words} {number}") for number in range(count))


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def run_python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    prelude = (
        "import sys, os, signal, resource\n"
        "from pathlib import Path\n"
        "from synthloop.adapters.stores.sqlite import SqliteStore\n"
        "from synthloop.core.lineage import Lineage, Spec\n"
        "from synthloop.core.sample import Message, Verdict, make_sample\n"
        "def candidate(text):\n"
        "    messages = (Message(role='user', text=text),)\n"
        "    made = make_sample(behavior_id='b', scenario_id='s', messages=messages, lineage=Lineage(origin='authored'))\n"
        "    return made, Verdict(sample_id=made.id, keep=True, reason='kept', by=Spec(kind='v', name='n'))\n"
        "path = Path(sys.argv[1])\n"
    )
    command = [sys.executable, "-c", prelude + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_what_was_saved_is_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_candidates(candidates(3))
    with SqliteStore.open(path) as store:
        assert [sample.text for sample in store.read_samples()] == ["text 0", "text 1", "text 2"]
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    store: Store = SqliteStore.open(tmp_path / "a?b#c%20 d.db")
    with store:
        store.save_candidates(candidates(1))
        assert store.count_samples() == len(list(store.read_samples())) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["a?b#c%20 d.db"]


def test_reviews_and_the_holdout_ledger_can_only_be_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.append_review(Review(sample_id="a", keep=True, reason="fine", reviewer="ana", at="2026-01-01T00:00:00Z"))
        store.append_holdout_read("h", "gate", "2026-01-01T00:00:00Z")
    for statement in ("UPDATE reviews SET sample_id = 'b'", "DELETE FROM reviews"):
        with pytest.raises(sqlite3.IntegrityError, match="reviews are only ever appended"):
            change(path, statement)
    for statement in ("UPDATE holdout_reads SET holdout_id = 'b'", "DELETE FROM holdout_reads"):
        with pytest.raises(sqlite3.IntegrityError, match="the holdout ledger is only ever appended to"):
            change(path, statement)


def test_counting_reads_no_payload_and_order_needs_no_sorting(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    SqliteStore.open(path).close()

    def plan(query: str) -> str:
        names = ("split", "behavior_id", "reason", "app", "app_version", "id", "sample_id")
        with closing(sqlite3.connect(path)) as connection:
            return " | ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", dict.fromkeys(names)))

    assert "COVERING INDEX sample_counters" in plan(queries.REASON_COUNTS)
    assert "COVERING INDEX sample_counters" in plan(queries.ACCEPTED_COUNT)
    ordered = (
        queries.ACCEPTED,
        queries.DROPPED,
        queries.TRANSCRIPTS,
        queries.SCORES,
        queries.SCORES_OF_APP,
        queries.REVIEWS,
        queries.REPORT,
    )
    assert [query for query in ordered if "TEMP B-TREE" in plan(query)] == []


def test_a_long_stream_is_saved_and_read_in_constant_memory(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as store:
        tracemalloc.start()
        store.save_candidates(candidates(20_000))
        assert sum(1 for _ in store.read_samples()) == 20_000
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 5_000_000


def test_a_reader_that_is_left_behind_holds_nothing(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as store:
        store.save_candidates(candidates(10))
        reading = store.read_samples()
        next(reading)
        del reading
        gc.collect()
    assert [file.name for file in tmp_path.iterdir()] == ["store.db"]


def test_threads_share_a_store(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "store.db") as store:
        workers = [threading.Thread(target=store.save_candidates, args=(list(candidates(50, f"worker {name}")),)) for name in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert store.count_samples() == 200


def test_half_a_character_is_refused_by_name_and_nothing_is_saved(tmp_path: Path) -> None:
    good = candidate("good")
    broken = msgspec.structs.replace(good[0], id="broken", attributes={"tone": "\ud83e"})
    with SqliteStore.open(tmp_path / "store.db") as store:
        with pytest.raises(InvalidRecordError, match="Sample broken: it can't be saved as JSON"):
            store.save_candidates([good, (broken, good[1])])
        assert store.count_samples() == 0


def test_an_unreadable_payload_is_reported_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_candidates(candidates(1))
        change(path, """UPDATE sample_payloads SET sample = CAST('{"id": 3}' AS BLOB)""")
        with pytest.raises(InvalidRecordError, match=r"store\.db: a saved record can't be read.*starts b'{\"id\": 3}'"):
            list(store.read_samples())


@pytest.mark.parametrize(("version", "says"), [(0, "an older synthloop wrote this report"), (99, "a newer synthloop wrote this report")])
def test_a_report_of_another_schema_is_refused(tmp_path: Path, version: int, says: str) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_report(REPORT)
        change(path, f"UPDATE reports SET schema_version = {version}")
        with pytest.raises(SchemaVersionError, match=says):
            store.read_report()


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"these are my notes, not a database" * 100)
    with pytest.raises(StoreError, match=r"store\.db: the file is damaged, or not a database.*There are no backups") as caught:
        SqliteStore.open(path)
    assert not caught.value.retryable
    assert path.read_bytes().startswith(b"these are my notes")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    change(path, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="this database belongs to another program"):
        SqliteStore.open(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipes",)]


def test_a_damaged_database_says_which_backups_there_are(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_candidates(candidates(3000))
        backup = store.back_up()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with (
        pytest.raises(StoreError, match=f"the file is damaged, or not a database.*{backup.name}") as caught,
        SqliteStore.open(path) as store,
    ):
        list(store.read_samples())
    assert ".recover" in str(caught.value)
    backup.replace(path)
    with SqliteStore.open(path) as store:
        assert store.count_samples() == 3000


def test_a_cut_off_database_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_candidates(candidates(3000))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(StoreError, match="the file is damaged"), SqliteStore.open(path) as store:
        list(store.read_samples())


def test_a_lock_held_by_another_program_is_waited_for_and_then_named(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path, timeout_s=0.05) as store, closing(sqlite3.connect(path, isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            StoreError, match=r"locked by another program for 0\.05 s.*another synthloop process, or a database browser"
        ) as caught:
            store.write_note("run", "1")
        assert caught.value.retryable
        assert store.read_note("run") is None
        browser.execute("ROLLBACK")
        store.write_note("run", "1")
        assert store.read_note("run") == "1"


def test_a_full_database_is_reported_and_what_was_saved_stays(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_candidates(candidates(10))
        store._connection.execute("PRAGMA max_page_count = 60")  # pyright: ignore[reportPrivateUsage] - the plainest way to a full disk
        with pytest.raises(StoreError, match=r"the disk is full.*nothing was half-written"):
            store.save_candidates(candidates(5000, "more"))
        assert store.count_samples() == 10
        store.write_note("still", "works")
    with SqliteStore.open(path) as store:
        assert store.count_samples() == len(list(store.read_samples())) == 10


def test_a_file_size_limit_is_reported_and_what_was_saved_stays(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_candidates(candidates(10))
    done = run_python(
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))\n"
        "with SqliteStore.open(path) as store:\n"
        "    store.save_candidates(candidate(f'more {number}') for number in range(20_000))\n",
        path,
    )
    assert "StoreError" in done.stderr
    assert "look for a file size limit" in done.stderr.splitlines()[-1]
    with SqliteStore.open(path) as store:
        assert store.count_samples() == len(list(store.read_samples())) == 10


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"can't be opened or written.*make sure that the folder .*gone exists"):
        SqliteStore.open(tmp_path / "gone" / "store.db")


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Root may write everywhere: be someone else for a while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    yield
    os.seteuid(before)


def test_a_read_only_folder_is_named(ordinary_user: None) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        path = Path(name) / "store.db"
        with SqliteStore.open(path) as store:
            store.save_candidates(candidates(3))
        path.chmod(0o444)
        path.parent.chmod(0o555)
        try:
            with pytest.raises(StoreError, match="make sure that the folder"):
                SqliteStore.open(path).write_note("run", "1")
        finally:
            path.parent.chmod(0o755)


@pytest.mark.parametrize("seen", [1, 1500, 9999])
def test_a_kill_while_saving_leaves_nothing_half_written(tmp_path: Path, seen: int) -> None:
    path = tmp_path / "store.db"
    with SqliteStore.open(path) as store:
        store.save_candidates(candidates(5))
    done = run_python(
        "def stream():\n"
        "    for number in range(10_000):\n"
        "        if number == int(sys.argv[2]): os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield candidate(f'more {number}')\n"
        "SqliteStore.open(path).save_candidates(stream(), batch='turn-1')\n",
        path,
        seen,
    )
    assert done.returncode == -signal.SIGKILL
    with SqliteStore.open(path) as store:
        assert store.count_samples() == len(list(store.read_samples())) == 5
        assert store.save_candidates(candidates(10_000, "more"), batch="turn-1") == 10_000
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_was_saved_survives_a_kill_at_once_after(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    done = run_python("SqliteStore.open(path).save_candidates([candidate('a')]); os.kill(os.getpid(), signal.SIGKILL)", path)
    assert done.returncode == -signal.SIGKILL
    with SqliteStore.open(path) as store:
        assert [sample.text for sample in store.read_samples()] == ["a"]


def test_two_processes_write_one_after_the_other_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    code = (
        "import sys\nfrom pathlib import Path\nfrom synthloop.adapters.stores.sqlite import SqliteStore\n"
        "with SqliteStore.open(Path(sys.argv[1])) as store:\n"
        "    for number in range(100): store.append_holdout_read('h', sys.argv[2], str(number))\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("a", "b")]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0]
    with SqliteStore.open(path) as store:
        assert set(store.read_holdout_readers("h")) == {"a", "b"}
        assert sqlite3.connect(path).execute("SELECT count(*) FROM holdout_reads").fetchone() == (200,)


def test_use_after_close_is_an_error_of_the_store(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "store.db")
    store.close()
    with pytest.raises(StoreError, match="Cannot operate on a closed database"):
        store.write_note("run", "1")

"""A world that misbehaves: disks, folders, databases and other processes; exit code 3, and what was kept stays."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.bad_input.bench import COMMAND, Bench

pytestmark = pytest.mark.slow


def damage(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(0, size, 512):
            file.seek(place)
            file.write(os.urandom(64))


@pytest.mark.parametrize("verb", ["generate", "evaluate", "status", "samples"])
def test_a_store_that_is_damaged(verb: str, bench: Bench) -> None:
    path = bench.folder / ".synthloop" / "store.sqlite"
    damage(path)
    before = path.read_bytes()
    ended = bench.run(verb)
    assert ended.returncode == 3, ended.stderr
    assert "store.sqlite: the file is damaged, or not a database" in ended.message
    assert ".recover" in ended.message
    assert path.read_bytes() == before


def test_a_journal_that_is_no_database(bench: Bench) -> None:
    bench.write({".synthloop/journal.sqlite": b"this is no database" * 100})
    before = bench.keep()
    ended = bench.run("evaluate")
    assert ended.returncode == 3, ended.stderr
    assert "the journal is not a SQLite file. Fix: move it away and run again; what it held is asked again." in ended.message
    assert bench.keep() == before
    (bench.folder / ".synthloop" / "journal.sqlite").unlink()
    assert bench.run("evaluate").returncode == 0


def test_a_journal_that_another_program_locks(bench: Bench) -> None:
    assert bench.run("evaluate").returncode == 0
    bench.write({"app.py": b"def route(text):\n    return 'find'\n"})
    with closing(sqlite3.connect(bench.folder / ".synthloop" / "journal.sqlite", isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        ended = bench.run("evaluate")
    assert ended.returncode == 3
    assert "the journal is locked by another process. Fix: wait until that one has finished, or end it." in ended.message
    assert bench.run("evaluate").returncode == 0


def test_a_store_of_a_newer_version(bench: Bench) -> None:
    with closing(sqlite3.connect(bench.folder / ".synthloop" / "store.sqlite")) as newer:
        newer.execute("PRAGMA user_version = 99")
    ended = bench.run("generate")
    assert ended.returncode == 2
    assert "written by a newer synthloop" in ended.message


def test_two_processes_on_one_project(bench: Bench) -> None:
    bench.write({"app.py": b"import time\n\ndef route(text):\n    open('asked', 'a').close()\n    time.sleep(30)\n"})
    first = bench.start("evaluate")
    try:
        while first.poll() is None and not (bench.folder / "asked").exists():
            time.sleep(0.01)
        ended = bench.run("run")
        assert ended.returncode == 3
        assert f"another synthloop process works on this project: `synthloop evaluate`, process {first.pid}." in ended.message
        assert "Fix: wait until it is done, or end it." in ended.message
        assert bench.run("status").returncode == 0, "looking is allowed meanwhile"
        assert bench.run("samples").returncode == 0
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert bench.run("generate").returncode == 0, "a killed process leaves no lock behind"


def test_a_disk_that_is_full(bench: Bench) -> None:
    bench.write({"synthloop.yaml": bench.read("synthloop.yaml").replace(b"accepted: 24", b"accepted: 40")})
    before = bench.keep()
    limit = (bench.folder / ".synthloop" / "store.sqlite").stat().st_size // 8

    def fill() -> None:  # a file that may not grow is what a program sees of a full disk
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run([COMMAND, "generate"], cwd=bench.folder, preexec_fn=fill, capture_output=True, check=False)
    assert done.returncode == 3, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert b"Fix: " in done.stderr or b"Free space" in done.stderr
    assert bench.keep() == before
    assert bench.run("generate").returncode == 0


def test_a_folder_that_is_read_only(bench: Bench) -> None:
    shutil.rmtree(bench.folder / ".synthloop")
    before = sorted(bench.folder.rglob("*.yaml"))
    done = _run_where_nothing_can_be_written(bench.folder)
    said = " ".join(done.stderr.decode().split())
    assert done.returncode == 3, said
    assert ".synthloop: can't be made (" in said
    assert "Check the folder's permissions." in said
    assert sorted(bench.folder.rglob("*.yaml")) == before


def _run_where_nothing_can_be_written(folder: Path) -> "subprocess.CompletedProcess[bytes]":
    """Run the command on a folder that can't be written, even by root, who ignores permissions."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        return subprocess.run([COMMAND, "generate"], cwd=folder, capture_output=True, check=False)
    mounted = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 99; cd "$1" && exec "$2" generate'
    done = subprocess.run(["unshare", "-m", "sh", "-c", mounted, "sh", folder, COMMAND], capture_output=True, check=False)
    if done.returncode in {1, 99, 127} and b"synthloop" not in done.stderr.replace(str(folder).encode(), b""):
        pytest.skip(f"root may write anywhere, and nothing can be mounted here: {done.stderr.decode()}")
    return done

"""One writer a project."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from synthloop.adapters.stores.lock import ProjectLock
from synthloop.core.errors import ProjectLockedError, StoreError

HOLD = (
    "import sys, time\nfrom pathlib import Path\nfrom synthloop.adapters.stores.lock import ProjectLock\n"
    "with ProjectLock(Path(sys.argv[1]), verb='run'):\n    print('held', flush=True)\n    time.sleep(60)\n"
)


def test_a_second_process_is_told_who_holds_the_project_until_the_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ProjectLockedError) as caught, ProjectLock(path, verb="gate"):
            pass
        assert str(caught.value) == (
            f"{path}: another synthloop process works on this project: `synthloop run`, process {holder.pid}. "
            "Fix: wait until it is done, or end it."
        )
        assert caught.value.retryable
        holder.kill()
        holder.wait()
    with ProjectLock(path, verb="gate"):
        pass


def test_a_lock_is_free_after_release_and_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = ProjectLock(path, verb="run")
    for _ in range(2):
        lock.acquire()
        lock.release()
        lock.release()
    with pytest.raises(KeyError), lock:
        raise KeyError
    with ProjectLock(path, verb="run"):
        pass


def test_a_child_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with ProjectLock(path, verb="run"):
        child = subprocess.Popen(["sleep", "60"])
    try:
        with ProjectLock(path, verb="run"):
            pass
    finally:
        child.kill()
        child.wait()


def test_an_unreadable_lock_file_still_locks(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(b"\x00not json")
    with ProjectLock(path, verb="run"):
        path.write_bytes(b"")
        with pytest.raises(ProjectLockedError, match="one that has just started"):
            ProjectLock(path, verb="gate").acquire()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the project can't be locked \(No such file or directory\)"):
        ProjectLock(tmp_path / "gone" / "lock", verb="run").acquire()


FORK = (
    "import os, sys, time\nfrom pathlib import Path\nfrom synthloop.adapters.stores.lock import ProjectLock\n"
    "lock = ProjectLock(Path(sys.argv[1]), verb='run')\nlock.acquire()\n"
    "if os.fork() == 0:\n    print(os.getpid(), flush=True)\n"
    "time.sleep(60)\n"
)


def test_a_forked_child_that_outlives_its_killed_parent_does_not_keep_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen([sys.executable, "-c", FORK, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        holder.kill()
        holder.wait()
        try:
            os.kill(child, 0)  # it lives
            with ProjectLock(path, verb="gate"):
                pass
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_forked_child_leaves_its_parent_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with ProjectLock(path, verb="run"):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        with pytest.raises(ProjectLockedError), ProjectLock(path, verb="gate"):
            pass

"""One writer a project: a lock that the kernel releases when its holder dies."""

import fcntl
import os
import weakref
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from synthloop.core.errors import ProjectLockedError, StoreError
from synthloop.core.record import Record


class Holder(Record):
    """Who holds a project's lock."""

    pid: int
    verb: str
    """What it does, e.g. `run`."""


class ProjectLock:
    """Keeps two synthloop processes from writing to one project. Reading needs no lock.

    The lock belongs to the process (`flock`), not to the file's existence: a killed holder leaves nothing to clean up.

    Args:
        path: The lock file; created where it is missing, never deleted.
        verb: What the holder does, told to whoever is kept out.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "lock"
        >>> with ProjectLock(path, verb="run"), ProjectLock(path, verb="gate"):
        ...     pass
        Traceback (most recent call last):
        synthloop.core.errors.ProjectLockedError: ...another synthloop process works on this project: `synthloop run`...
    """

    def __init__(self, path: Path, *, verb: str) -> None:
        self._path = path
        self._verb = verb
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock, at once or not at all.

        Raises:
            ProjectLockedError: Another process has it; the message names its process id and verb.
            StoreError: The lock file can't be written.
        """
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(file, 0)
            os.pwrite(file, msgspec.json.encode(Holder(pid=os.getpid(), verb=self._verb)), 0)
        except BlockingIOError as error:
            message = self._name_holder(os.pread(file, 4096, 0))
            os.close(file)
            raise ProjectLockedError(message, retryable=True) from error
        except OSError as error:
            os.close(file)
            raise self._unwritable(error) from error
        self._file = file
        _HELD.add(self)

    def release(self) -> None:
        """Give the lock back. May be called more than once."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self._path}: the project can't be locked ({error.strerror}). "
            f"Fix: make sure that the folder {self._path.parent} exists, has space, and that you may write to it."
        )

    def _name_holder(self, content: bytes) -> str:
        try:
            holder = msgspec.json.decode(content, type=Holder)
        except msgspec.MsgspecError:
            who = "one that has just started"
        else:
            who = f"`synthloop {holder.verb}`, process {holder.pid}"
        return f"{self._path}: another synthloop process works on this project: {who}. Fix: wait until it is done, or end it."


_HELD: weakref.WeakSet[ProjectLock] = weakref.WeakSet()


def _release_in_child() -> None:
    """Let go of what was inherited: a forked child would keep the project locked for as long as it outlives a killed parent."""
    for lock in tuple(_HELD):
        lock.release()


os.register_at_fork(after_in_child=_release_in_child)

__all__ = ["Holder", "ProjectLock"]

"""Files that are there in whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

from synthloop.core.errors import StoreError


@contextlib.contextmanager
def open_atomically(path: Path) -> Generator[BinaryIO]:
    """Open a temporary file that takes the place of `path` when the block ends well, and vanishes when it does not.

    Raises:
        StoreError: The folder is read-only, the disk is full, ...
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: can't be written ({error.strerror or error}). Free space or check the folder's permissions.") from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file in whole or not at all.

    Raises:
        StoreError: The folder is read-only, the disk is full, ...
    """
    with open_atomically(path) as stream:
        stream.write(data)


def read_if_there(path: Path) -> bytes | None:
    """Return a file's content, or None where there is no such file.

    Raises:
        StoreError: It is there and can't be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"{path}: can't be read ({error.strerror or error}). Fix: check that it is a file, and its permissions."
        ) from error


def make_folder(path: Path) -> Path:
    """Make a folder, and those above it, where they are missing, and return it.

    Raises:
        StoreError: It can't be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: can't be made ({error.strerror or error}). Check the folder's permissions.") from error
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


__all__ = ["make_folder", "open_atomically", "read_if_there", "write_atomically"]

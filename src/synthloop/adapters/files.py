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


__all__ = ["make_folder", "open_atomically", "write_atomically"]

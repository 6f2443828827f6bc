"""A small working project to start from."""

import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from synthloop.core.errors import UsageError
from synthloop.project.json_schema import SCHEMA_FOLDER, write_schemas

_RENAMED = {"app.py.txt": "app.py", "gitignore": ".gitignore"}
"""Name in the package -> name in the project, for files that would mean something inside the package."""


def init_project(folder: str | os.PathLike[str], *, force: bool = False) -> tuple[Path, ...]:
    """Write a small working project with comments and return its files, in the order in which to read them.

    Args:
        folder: Where to; made where needed.
        force: Whether a folder that holds other files is fine. Even then no file is replaced: files that exist are left as they are and not
            returned.

    Raises:
        UsageError: The folder is not empty, is a file, or can't be written to.
    """
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file. Fix: name a folder.")
    if not force and root.is_dir() and any(root.iterdir()):
        raise UsageError(
            f"{root} is not empty. Fix: name a new folder, or add --force: what is there is kept, only missing files are added."
        )
    try:
        written = [path for name, content in _template_files() if _write_new(path := root / name, content)]
        schemas = write_schemas(root / SCHEMA_FOLDER)
    except OSError as error:
        raise UsageError(
            f"{root} can't be written to ({error.strerror}). Fix: choose another folder, or change its permissions."
        ) from error
    return (*written, *schemas)


def _template_files() -> list[tuple[str, bytes]]:
    """Return name -> content of the template's files, the project file first."""
    found = list(_walk(files("synthloop.project") / "template", ""))
    order = ("synthloop.yaml", "behaviors/", "app.py")
    return sorted(found, key=lambda each: (next((at for at, start in enumerate(order) if each[0].startswith(start)), len(order)), each[0]))


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += [] if entry.name == "__pycache__" else _walk(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + _RENAMED.get(entry.name, entry.name), entry.read_bytes()))
    return found


def _write_new(path: Path, content: bytes) -> bool:
    """Write a file unless it exists, and return whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        return False
    return True


__all__ = ["init_project"]

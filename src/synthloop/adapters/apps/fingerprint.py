"""What an app's answers depend on: a version that changes whenever its code, its files or its settings change, and never otherwise."""

import ast
import functools
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from synthloop.adapters.apps.bound import state_of
from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id

_STANDARD_LIBRARY = Path(functools.__file__).parent
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_NEVER_FILES = frozenset({"__pycache__", ".synthloop"})
"""Folders that change with every run."""


def python_version(
    function: Callable[..., object],
    *,
    root: Path,
    location: str = "",
    files: Sequence[str] = (),
    variables: Mapping[str, JsonValue] | None = None,
) -> str | None:
    """Return the version of a Python app: its module, every module of its own that this one imports, extra files and variables.

    Its own are the modules under `root`, and those of its package or folder where it lies elsewhere. Imports are read from the source,
    inside functions too, so the version does not depend on what else happens to be loaded. Installed packages, data read from elsewhere and
    the environment are not part of it: name what matters in `files` or `variables`.

    Args:
        function: The app.
        root: The project's folder.
        location: Where the app is named, as `module:name`, already imported: whatever is bound to that name, this module's code did it.
            Empty: the function alone is known, and what was bound to it (a closure, defaults, an object) counts as well.
        files: Further files it depends on, as patterns relative to `root`, e.g. `prompts/*.txt`; a folder stands for all that is in it.
        variables: What the variant passes.

    Returns:
        The version, or None where nobody knows: the function has no source file (a notebook, the prompt), or something is bound to it that
        can't be compared with what another run binds (a client, a model).

    Raises:
        UsageError: A pattern can't be used.
    """
    root = root.resolve()
    modules = find_own_modules(function, root=root, location=location)
    if not modules:
        return None
    try:
        name = content_id(location or state_of(function))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
    return content_id("python", name, _digests([*sorted(modules), *_match(files, root)], root), variables or {})


def find_own_modules(function: Callable[..., object], *, root: Path, location: str = "") -> set[Path]:
    """Return the files of an app's module and of every module of its own that this one imports; see `python_version`."""
    starts = {path for path in (_source_of(function), _module_of(location)) if path is not None}
    return _imported(starts, root.resolve()) if starts else set()


def command_version(
    arguments: Sequence[str], *, root: Path, files: Sequence[str] = (), settings: Mapping[str, JsonValue] | None = None
) -> str:
    """Return the version of a command: its arguments, the content of those that are files under `root`, extra files and settings.

    Args:
        arguments: The program and its arguments, with variables filled in.
        root: The project's folder.
        files: Further files it depends on; see `python_version`.
        settings: How its output is read.

    Raises:
        UsageError: A pattern can't be used.
    """
    root = root.resolve()
    named = [path for argument in arguments if (path := _file_under(root, argument)) is not None]
    return content_id("command", list(arguments), _digests([*named, *_match(files, root)], root), settings or {})


def named_version(name: str, settings: Mapping[str, JsonValue]) -> str:
    """Return the version of an app that a person, or the run, gave a name: that name, and a digest of what is sent besides the message.

    Args:
        name: What the user calls the version that is deployed, or the name of the run where they don't say.
        settings: URL, headers, body, arguments, variables, as they are written: environment variables by name, never with their values.

    Example:
        >>> named_version("7", {})
        '7'
        >>> named_version("7", {"model": "small"}) == named_version("7", {"model": "large"})
        False
    """
    return f"{name}-{content_id('settings', settings)[:12]}" if settings else name


def _module_of(location: str) -> Path | None:
    module = sys.modules.get(location.partition(":")[0])
    name = getattr(module, "__file__", None)
    return _existing(name)


def _source_of(function: Callable[..., object]) -> Path | None:
    unwrapped = _unwrap(function)
    has_code = hasattr(unwrapped, "__code__")  # an instance with `__call__` has none: its class is what was written
    try:
        return _existing(inspect.getsourcefile(unwrapped if has_code else cast("Any", type(unwrapped))))
    except TypeError:
        return None


def _existing(name: str | None) -> Path | None:
    path = Path(name).resolve() if name else None
    return path if path is not None and path.is_file() else None


def _unwrap(function: Callable[..., object]) -> Any:
    """Return what decorators and `functools.partial` stand before."""
    inner: Any = inspect.unwrap(function)
    return _unwrap(cast("functools.partial[object]", inner).func) if isinstance(inner, functools.partial) else inner


def _imported(starts: set[Path], root: Path) -> set[Path]:
    """Return the modules at `starts` and everything of the app's own that they import, directly or not."""
    homes = (root, *(home for start in starts if (home := _home_of(start)) is not None))
    seen = set(starts)
    waiting = sorted(starts)
    while waiting:
        path = waiting.pop()
        folders = (root, root / "src", *_package_root(path))
        found = {file for name in _import_names(path) for folder in folders for file in _module_files(folder, name)}
        fresh = sorted(file for file in found if file not in seen and any(_lies_in(file, home) for home in homes))
        seen.update(fresh)
        waiting += fresh
    return seen


def _home_of(start: Path) -> Path | None:
    """Return the folder whose modules belong to the one at `start`: its package, or what lies beside it; None where others do as well."""
    (top,) = _package_root(start)
    if start.parent != top:
        return top / start.relative_to(top).parts[0]
    return None if _INSTALLED & set(top.parts) or top.is_relative_to(_STANDARD_LIBRARY) else top


def _lies_in(file: Path, home: Path) -> bool:
    return file.is_relative_to(home) and not _INSTALLED & set(file.relative_to(home).parts)


def _package_root(path: Path) -> tuple[Path]:
    """Return the folder from which the module at `path` is imported: the first one above it that is no package."""
    folder = path.parent
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return (folder,)


def _import_names(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module may import; some of them are attributes and match no file."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, (_relative_base(path, node.level), node.module)))
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and (name := _name_imported_by(node)):
            yield name


def _name_imported_by(call: ast.Call) -> str:
    """Return "x" for `import_module("x")` and the like."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args and function in {"import_module", "__import__"} else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _relative_base(path: Path, level: int) -> str:
    """Return the package that `level` dots mean in the module at `path`; empty for an absolute import."""
    if not level:
        return ""
    (top,) = _package_root(path)
    package = path.parents[min(level, len(path.parents)) - 1]
    return ".".join(package.relative_to(top).parts) if package.is_relative_to(top) else ""


def _module_files(folder: Path, name: str) -> Iterator[Path]:
    """Yield the files that importing `name` from `folder` runs: every package above it and the module itself."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        place = folder.joinpath(*parts[:length])
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                yield file.resolve()


def _file_under(root: Path, argument: str) -> Path | None:
    try:
        path = (root / argument).resolve()
        return path if path.is_relative_to(root) and path.is_file() else None
    except (OSError, ValueError):  # an argument that can't be a file name
        return None


def _match(patterns: Sequence[str], root: Path) -> list[Path]:
    found: set[Path] = set()
    for pattern in patterns:
        try:
            found |= {file for path in root.glob(pattern) for file in _files_at(path) if not _NEVER_FILES & set(file.parts)}
        except (ValueError, NotImplementedError) as error:
            raise UsageError(f"the pattern {pattern!r} can't be used: {error}. Fix: write it relative to {root}.") from error
    return sorted(found)


def _files_at(path: Path) -> list[Path]:
    return [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]


def _digests(paths: Iterable[Path], root: Path) -> list[list[str]]:
    return [[_name(path, root), digest_file(path)] for path in paths]


def _name(path: Path, root: Path) -> str:
    (top,) = (root,) if path.is_relative_to(root) else _package_root(path)
    return path.relative_to(top).as_posix()


def digest_file(path: Path) -> str:
    """Return the digest of what a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


__all__ = ["command_version", "digest_file", "find_own_modules", "named_version", "python_version"]

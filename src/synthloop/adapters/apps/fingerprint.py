"""What an app's answers depend on: a version that changes whenever its code, its files or its settings change, and never otherwise."""

import ast
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id


def python_version(
    function: Callable[..., object], *, root: Path, files: Sequence[str] = (), variables: Mapping[str, JsonValue] | None = None
) -> str | None:
    """Return the version of a Python app: its module, every module under `root` that this one imports, extra files and variables.

    Imports are read from the source, inside functions too, so the version does not depend on what else happens to be loaded. Installed
    packages, data read from elsewhere and the environment are not part of it: name what matters in `files` or `variables`.

    Args:
        function: The app.
        root: The project's folder.
        files: Further files it depends on, as patterns relative to `root`, e.g. `prompts/*.txt`.
        variables: What the variant passes.

    Returns:
        The version, or None where the function has no source file (a notebook, the prompt): then nobody knows.

    Raises:
        UsageError: A pattern matches nothing.
    """
    source = _source_of(function)
    if source is None:
        return None
    root = root.resolve()
    modules = sorted(_imported(source, root))
    return content_id("python", getattr(function, "__qualname__", ""), _digests([*modules, *_match(files, root)], root), variables or {})


def command_version(arguments: Sequence[str], *, root: Path, files: Sequence[str] = ()) -> str:
    """Return the version of a command: its arguments, the content of those that are files under `root`, and extra files.

    Raises:
        UsageError: A pattern matches nothing.
    """
    root = root.resolve()
    named = [path for argument in arguments if (path := _file_under(root, argument)) is not None]
    return content_id("command", list(arguments), _digests([*named, *_match(files, root)], root))


def http_version(given: str | None, settings: Mapping[str, JsonValue]) -> str | None:
    """Return the version of an HTTP app: the name that the user gives and the settings that shape its answers.

    Args:
        given: What the user calls the version that is deployed; None where they don't say.
        settings: URL, method, body, path and variables; never headers, which hold keys.

    Returns:
        The version, or None where `given` is None: what runs behind an address can't be seen from here.
    """
    return None if given is None else f"{given}-{content_id('http', settings)[:12]}"


def _source_of(function: Callable[..., object]) -> Path | None:
    unwrapped: Any = inspect.unwrap(function)
    has_code = hasattr(unwrapped, "__code__")  # an instance with `__call__` has none: its class is what was written
    try:
        name = inspect.getsourcefile(unwrapped if has_code else cast("Any", type(unwrapped)))
    except TypeError:
        return None
    path = Path(name).resolve() if name else None
    return path if path is not None and path.is_file() else None


def _imported(start: Path, root: Path) -> set[Path]:
    """Return the module at `start` and everything under `root` that it imports, directly or not."""
    seen = {start}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        folders = (root, root / "src", *_package_root(path))
        found = {file for name in _import_names(path) for folder in folders for file in _module_files(folder, name)}
        fresh = sorted(file for file in found if file not in seen and file.is_relative_to(root))
        seen.update(fresh)
        waiting += fresh
    return seen


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
            found |= {path for path in root.glob(pattern) if path.is_file()}
        except (ValueError, NotImplementedError) as error:
            raise UsageError(f"the pattern {pattern!r} can't be used: {error}. Fix: write it relative to {root}.") from error
    return sorted(found)


def _digests(paths: Iterable[Path], root: Path) -> list[list[str]]:
    return [[_name(path, root), _digest(path)] for path in paths]


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


__all__ = ["command_version", "http_version", "python_version"]

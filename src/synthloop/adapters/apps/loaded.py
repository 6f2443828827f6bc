"""Whether the code that runs is the code that stands in the files: a notebook may edit a module and never load it again.

What a file said when its module was loaded is not kept by Python. So its digest is remembered when a module is first looked at, until it
is loaded anew (which gives it another spec); and the function itself is compared with what its file compiles to.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from synthloop.adapters.apps.fingerprint import digest_file, find_own_modules
from synthloop.core.errors import UsageError

_seen: dict[Path, tuple[object, str]] = {}
"""File -> what its module was loaded by, and the file's digest when that was first looked at."""


def check_loaded(function: Callable[..., object], *, root: Path, location: str = "") -> None:
    """Refuse an app whose modules were edited after they were loaded: its version would be that of code which does not run.

    Args:
        function: The app.
        root: The project's folder.
        location: Where the app is named, as `module:name`; empty: the function alone is known.

    Raises:
        UsageError: A module of the app's own differs from its file; says how to load it anew.
    """
    modules = _modules_by_file()
    paths = find_own_modules(function, root=root, location=location)
    stale = [path for path in sorted(paths) if path in modules and _has_changed(path, modules[path])]
    if not stale and _differs_from_file(function):
        stale = [Path(inspect.getfile(inspect.unwrap(function)))]
    if stale:
        names = ", ".join(path.name for path in stale)
        calls = "; ".join(f"importlib.reload({modules[path].__name__})" if path in modules else "import it again" for path in stale)
        raise UsageError(
            f"{names} was changed after it was loaded, so what runs is the old code: its answers would be kept as those of the new one. "
            f"Fix: restart the process, or load it anew ({calls}) and take the app from there."
        )


def _modules_by_file() -> dict[Path, ModuleType]:
    named = [(getattr(module, "__file__", None), module) for module in list(sys.modules.values())]
    return {Path(file).resolve(): module for file, module in named if isinstance(file, str)}


def _has_changed(path: Path, module: ModuleType) -> bool:
    loaded_by: object = getattr(module, "__spec__", None) or module
    digest = digest_file(path)
    known, before = _seen.get(path, (None, ""))
    if known is not loaded_by:
        _seen[path] = (loaded_by, digest)
        return False
    return digest != before


def _differs_from_file(function: Callable[..., object]) -> bool:
    """Return whether a function's code is none of those that its file compiles to by now; False where that can't be told."""
    inner: Any = inspect.unwrap(function)
    code: object = getattr(inner, "__code__", None)
    module = sys.modules.get(getattr(inner, "__module__", None) or "")
    plain = type(getattr(module, "__loader__", None)) is SourceFileLoader  # others, such as pytest's, may rewrite what they load
    if not isinstance(code, CodeType) or not plain or Path(code.co_filename).suffix != ".py":
        return False
    try:
        whole = compile(Path(code.co_filename).read_bytes(), code.co_filename, "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError):
        return True
    return not any(_is_same(code, other) for other in _list_codes(whole) if other.co_qualname == code.co_qualname)


def _list_codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _list_codes(constant)


def _is_same(one: CodeType, other: CodeType) -> bool:
    """Return whether two codes do the same, wherever they stand in their files."""
    if (one.co_code, one.co_names, one.co_varnames) != (other.co_code, other.co_names, other.co_varnames):
        return False
    return len(one.co_consts) == len(other.co_consts) and all(map(_is_same_constant, one.co_consts, other.co_consts))


def _is_same_constant(one: object, other: object) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return _is_same(one, other)
    return type(one) is type(other) and one == other


__all__ = ["check_loaded"]

"""The boundary to code of a project's own: what it prints, raises or ends stays with the function that did it.

Python raises `KeyboardInterrupt` for Ctrl-C between any two instructions, so that one says little by itself. Where it was raised by a
`raise`, it is the function's own; everywhere else, and wherever asyncio raises it, a person pressed Ctrl-C and everything stops.
"""

import inspect
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout
from opcode import opmap
from pathlib import Path
from typing import ParamSpec, TypeVar

from synthloop.core.errors import LoopError

P = ParamSpec("P")
T = TypeVar("T")

_PACKAGE = str(Path(__file__).parents[1])
_RAISE = opmap["RAISE_VARARGS"]


class OwnCodeError(Exception):
    """A function of the project's own raised, or ended the process; says what, and where in the user's own file."""


def call_own(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a project's own function. What it prints goes to standard error, since standard output may be `--json`.

    Raises:
        OwnCodeError: It raised something, `SystemExit` included.
        LoopError: It raised one of synthloop's own errors.
        KeyboardInterrupt: A person pressed Ctrl-C.
    """
    try:
        with redirect_stdout(sys.stderr):
            return function(*arguments, **named)
    except LoopError:
        raise
    except BaseException as error:
        if is_interrupt(error):
            raise
        raise OwnCodeError(explain_raised(error, function)) from error


def is_interrupt(error: BaseException) -> bool:
    """Return whether a person pressed Ctrl-C, rather than code raising `KeyboardInterrupt` by itself."""
    trace = error.__traceback__
    if not isinstance(error, KeyboardInterrupt) or threading.current_thread() is not threading.main_thread() or trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return code.co_code[trace.tb_lasti] != _RAISE or trace.tb_frame.f_globals.get("__name__") == "asyncio.runners"


def explain_raised(error: BaseException, function: Callable[..., object]) -> str:
    """Return what was raised and where in the user's own code, for a person."""
    said = str(error)
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    where = find_own_line(error, function)
    return f"raised {what} ({where})" if where else f"raised {what}"


def find_own_line(error: BaseException, function: Callable[..., object] | None = None) -> str:
    """Return `file:line` of the deepest frame that lies beside the function's file, or else of the deepest outside of synthloop."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(error.filename)}:{error.lineno}"
    every = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in every if not frame.filename.startswith((_PACKAGE, "<frozen"))] or every
    folder = _folder_of(function)
    beside = [frame for frame in frames if folder and frame.filename.startswith(folder) and "site-packages" not in frame.filename]
    for frame in reversed(beside or frames):
        return f"{_short(frame.filename)}:{frame.lineno}"
    return ""


def _folder_of(function: Callable[..., object] | None) -> str:
    inner = inspect.unwrap(function) if function is not None else None
    code = getattr(inner, "__code__", None)
    return str(Path(code.co_filename).parent) if code is not None else ""


def _short(filename: str) -> str:
    try:
        return str(Path(filename).relative_to(Path.cwd()))
    except ValueError:
        return filename


__all__ = ["OwnCodeError", "call_own", "explain_raised", "find_own_line", "is_interrupt"]

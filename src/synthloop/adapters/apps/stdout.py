"""Keeps what an app prints out of standard output, which belongs to the user's pipeline."""

import contextvars
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TextIO

_diverted: contextvars.ContextVar[bool] = contextvars.ContextVar("synthloop_diverted", default=False)


class _Switch:
    """Stands in for `sys.stdout`: code that runs on behalf of an app reaches standard error, everything else the real thing.

    Of the other threads nobody knows who started them: while apps are running, it was an app.
    """

    def __init__(self, real: TextIO) -> None:
        self.real = real
        self.users = 0
        self.home = threading.get_ident()

    def __getattr__(self, name: str) -> object:
        divert = _diverted.get() or threading.get_ident() != self.home
        return getattr(sys.stderr if divert else self.real, name)


def install() -> None:
    """Put the switch in place; each call needs one `uninstall`."""
    if not isinstance(sys.stdout, _Switch):
        sys.stdout = _Switch(sys.stdout)  # pyright: ignore[reportAttributeAccessIssue] - a stand-in that passes everything on
    sys.stdout.users += 1  # pyright: ignore[reportAttributeAccessIssue] - it is a switch by now


def uninstall() -> None:
    """Take the switch away when its last user is done."""
    if isinstance(sys.stdout, _Switch):
        sys.stdout.users -= 1
        if sys.stdout.users <= 0:
            sys.stdout = sys.stdout.real


@contextmanager
def diverted() -> Generator[None]:
    """Divert what this coroutine prints, and what it starts."""
    token = _diverted.set(True)
    try:
        yield
    finally:
        _diverted.reset(token)


__all__ = ["diverted", "install", "uninstall"]

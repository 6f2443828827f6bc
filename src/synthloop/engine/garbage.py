"""Looking for unreachable cycles of objects less often while thousands of calls are under way."""

import gc
from collections.abc import Generator
from contextlib import contextmanager

_OBJECTS = 10_000


@contextmanager
def collected_rarely() -> Generator[None]:
    """Have Python look for cycles once in 10,000 new objects instead of 700, as long as the block runs.

    What is in flight is all alive, so that every look at it is in vain: at 256 calls in flight that is a seventh of a run's CPU time.
    Whoever turned the search off, or set it wider, is left alone.
    """
    before = gc.get_threshold()
    if not 0 < before[0] < _OBJECTS:
        yield
        return
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


__all__ = ["collected_rarely"]

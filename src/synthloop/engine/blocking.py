"""Runs a coroutine for callers that are not coroutines, notebooks included."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_WAKE_UP_S = 0.1

Start = Callable[[], Coroutine[Any, Any, T]]


def run_blocking(start: Start[T]) -> T:
    """Run a coroutine to its end; where an event loop already runs in this thread (notebooks), in a thread beside it.

    Args:
        start: Makes the coroutine.

    Raises:
        KeyboardInterrupt: Ctrl-C; the coroutine was cancelled and has ended.
    """
    return _Beside(start).run() if _is_loop_running() else asyncio.run(start())


def _is_loop_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Beside(Generic[T]):
    """Runs a coroutine in a thread of its own and waits for it."""

    def __init__(self, start: Start[T]) -> None:
        self._start = start
        self._cancel: Callable[[], object] = lambda: None
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        # an event and not `Thread.join`, which believes that a thread has ended once Ctrl-C interrupted the waiting
        self._ended = threading.Event()

    def run(self) -> T:
        threading.Thread(target=self._work, name="synthloop-engine").start()
        try:
            # the system may hand Ctrl-C to any thread, and this one only notices when it wakes up
            while not self._ended.wait(_WAKE_UP_S):
                pass
        except KeyboardInterrupt:
            self._cancel()
            self._ended.wait()
            raise
        if self._errors:
            raise self._errors[0]
        return self._results[0]

    def _work(self) -> None:
        try:
            self._results.append(asyncio.run(self._main()))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._errors.append(error)
        finally:
            self._ended.set()

    async def _main(self) -> T:
        work = asyncio.ensure_future(self._start())
        loop = asyncio.get_running_loop()
        self._cancel = lambda: loop.call_soon_threadsafe(work.cancel)
        return await work


__all__ = ["run_blocking"]

"""Daemon threads for calls that block: a call that hangs for good is left behind and never keeps the process alive."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

from synthloop.core.errors import AppError

T = TypeVar("T")

MOST_HUNG = 64
"""Calls that may hang before no further thread is started."""


@dataclass(slots=True, eq=False)
class _Call(Generic[T]):
    function: Callable[[], T]
    future: asyncio.Future[T]
    value: T | None = None
    error: BaseException | None = None


class DaemonThreads(Generic[T]):
    """Runs blocking calls, one thread for each that is under way. Threads are kept and used again.

    A cancelled call goes on in its thread, unseen, and the next call gets another thread. Must be made inside the event loop that uses it.

    Args:
        owner: Name of the app, for messages.
    """

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._calls: SimpleQueue[_Call[T] | None] = SimpleQueue()
        self._ended: deque[_Call[T]] = deque()
        self._loop = asyncio.get_running_loop()
        self._woken = False
        self._threads = self._free = self._hung = 0

    async def run(self, function: Callable[[], T]) -> T:
        """Call `function` in a thread and return what it returns, or raise what it raises.

        Raises:
            AppError: So many calls hang that no further thread is started.
        """
        if self._free:
            self._free -= 1
        else:
            self._start_thread()
        call = _Call(function, self._loop.create_future())
        self._calls.put(call)
        try:
            return await call.future
        except asyncio.CancelledError:
            self._hung += call.future.cancelled()  # not where the call had just ended
            raise

    def close(self) -> None:
        """Let go of all threads for good: idle ones end, busy ones end with their call."""
        for _ in range(self._threads):
            self._calls.put(None)

    def _start_thread(self) -> None:
        if self._hung >= MOST_HUNG:
            raise AppError(
                f"{self._owner}: {self._hung} calls hang, no more are started. Fix: set `isolate: true`, so that they can be killed."
            )
        self._threads += 1
        threading.Thread(target=self._work, name=f"app-{self._owner}", daemon=True).start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                call.value = call.function()
            except BaseException as error:  # noqa: BLE001 - whatever a user's code raises, `sys.exit` included, belongs to its caller
                call.error = error
            self._ended.append(call)
            if not self._woken:
                # one wake-up serves all calls that end before the loop comes round
                self._woken = True
                try:
                    self._loop.call_soon_threadsafe(self._hand_over)
                except RuntimeError:
                    return  # the loop is closed: nobody waits any more

    def _hand_over(self) -> None:
        self._woken = False
        while self._ended:
            call = self._ended.popleft()
            self._free += 1
            if call.future.cancelled():
                self._hung -= 1
            elif call.error is not None:
                call.future.set_exception(call.error)
            else:
                call.future.set_result(call.value)  # pyright: ignore[reportArgumentType] - without an error there is a value


__all__ = ["MOST_HUNG", "DaemonThreads"]

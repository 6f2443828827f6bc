"""Runs a coroutine for callers that are not coroutines, notebooks included."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_blocking(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end; where an event loop already runs in this thread (notebooks), in a thread beside it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(start())
    return _run_beside(start)


def _run_beside(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    outcome: list[T] = []
    errors: list[BaseException] = []
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None]] = []

    async def main() -> T:
        running.append((asyncio.get_running_loop(), asyncio.current_task()))
        return await start()

    def body() -> None:
        try:
            outcome.append(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread below
            errors.append(error)

    thread = threading.Thread(target=body, name="synthloop-engine")
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        for loop, main_task in running:
            loop.call_soon_threadsafe(main_task.cancel if main_task else loop.stop)
        thread.join()
        raise
    if errors:
        raise errors[0]
    return outcome[0]


__all__ = ["run_blocking"]

"""Child processes that are certain to end: in a session of their own, killed as a group."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

_EXIT_POLL_S = 0.05
_LAST_WAIT_S = 2.0


async def start(launch: Coroutine[Any, Any, asyncio.subprocess.Process]) -> asyncio.subprocess.Process:
    """Return the process that `launch` starts; where the wait for it is cancelled, it is ended as soon as it is there.

    asyncio's own clean-up kills the process alone, and then waits for whatever that has started.
    """
    launching = asyncio.ensure_future(launch)
    try:
        return await asyncio.shield(launching)
    except asyncio.CancelledError:
        with suppress(OSError, ValueError):
            await end(await launching)
        raise


def kill_group(process: asyncio.subprocess.Process) -> None:
    """Kill a process and everything it started, as long as that stayed in its session. Does nothing where it is gone already."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill a process with all it started and wait until it is gone, though not for ever: it may have left its pipes to a stranger."""
    kill_group(process)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WAIT_S):
            await process.wait()


async def read_capped(stream: asyncio.StreamReader, most_bytes: int, on_overflow: Callable[[], None]) -> bytes:
    """Return what a stream holds, up to `most_bytes`; beyond that `on_overflow` is called once and the rest is thrown away."""
    chunks: list[bytes] = []
    size = 0
    while chunk := await stream.read(65536):
        if size <= most_bytes < size + len(chunk):
            on_overflow()
        size += len(chunk)
        if size <= most_bytes:
            chunks.append(chunk)
    return b"".join(chunks)


async def read_tail(stream: asyncio.StreamReader, most_bytes: int) -> bytes:
    """Return the last `most_bytes` of a stream."""
    tail = b""
    while chunk := await stream.read(65536):
        tail = (tail + chunk)[-most_bytes:]
    return tail


async def feed(stream: asyncio.StreamWriter, data: bytes) -> None:
    """Write `data` and close; a process that does not want to read all of it is fine."""
    try:
        stream.write(data)
        await stream.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        stream.close()


async def wait_for_exit(process: asyncio.subprocess.Process) -> None:
    """Return when the process itself has ended, even where something it started keeps its pipes open.

    `Process.wait` would wait for the pipes as well.
    """
    while process.returncode is None:  # noqa: ASYNC110 - asyncio offers no event for this
        await asyncio.sleep(_EXIT_POLL_S)


__all__ = ["end", "feed", "kill_group", "read_capped", "read_tail", "start", "wait_for_exit"]

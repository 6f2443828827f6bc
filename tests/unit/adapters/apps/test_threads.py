import asyncio
import time

import pytest

from synthloop.adapters.apps import threads
from synthloop.adapters.apps.threads import DaemonThreads
from synthloop.core.errors import AppError


def test_a_call_that_is_cancelled_just_as_it_ends_does_not_count_as_hung() -> None:
    async def cancel_at_the_end(calls: DaemonThreads[int]) -> None:
        asking = asyncio.ensure_future(calls.run(lambda: 1))
        await asyncio.sleep(0)
        time.sleep(0.005)  # noqa: ASYNC251 - the call ends, and the loop does not know it yet
        await asyncio.sleep(0)  # now it does, but the one who waits has not been woken
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    async def run() -> int:
        calls: DaemonThreads[int] = DaemonThreads("router")
        for _ in range(threads.MOST_HUNG + 1):
            await cancel_at_the_end(calls)
        # two at once need a second thread, which is refused where too many seem to hang
        together = await asyncio.gather(*(calls.run(lambda: 1) for _ in range(4)))
        calls.close()
        return sum(together)

    assert asyncio.run(run()) == 4


def test_when_too_many_calls_hang_no_more_are_started() -> None:
    async def run() -> None:
        calls: DaemonThreads[None] = DaemonThreads("router")
        for _ in range(threads.MOST_HUNG):
            asking = asyncio.ensure_future(calls.run(lambda: time.sleep(1.0)))
            await asyncio.sleep(0)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        with pytest.raises(AppError, match="router: 64 calls hang, no more are started"):
            await calls.run(lambda: None)
        calls.close()

    asyncio.run(run())

import asyncio

import pytest

from synthloop.core.errors import UsageError
from synthloop.engine.limits import Limits, Pace


def test_waits_double_vary_by_half_and_are_the_same_in_every_run() -> None:
    limits = Limits(backoff_s=1.0, backoff_max_s=5.0)
    waits = [limits.backoff(attempt, seed=7, key="ab") for attempt in (1, 2, 3, 9)]
    assert waits == [limits.backoff(attempt, seed=7, key="ab") for attempt in (1, 2, 3, 9)]
    assert all(0.5 * 2**place <= wait <= 1.5 * 2**place for place, wait in enumerate(waits[:2]))
    assert waits[3] == 5.0
    assert waits[0] != limits.backoff(1, seed=7, key="cd")


def test_calls_are_spaced_and_a_port_may_rest() -> None:
    async def starts() -> list[float]:
        pace = Pace(per_minute=6000.0)
        loop = asyncio.get_running_loop()
        seen: list[float] = []
        for number in range(4):
            if number == 3:
                pace.rest(0.05)
            await pace.wait()
            seen.append(loop.time())
        return seen

    first, _, third, fourth = asyncio.run(starts())
    assert third - first >= 0.019
    assert fourth - third >= 0.049


def test_tokens_a_minute_are_paid_off_before_the_next_call() -> None:
    async def starts() -> list[float]:
        pace = Pace(per_minute=None, tokens_per_minute=60_000.0)
        loop = asyncio.get_running_loop()
        seen: list[float] = []
        for _ in range(3):
            await pace.wait()
            seen.append(loop.time())
            pace.note_tokens(50)
        return seen

    first, second, third = asyncio.run(starts())
    assert second - first >= 0.049
    assert third - first >= 0.099


def test_numbers_out_of_range_are_refused_all_at_once() -> None:
    with pytest.raises(UsageError, match=r"limits: in_flight must be at least 1; timeout_s must be above 0\. Fix: correct the number"):
        Limits(in_flight=0, timeout_s=0.0)

import asyncio

import pytest

from synthloop.core.errors import AppError, UsageError
from synthloop.engine.limits import Circuit, Limits, Pace


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


@pytest.mark.parametrize("reason", ["error", "invalid_answer"])
def test_errors_of_an_app_that_is_there_never_stop_a_run(reason: str) -> None:
    circuit = Circuit(after=1)
    error = AppError("no", reason="error" if reason == "error" else "invalid_answer")
    assert not any(circuit.note(error) for _ in range(100))


def test_after_an_answer_it_takes_ten_times_as_many() -> None:
    gone = AppError("gone", reason="unreachable")
    circuit = Circuit(after=2)
    circuit.note(None)
    assert [circuit.note(gone) for _ in range(20)] == [False] * 19 + [True]


def test_another_kind_of_failure_starts_the_count_again() -> None:
    circuit = Circuit(after=2)
    assert not circuit.note(AppError("gone", reason="unreachable"))
    assert not circuit.note(AppError("slow", reason="timeout"))
    assert circuit.note(AppError("slow", reason="timeout"))


def test_it_can_be_turned_off() -> None:
    circuit = Circuit(after=0)
    assert not any(circuit.note(AppError("gone", reason="unreachable")) for _ in range(100))


def test_numbers_out_of_range_are_refused_all_at_once() -> None:
    with pytest.raises(UsageError, match=r"limits: in_flight must be at least 1; timeout_s must be above 0\. Fix: correct the number"):
        Limits(in_flight=0, timeout_s=0.0)

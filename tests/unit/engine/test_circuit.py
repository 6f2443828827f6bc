"""A port that is not there is noticed soon, left alone, and tried again with one call."""

import pytest

from synthloop.core.errors import AppError, ModelError
from synthloop.engine.circuit import Circuit

GONE = AppError("gone", reason="unreachable")


@pytest.mark.parametrize("reason", ["error", "invalid_answer"])
def test_errors_of_a_port_that_is_there_never_open_it(reason: str) -> None:
    circuit = Circuit(after=1)
    error = AppError("no", reason="error" if reason == "error" else "invalid_answer")
    assert not any(circuit.note(error, 0.0) for _ in range(100))


def test_after_an_answer_it_takes_ten_times_as_many() -> None:
    circuit = Circuit(after=2)
    circuit.note(None, 0.0)
    assert [circuit.note(GONE, 0.0) for _ in range(20)] == [False] * 19 + [True]


def test_another_kind_of_failure_starts_the_count_again() -> None:
    circuit = Circuit(after=2)
    assert not circuit.note(GONE, 0.0)
    assert not circuit.note(AppError("slow", reason="timeout"), 0.0)
    assert circuit.note(AppError("slow", reason="timeout"), 0.0)


def test_it_can_be_turned_off() -> None:
    circuit = Circuit(after=0)
    assert not any(circuit.note(GONE, 0.0) for _ in range(100))


def test_after_a_rest_one_call_finds_out_and_a_failed_one_doubles_the_rest() -> None:
    circuit = Circuit(after=1)
    assert circuit.note(GONE, 100.0)
    assert (circuit.state(104.0), circuit.admit(104.0)) == ("open", False)
    assert circuit.state(105.0) == "half-open"
    assert (circuit.admit(105.0), circuit.admit(105.0)) == (True, False)
    assert circuit.note(GONE, 106.0)
    assert (circuit.admit(115.0), circuit.admit(116.0)) == (False, True)
    assert not circuit.note(None, 116.5)
    assert (circuit.state(117.0), circuit.admit(117.0), circuit.admit(117.0)) == ("closed", True, True)


def test_a_probe_that_was_cancelled_leaves_the_way_to_the_next() -> None:
    circuit = Circuit(after=1)
    circuit.note(GONE, 0.0)
    assert circuit.admit(10.0)
    circuit.release()
    assert circuit.admit(10.0)


def test_what_no_other_call_would_escape_opens_it_at_once_and_for_good() -> None:
    circuit = Circuit(after=5)
    assert circuit.note(ModelError("wrong key", fatal=True), 0.0)
    assert not circuit.admit(1e9)

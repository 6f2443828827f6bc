"""Python looks for cycles more rarely during a run, and as before afterwards."""

import gc
from collections.abc import Generator

import pytest

from synthloop.engine.garbage import collected_rarely


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_it_is_rare_inside_and_as_before_afterwards_even_where_the_run_fails() -> None:
    gc.set_threshold(700, 10, 10)
    inside: list[int] = []

    def fail() -> None:
        with collected_rarely():
            inside.append(gc.get_threshold()[0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert inside == [10_000]
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("chosen", [0, 50_000])
def test_whoever_chose_otherwise_is_left_alone(chosen: int) -> None:
    gc.set_threshold(chosen, 10, 10)
    with collected_rarely():
        assert gc.get_threshold()[0] == chosen
    assert gc.get_threshold()[0] == chosen

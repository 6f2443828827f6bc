"""Asks have stable keys; flows can be driven by hand."""

from collections.abc import Callable

import msgspec
import pytest

from synthloop.core.ask import Answer, AppRequest, Ask, Flow, drive
from synthloop.core.sample import Message


def ask(text: str = "hi", replica: int = 0) -> Ask:
    return Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text=text),)), replica=replica)


CHANGES: list[Callable[[Ask], Ask]] = [
    lambda one: msgspec.structs.replace(one, to="naive"),
    lambda one: msgspec.structs.replace(one, version="2"),
    lambda one: msgspec.structs.replace(one, replica=1),
    lambda one: msgspec.structs.replace(one, request=ask("hi ").request),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_reaches_the_other_side_changes_the_key(change: Callable[[Ask], Ask]) -> None:
    assert change(ask()).key() != ask().key()


def test_the_same_ask_has_the_same_key_after_a_round_trip() -> None:
    assert msgspec.json.decode(msgspec.json.encode(ask()), type=Ask).key() == ask().key()


def converse() -> Flow[list[object]]:
    first = yield (ask("a"), ask("b"))
    second = yield (ask("c"),)
    return [answer.value for answer in (*first, *second)]


def test_a_flow_is_driven_with_prepared_answers() -> None:
    assert drive(converse(), [Answer(value=number) for number in (1, 2, 3)]) == [1, 2, 3]


def test_a_flow_that_asks_too_much_is_told_so() -> None:
    with pytest.raises(IndexError, match="the flow asked 1 at once and only 0 answers were left"):
        drive(converse(), [Answer(value=1), Answer(value=2)])


def test_a_flow_that_asks_nothing_is_done_at_once() -> None:
    def silent() -> Flow[str]:
        return "done"
        yield ()

    assert drive(silent(), []) == "done"

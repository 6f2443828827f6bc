"""Databases after a conversation, held against the right actions."""

from typing import Any

import pytest

from synthloop.core.conversation import ToolCall
from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.transcript import Turn
from synthloop.evaluate.database_state import identify_state, replay_actions, same_as_replay

START: JsonValue = {"orders": {"A": "open", "B": "open"}, "log": []}


def apply(state: Any, name: str, arguments: dict[str, JsonValue]) -> None:
    if name == "read":
        return
    if name == "cancel":
        state["log"].append("half done")
        if state["orders"][arguments["order"]] != "open":
            raise ValueError("it is not open")
        state["log"].pop()
        state["orders"][arguments["order"]] = "cancelled"
        return
    raise LookupError(f"there is no tool {name}")


def cancel(order: str) -> ToolCall:
    return ToolCall(name="cancel", arguments={"order": order})


def turns(*calls: ToolCall) -> list[Turn]:
    return [Turn(role="user", text="hi"), Turn(role="app", text="done", tool_calls=calls)]


@pytest.mark.parametrize(
    ("called", "same"),
    [
        ([cancel("A"), cancel("B")], True),
        ([cancel("B"), ToolCall(name="read"), cancel("A")], True),
        ([cancel("A"), cancel("A"), cancel("B")], True),
        ([cancel("A"), ToolCall(name="unknown"), cancel("B")], True),
        ([cancel("A")], False),
        ([], False),
    ],
)
def test_what_counts_is_how_the_database_ends(called: list[ToolCall], *, same: bool) -> None:
    assert same_as_replay(turns(*called), start=START, gold=[cancel("A"), cancel("B")], apply=apply) is same


def test_a_refused_call_leaves_nothing_behind_and_the_start_is_left_alone() -> None:
    assert replay_actions(START, [cancel("A"), cancel("A")], apply, refuse=False) == {"orders": {"A": "cancelled", "B": "open"}, "log": []}
    assert START == {"orders": {"A": "open", "B": "open"}, "log": []}


def test_a_right_action_that_is_refused_is_an_error_that_names_it() -> None:
    with pytest.raises(UsageError, match=r"action 2, cancel\(order='A'\), is refused: ValueError: it is not open"):
        replay_actions(START, [cancel("A"), cancel("A")], apply)


def test_ids_tell_databases_apart() -> None:
    states: tuple[JsonValue, ...] = (START, {}, None, {"log": []}, [])
    assert len({identify_state(state) for state in states}) == len(states)

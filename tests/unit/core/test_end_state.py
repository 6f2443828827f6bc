"""When an end state is reached, and what is said to be missing."""

import pytest

from synthloop.core.conversation import EndState, ToolCall, ToolDemand
from synthloop.core.end_state import fill_slots, find_unmet, matches_state, read_path
from synthloop.core.json_value import JsonValue
from synthloop.core.transcript import Turn

WANTS = {"size": "large", "count": "2"}


def says(text: str = "ok", *, done: bool = False, state: JsonValue = None, calls: tuple[ToolCall, ...] = ()) -> Turn:
    return Turn(role="app", text=text, done=done, state=state, tool_calls=calls)


ORDER = ToolCall(name="order", arguments={"size": "Large", "count": 2, "extra": True})


@pytest.mark.parametrize(
    ("end", "turns", "unmet"),
    [
        (EndState(), [says()], "no end state is given"),
        (EndState(state={"order.size": "{size}"}), [says(state={"order": {"size": " LARGE "}})], ""),
        (EndState(state={"order.size": "{size}"}), [says(state={"order": {}})], 'order.size is missing, not "large"'),
        (EndState(state={"count": "{count}"}), [says(state={"count": 2})], ""),
        (EndState(state={"paid": True}), [says(state={"paid": 1})], ""),
        (EndState(state={"id": "..."}), [says(state={"id": "x7"})], ""),
        (EndState(state={"id": "..."}), [says(state={"id": None})], 'id is missing, not "..."'),
        (EndState(state={"a": 1}), [], "a is missing, not 1"),
        (EndState(state={"a": 1}), [says(state={"a": 1}), says(state={"a": 2})], "a is 2, not 1"),
        (EndState(tools=(ToolDemand(name="order", arguments={"size": "{size}"}),)), [says(calls=(ORDER,)), says()], ""),
        (
            EndState(tools=(ToolDemand(name="order", arguments={"size": "small"}),)),
            [says(calls=(ORDER,))],
            'order was called, but size is "Large", not "small"',
        ),
        (EndState(tools=(ToolDemand(name="pay"),)), [says(calls=(ORDER,))], "pay was not called"),
        (EndState(says=("one {size}",)), [says("So ONE LARGE tea.")], ""),
        (EndState(says=("bye",)), [says("hello"), Turn(role="user", text="bye")], "nothing it said matches 'bye'"),
        (EndState(done=True), [says(done=True), says()], "the app did not end the conversation"),
        (EndState(says=("ok",), done=True), [says(done=True)], ""),
    ],
)
def test_what_is_missing_of_an_end_state_is_said(end: EndState, turns: list[Turn], unmet: str) -> None:
    assert find_unmet(end, WANTS, turns, {}) == unmet


def test_a_check_of_the_project_is_given_the_turns() -> None:
    end = EndState(check="app:ends")
    assert find_unmet(end, {}, [says("bye")], {"app:ends": lambda turns: turns[-1].text == "bye"}) == ""
    assert find_unmet(end, {}, [says("hm")], {"app:ends": lambda turns: turns[-1].text == "bye"}) == "app:ends returned false"


def test_slots_are_filled_anywhere_and_other_braces_stay() -> None:
    assert fill_slots({"a": ["{size}", "{none}", 3]}, WANTS) == {"a": ["large", "{none}", 3]}


def test_values_in_a_pattern_stand_for_themselves() -> None:
    end = EndState(says=("^{what}$",))
    assert find_unmet(end, {"what": "a.b"}, [says("axb")], {}) != ""
    assert find_unmet(end, {"what": "a.b"}, [says("a.b")], {}) == ""


def test_no_wish_matches_no_state() -> None:
    assert not matches_state({}, {"a": 1}, {})
    assert matches_state({"a.0": 1}, {"a": [1]}, {})
    assert read_path({"a": [1]}, "a.5") is None

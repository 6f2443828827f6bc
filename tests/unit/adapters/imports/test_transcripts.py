"""Recorded conversations: every way of writing one, and every kind of damage."""

import json
from pathlib import Path
from typing import Any

import pytest

from synthloop.adapters.imports.transcripts import Recording, read_recordings
from synthloop.core.conversation import ToolCall
from synthloop.core.errors import InvalidRecordError

HI = {"role": "user", "content": "where is my parcel"}
HELLO = {"role": "assistant", "content": "It is on its way."}


def read(folder: Path, *lines: dict[str, Any]) -> list[Recording]:
    path = folder / "runs.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return list(read_recordings(path))


def call(name: str, arguments: object, **fields: object) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **fields}


def test_messages_become_turns_with_the_tools_that_were_called_for_them(tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "You are a shop."},
        HI,
        {"role": "assistant", "content": None, "tool_calls": [call("find", '{"user": 7}', id="a"), call("track", "{}", id="b")]},
        {"role": "tool", "tool_call_id": "b", "content": "late"},
        {"role": "tool", "tool_call_id": "a", "content": '{"order": "A9"}'},
        {"role": "assistant", "content": [{"type": "text", "text": "It is"}, {"type": "text", "text": "late."}]},
        {"role": "user", "content": "cancel it"},
        {"role": "assistant", "content": "", "tool_calls": [{"name": "cancel", "arguments": {"order": "A9"}}]},
        {"role": "tool", "content": "Error: shipped"},
    ]
    (recording,) = read(tmp_path, {"messages": messages, "attributes": {"channel": "web"}})
    turns = recording.transcript.turns
    assert [(turn.role, turn.text) for turn in turns] == [
        ("system", "You are a shop."),
        ("user", "where is my parcel"),
        ("app", "It is\nlate."),
        ("user", "cancel it"),
        ("app", ""),
    ]
    assert turns[2].tool_calls == (
        ToolCall(name="find", arguments={"user": 7}, result={"order": "A9"}),
        ToolCall(name="track", result="late"),
    )
    assert turns[4].tool_calls == (ToolCall(name="cancel", arguments={"order": "A9"}, result="Error: shipped"),)
    assert recording.sample.text == "where is my parcel"
    assert recording.sample.attributes == {"channel": "web"}
    assert (recording.transcript.origin, recording.transcript.end_reason, recording.score) == ("production", "answered", None)


def test_repeats_of_a_scenario_share_its_sample_and_are_counted(tmp_path: Path) -> None:
    lines = [{"id": n, "scenario": "late", "reward": n % 2, "messages": [{**HI, "content": f"parcel {n}"}, HELLO]} for n in range(3)]
    recordings = read(tmp_path, *lines, {"messages": [HI, HELLO]}, {"messages": [HI, HELLO]})
    assert [recording.transcript.replica for recording in recordings] == [0, 1, 2, 0, 0]
    assert len({recording.sample.id for recording in recordings[:3]}) == 1
    assert len({recording.sample.id for recording in recordings}) == 3  # the others begin with the same words and are another's
    assert len({recording.transcript.id for recording in recordings}) == 5
    assert [recording.score and recording.score.passed for recording in recordings] == [False, True, False, None, None]
    assert [recording.transcript.end_reason for recording in recordings[:2]] == ["wrong_end_state", "end_state_reached"]


def test_arguments_that_are_no_object_are_kept_as_text(tmp_path: Path) -> None:
    (recording,) = read(tmp_path, {"messages": [HI, {"role": "assistant", "tool_calls": [call("find", '{"user": 7')]}]})
    assert recording.transcript.turns[-1].tool_calls[0].arguments == {"unreadable": '{"user": 7'}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", ": the file holds no conversations"),
        ('{"messages": []}\n', ":1: no message is the user's"),
        ('{"messages": [{"role": "assistant", "content": "hi"}]}', ":1: no message is the user's"),
        ('\n{"messages": [{"role": "bot", "content": "hi"}]}', ":2: Invalid enum value 'bot' - at `$.messages[0].role`"),
        ('{"messages": [{"role": "user", "content": 7}]}', ":1: Expected"),
        ('{"messages": [], "rewards": 1}', ":1: Object contains unknown field `rewards`"),
        ('{"messages": [], "end_reason": "bored"}', ":1: Invalid enum value 'bored'"),
        ('{"id": 1}', ":1: Object missing required field `messages`"),
        ("[1]", ":1: Expected `object`"),
        ('{"messages": [', ":1: the line is not JSON"),
        ('{"id": 1, "messages": [{"role": "user"}]}\n{"id": "1", "messages": [{"role": "user"}]}', ":2: the conversation '1' is in line 1"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text(content)
    with pytest.raises(InvalidRecordError) as caught:
        list(read_recordings(path))
    assert str(caught.value).startswith(f"{path}{says}")
    assert "Fix:" in str(caught.value)

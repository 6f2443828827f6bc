r"""Recorded conversations from JSON Lines: one conversation a line, its messages in the form of OpenAI's chat API.

    {"id": "42", "scenario": "late-parcel", "reward": 0, "attributes": {"channel": "web"}, "messages": [
      {"role": "user", "content": "where is my parcel"},
      {"role": "assistant", "content": null, "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "find_order", "arguments": "{\"user\": 7}"}}]},
      {"role": "tool", "tool_call_id": "c1", "content": "{\"order\": \"A9\"}"},
      {"role": "assistant", "content": "It is on its way."}]}

Only `messages` must be there; a line is written over several here only to be read. Calls of tools may be written flat as well, as
`{"name": ..., "arguments": {...}}`, and results without `tool_call_id` belong to the calls in order. Fields of messages that are not known
are left out.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Literal

import msgspec

from synthloop.adapters.imports.lines import read_lines
from synthloop.core.conversation import ToolCall
from synthloop.core.errors import InvalidRecordError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage, content_id
from synthloop.core.sample import Message, Role, Sample, make_sample
from synthloop.core.score import Score
from synthloop.core.transcript import EndReason, Transcript, TranscriptOrigin, Turn

MAX_CONVERSATION_CHARACTERS = 20_000_000
"""A longer line is no conversation; long ones with all results of tools have a hundredth of that."""

REWARD = "reward"
"""Scorer of the scores that recorded rewards become."""

UNREADABLE_ARGUMENTS = "unreadable"
"""Name under which the arguments of a call are kept as text where they are no JSON object: models write such ones."""

_ROLES: dict[str, Role] = {"user": "user", "assistant": "app", "system": "system", "developer": "system"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded conversation."""

    sample: Sample
    """What its user came with. Recordings of one scenario share the sample of the first of them."""
    transcript: Transcript
    reward: float | None
    """How well it went, 1 being well; None where nobody said."""

    @property
    def score(self) -> Score | None:
        """The reward as a score, passed from 1 on; None where there is none."""
        if self.reward is None:
            return None
        return Score(transcript_id=self.transcript.id, scorer=REWARD, value=self.reward, passed=self.reward >= 1)


class _Function(msgspec.Struct):
    name: str
    arguments: str | dict[str, JsonValue] | None = None


class _Call(msgspec.Struct):
    id: str = ""
    function: _Function | None = None
    name: str = ""
    arguments: str | dict[str, JsonValue] | None = None


class _Message(msgspec.Struct):
    role: Literal["user", "assistant", "system", "developer", "tool"]
    content: str | list[dict[str, JsonValue]] | None = None
    tool_calls: list[_Call] | None = None
    tool_call_id: str = ""


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    messages: list[_Message]
    id: str | int = ""
    scenario: str | int = ""
    behavior: str = "recorded"
    reward: float | None = None
    end_reason: EndReason | None = None
    attributes: dict[str, str] = {}
    extra: dict[str, JsonValue] = {}


def read_recordings(
    path: Path, *, app: str = "recorded", app_version: str = "recorded", origin: TranscriptOrigin = "production"
) -> Iterator[Recording]:
    """Yield the recorded conversations of a JSON Lines file, one at a time.

    Besides `messages`, a line may have: `id`; `scenario`, which repeats of one situation share, so that statistics count them once;
    `behavior`; `reward`, 1 where it went well; `end_reason`, as transcripts have it; `attributes`, texts to slice by; `extra`, anything.
    Without `end_reason` a reward of 1 or more says `end_state_reached`, a lower one `wrong_end_state`, and no reward `answered`.

    Args:
        path: The file, in UTF-8 or with a byte order mark.
        app: Name of the app that was recorded.
        app_version: Its version, where it is known.
        origin: Where the conversations are from.

    Raises:
        InvalidRecordError: The file is missing, empty, or has a line that can't be read; names file, line and field.
    """
    seen = _Seen()
    with closing(read_lines(path, encoding=None, most=MAX_CONVERSATION_CHARACTERS, what="conversation")) as lines:
        for number, text in enumerate(lines, start=1):
            if text.strip():
                where = f"{path}:{number}"
                line = _parse(text, where)
                turns = _make_turns(line.messages)
                name = seen.name(line, turns, number, where)
                scenario = str(line.scenario) or name
                sample = seen.samples.get(scenario) or _make_sample(line, scenario, turns, where)
                replica = seen.count(sample)
                transcript = Transcript(
                    id=content_id("recording", app, app_version, name),
                    sample_id=sample.id,
                    app=app,
                    app_version=app_version,
                    replica=replica,
                    turns=turns,
                    output=next((turn.text for turn in reversed(turns) if turn.role == "app" and turn.text), None),
                    end_reason=line.end_reason or _guess_end(line.reward),
                    origin=origin,
                )
                yield Recording(sample=sample, transcript=transcript, reward=line.reward)
    if not seen.lines:
        raise InvalidRecordError(f"{path}: the file holds no conversations. Fix: write one conversation a line, as a JSON object.")


@dataclass(slots=True)
class _Seen:
    """What earlier lines of a file said."""

    samples: dict[str, Sample] = field(default_factory=dict[str, Sample])
    """Scenario -> sample."""
    counts: Counter[str] = field(default_factory=Counter[str])
    """Scenario -> conversations."""
    lines: dict[str, int] = field(default_factory=dict[str, int])
    """Id -> line."""

    def name(self, line: "_Line", turns: tuple[Turn, ...], number: int, where: str) -> str:
        """Return a conversation's id; one without has its content and place."""
        name = str(line.id) or content_id("recording", turns, number)
        first = self.lines.setdefault(name, number)
        if first != number:
            raise InvalidRecordError(f"{where}: the conversation {name!r} is in line {first} already. Fix: give each an id of its own.")
        return name

    def count(self, sample: Sample) -> int:
        """Return how many conversations of a scenario came before."""
        self.samples[sample.scenario_id] = sample
        self.counts[sample.scenario_id] += 1
        return self.counts[sample.scenario_id] - 1


def _make_turns(messages: Sequence[_Message]) -> tuple[Turn, ...]:
    """Return messages in the chat form as turns.

    A call of a tool stands with its result at the message of the app that follows it, or at an empty one where the user's comes first.
    """
    results = _find_results(messages)
    turns: list[Turn] = []
    calls: list[ToolCall] = []
    for message in messages:
        if message.role == "tool":
            continue
        if message.role != "assistant":
            turns += [Turn(role="app", text="", tool_calls=tuple(calls))] if calls else []
            calls = []
            turns.append(Turn(role=_ROLES[message.role], text=_join(message.content)))
            continue
        calls += [_read_call(call, results.get(id(call))) for call in message.tool_calls or ()]
        if text := _join(message.content):
            turns.append(Turn(role="app", text=text, tool_calls=tuple(calls)))
            calls = []
    turns += [Turn(role="app", text="", tool_calls=tuple(calls))] if calls else []
    return tuple(turns)


def _parse(text: str, where: str) -> _Line:
    try:
        return msgspec.json.decode(text, type=_Line)
    except msgspec.ValidationError as error:
        raise InvalidRecordError(
            f"{where}: {error}. Fix: write an object with `messages`, a list of `role` and `content`; fields of your own go into `extra`."
        ) from error
    except msgspec.DecodeError as error:
        raise InvalidRecordError(f"{where}: the line is not JSON ({error}). Fix: write one conversation a line.") from error


def _make_sample(line: _Line, scenario: str, turns: Sequence[Turn], where: str) -> Sample:
    before = list(takewhile(lambda turn: turn.role != "user", turns))
    if len(before) == len(turns):
        raise InvalidRecordError(f"{where}: no message is the user's. Fix: `role` must be `user` where the user speaks.")
    opening = [turn for turn in before if turn.role == "app" and turn.text]
    said = tuple(Message(role=turn.role, text=turn.text) for turn in (*opening, turns[len(before)]))
    sample = make_sample(
        behavior_id=line.behavior,
        scenario_id=scenario,
        messages=said,
        attributes=line.attributes,
        lineage=Lineage(origin="production"),
        extra=line.extra,
    )
    # many users begin with the same words, and what they came for is not in them
    return msgspec.structs.replace(sample, id=content_id("recorded", line.behavior, scenario))


def _guess_end(reward: float | None) -> EndReason:
    if reward is None:
        return "answered"
    return "end_state_reached" if reward >= 1 else "wrong_end_state"


def _find_results(messages: Sequence[_Message]) -> dict[int, JsonValue]:
    """Return `id()` of a call -> its result: by the call's id where results name it, else in order."""
    waiting: list[_Call] = []
    results: dict[int, JsonValue] = {}
    for message in messages:
        waiting += message.tool_calls or () if message.role == "assistant" else ()
        if message.role == "tool" and waiting:
            named = (place for place, call in enumerate(waiting) if message.tool_call_id and call.id == message.tool_call_id)
            results[id(waiting.pop(next(named, 0)))] = _read_json(_join(message.content))
    return results


def _read_call(call: _Call, result: JsonValue) -> ToolCall:
    said = call.function or call
    arguments = _read_json(said.arguments) if isinstance(said.arguments, str) else said.arguments or {}
    known: dict[str, JsonValue] = arguments if isinstance(arguments, dict) else {UNREADABLE_ARGUMENTS: arguments}
    return ToolCall(name=said.name, arguments=known, result=result)


def _read_json(text: str) -> JsonValue:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _join(content: str | list[dict[str, JsonValue]] | None) -> str:
    if content is None or isinstance(content, str):
        return (content or "").strip()
    return "\n".join(str(part.get("text") or f"[{part.get('type', 'part')}]") for part in content).strip()


__all__ = ["MAX_CONVERSATION_CHARACTERS", "REWARD", "UNREADABLE_ARGUMENTS", "Recording", "read_recordings"]

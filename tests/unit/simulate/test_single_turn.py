import pytest

from synthloop.core.ask import Answer, Failure, FailureReason, drive
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.transcript import EndReason, Turn
from synthloop.core.usage import Usage
from synthloop.simulate.single_turn import ask_app


def a_sample() -> Sample:
    said = (Message(role="user", text="hello"), Message(role="app", text="Yes?"), Message(role="user", text="book it"))
    return make_sample(behavior_id="b", scenario_id="s", messages=said, lineage=Lineage(origin="authored"))


def test_one_ask_a_repeat_all_at_once_with_the_whole_conversation() -> None:
    sample = a_sample()
    asks = next(ask_app(sample, app="router", app_version="7", repeats=3))
    assert [ask.replica for ask in asks] == [0, 1, 2]
    assert {(ask.to, ask.version, ask.request.messages) for ask in asks} == {("router", "7", sample.messages)}
    assert len({ask.key() for ask in asks}) == 3


@pytest.mark.parametrize(("value", "text"), [("schedule", "schedule"), ({"b": 1, "a": None}, '{"a":null,"b":1}'), (3, "3")])
def test_an_answer_becomes_the_last_turn(value: JsonValue, text: str) -> None:
    answer = Answer(value=value, usage=Usage(latency_s=0.25, cost_usd=0.01))
    (transcript,) = drive(ask_app(a_sample(), app="router", app_version="7", repeats=1), [answer])
    assert transcript.turns[-1] == Turn(role="app", text=text)
    assert len(transcript.turns) == 4
    assert (transcript.output, transcript.end_reason, transcript.failure) == (value, "answered", None)
    assert (transcript.latency_s, transcript.cost_usd) == (0.25, 0.01)


@pytest.mark.parametrize(
    ("reason", "end_reason"),
    [
        ("timeout", "app_timeout"),
        ("unreachable", "app_error"),
        ("error", "app_error"),
        ("invalid_answer", "invalid_answer"),
        ("refused", "app_error"),
        ("budget", "budget"),
    ],
)
def test_a_failure_becomes_a_transcript(reason: FailureReason, end_reason: EndReason) -> None:
    failure = Failure(reason=reason, message="no")
    (transcript,) = drive(ask_app(a_sample(), app="router", app_version="7", repeats=1), [Answer(failure=failure)])
    assert (transcript.end_reason, transcript.failure, transcript.output) == (end_reason, failure, None)
    assert len(transcript.turns) == 3


def test_a_reused_answer_gives_an_equal_transcript_and_ids_tell_repeats_and_versions_apart() -> None:
    sample = a_sample()
    fresh, reused = Answer(value="x", usage=Usage(latency_s=0.1)), Answer(value="x", usage=Usage(latency_s=0.1), reused=True)
    first, second = (drive(ask_app(sample, app="r", app_version="1", repeats=2), [answer] * 2) for answer in (fresh, reused))
    assert first == second
    other = drive(ask_app(sample, app="r", app_version="2", repeats=1), [fresh])
    assert len({transcript.id for transcript in (*first, *other)}) == 3


def test_repeats_can_begin_beyond_what_was_asked_before() -> None:
    sample = a_sample()
    (before,), (again,) = (next(ask_app(sample, app="r", app_version="1", first_replica=first)) for first in (0, 1))
    assert (before.replica, again.replica) == (0, 1)
    assert before.key() != again.key()

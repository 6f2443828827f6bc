"""What conversations show of how they go."""

from collections.abc import Callable, Sequence
from typing import get_args

import pytest

from synthloop.core.conversation import ToolCall
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript, Turn
from synthloop.evaluate.conversation_measures import MeasureName, measure_conversation, measure_one, measure_repetition
from synthloop.evaluate.scorers import SCORERS


def talk(*said: str, calls: Sequence[ToolCall] = ()) -> Transcript:
    """User and app in turns, the user first; the tools are called for the app's first message."""
    turns = [Turn(role="app" if at % 2 else "user", text=text, tool_calls=tuple(calls) if at == 1 else ()) for at, text in enumerate(said)]
    return Transcript(id="t", sample_id="s", app="a", app_version="1", turns=tuple(turns), end_reason="answered")


def call(result: JsonValue = None, **arguments: JsonValue) -> ToolCall:
    return ToolCall(name="find", arguments=arguments, result=result)


def test_every_measure_has_a_value_even_of_an_empty_conversation() -> None:
    assert measure_conversation(talk()) == dict.fromkeys(get_args(MeasureName), 0.0)


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("turns", ("hi", "hello", "book it", "done"), 2.0),
        ("user_words", ("book a room", "when?", "now", "ok"), 2.0),
        ("corrections", ("book a room", "when?", "actually a desk", "ok", "no, the large one", "ok", "thanks", "bye"), 0.5),
        ("corrections", ("no, that is wrong", "ok"), 0.0),
        ("apologies", ("book", "Sorry, I am afraid not.", "now", "ok"), 0.5),
        ("refusals", ("book", "I can't do that", "please", "I'm unable to"), 1.0),
        ("unanswered", ("how much is it?", "Which plan?", "the small one, how much is it?", "9 dollars."), 0.5),
        ("unanswered", ("book it", "done"), 0.0),
        ("handed_over", ("this is wrong", "I am transferring you to a human agent."), 1.0),
        ("handed_over", ("can your team help", "Please transfer the money yourself."), 0.0),
        ("abrupt_end", ("a table for two", "Which day?"), 1.0),
        ("abrupt_end", ("book it", "Done.", "great, that's all, bye", "Bye!"), 0.0),
    ],
)
def test_a_measure_tells_what_it_is_named_for(name: MeasureName, said: tuple[str, ...], value: float) -> None:
    assert measure_one(talk(*said), name) == pytest.approx(value)


def test_sentiment_is_followed_along_the_conversation() -> None:
    worse = measure_conversation(talk("great, thanks, I love it", "ok", "hm", "ok", "this is terrible, I hate it", "ok"))
    assert worse["sentiment_slope"] < -1
    assert worse["sentiment_low"] < worse["sentiment"] < 0.5
    better = measure_conversation(talk("this is terrible, I hate it", "ok", "hm", "ok", "great, thanks, I love it", "ok"))
    assert better["sentiment_slope"] == pytest.approx(-worse["sentiment_slope"])


def test_tools_that_failed_and_calls_made_before_are_counted() -> None:
    calls = [
        call("Error: no such user", user=1),
        call({"order": 7}, user=2),
        call({"error": "late"}, user=2),
        call("fine, no error", user=3),
    ]
    found = measure_conversation(talk("where is it", "late", calls=calls))
    assert (found["tool_calls"], found["tool_errors"], found["repeated_calls"]) == (4.0, 0.5, 0.25)


def test_repetition_is_of_runs_of_words_whatever_their_case() -> None:
    assert measure_repetition(["Please tell me your order number.", "please tell me your order number"]) == 0.5
    assert measure_repetition(["yes", "Yes!", "no"]) == pytest.approx(1 / 3)
    assert measure_repetition(["where do you sell", "what do you sell"]) == 0.25
    assert measure_repetition(["", ""]) == 0.0


def test_the_scorer_passes_what_is_within_limits_and_says_what_it_measured(a_sample: Callable[[], Sample]) -> None:
    transcript = talk("hi", "hello", "hello?", "hello", "hello?", "hello")
    scored = SCORERS.build("conversation", {"measure": "app_repetition", "at_most": 0.5}).score(a_sample(), transcript)
    assert (scored.passed, scored.value) == (False, pytest.approx(2 / 3))
    assert scored.note == "0.666667 app repetition is over 0.5 app repetition"
    assert SCORERS.build("conversation", {"measure": "turns"}).score(a_sample(), transcript).passed is None

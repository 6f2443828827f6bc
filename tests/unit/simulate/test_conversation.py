"""What becomes of conversations with apps of all kinds."""

from collections.abc import Sequence

import msgspec
import pytest
from tests.unit.simulate.talking import Bot, a_behavior, departure, hold, slots_of, talks, texts_of, waiter, with_plan

from synthloop.core.ask import Answer, Ask, Failure, TurnRequest, drive
from synthloop.core.conversation import EndState
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Sample
from synthloop.core.transcript import EndReason, Turn
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import LONGEST_MESSAGE, AppRef, Stage, converse


def a_talk(**goal: object) -> Sample:
    """A cooperative user, unless `goal` says otherwise."""
    sample = with_plan(talks(a_behavior())[0])
    assert sample.goal is not None
    return msgspec.structs.replace(sample, goal=msgspec.structs.replace(sample.goal, **{"noise": 0.0, "quick_replies": 0.0, **goal}))


def test_a_cooperative_user_reaches_the_end_state() -> None:
    transcript = hold(a_talk(), waiter)
    assert (transcript.end_reason, transcript.note) == ("end_state_reached", "")
    assert transcript.output == {**slots_of(a_talk()), "asks": None}
    assert transcript.turns[-1].done


def test_the_same_sample_and_app_make_the_same_conversation() -> None:
    sample = talks(a_behavior(), 20)[-1]
    assert hold(sample, waiter) == hold(sample, waiter)


def never_ends(text: str, _: JsonValue) -> JsonValue:
    return {"messages": [f"You said {text!r}. Tell me more."]}


def echoes(text: str, _: JsonValue) -> JsonValue:
    return text


def says_an_empty_text(_: str, __: JsonValue) -> JsonValue:
    return ""


def ends_at_once(_: str, __: JsonValue) -> JsonValue:
    return {"messages": ["Bye."], "done": True}


def says_nothing(_: str, __: JsonValue) -> JsonValue:
    return {"messages": []}


def repeats_itself(_: str, __: JsonValue) -> JsonValue:
    return {"messages": ["Which drink?"], "state": {"asks": "drink"}}


@pytest.mark.parametrize(
    ("bot", "ends"),
    [
        (never_ends, {"user_gave_up", "turn_limit"}),
        (ends_at_once, {"wrong_end_state"}),
        (says_nothing, {"app_silent"}),
        (repeats_itself, {"loop", "user_gave_up"}),
        (echoes, {"user_gave_up", "turn_limit", "loop"}),
        (says_an_empty_text, {"app_silent"}),
    ],
)
def test_conversations_end_whatever_the_app_does(bot: Bot, ends: set[EndReason]) -> None:
    transcript = hold(a_talk(patience=50, turns=8), bot)
    assert transcript.end_reason in ends
    assert len(texts_of(transcript)) <= 8


def test_ten_messages_at_once_are_ten_turns_and_what_came_with_them_stands_with_the_last() -> None:
    def chatty(text: str, state: JsonValue) -> JsonValue:
        reply = waiter(text, state)
        said = reply["messages"]
        assert isinstance(said, list)
        return {**reply, "messages": [*(f"({number})" for number in range(9)), *said]}

    transcript = hold(a_talk(), chatty)
    assert transcript.end_reason == "end_state_reached"
    first = transcript.turns[1:11]
    assert [turn.role for turn in first] == ["app"] * 10
    assert first[-1].state is not None
    assert all(turn.state is None for turn in first[:-1])


def test_a_message_of_a_megabyte_is_cut_where_it_is_kept() -> None:
    transcript = hold(a_talk(turns=2), lambda _, __: "x" * 1_000_000)
    assert len(transcript.turns[1].text) < LONGEST_MESSAGE + 100
    assert "980,000 more characters" in transcript.turns[1].text


def test_an_app_that_raises_in_its_third_turn_ends_the_conversation_with_what_it_raised() -> None:
    failed = Answer(failure=Failure(reason="error", message="app: raised KeyError"))
    answers = [Answer(value=waiter("", None)), Answer(value=waiter("", None)), failed]
    flow = converse(a_talk(), Stage(app=AppRef(name="app", version="1"), user=AgendaUser(behaviors=[a_behavior()])))
    transcript = drive(flow, answers)
    assert (transcript.end_reason, transcript.note) == ("app_error", "app: raised KeyError")
    assert len(texts_of(transcript)) == 3


def test_what_must_never_happen_ends_the_conversation_at_once() -> None:
    never = (EndState(says=("coming",)),)
    transcript = hold(a_talk(never=never), waiter)
    assert transcript.end_reason == "policy_broken"
    assert "coming" in transcript.note


@pytest.mark.parametrize(("answer", "reason"), [(True, "end_state_reached"), (False, "wrong_end_state")])
def test_a_check_of_the_project_decides_about_the_end(answer: bool, reason: EndReason) -> None:
    def ends_in_coming(turns: Sequence[Turn]) -> bool:
        return answer and turns[-1].text == "Coming."

    transcript = hold(a_talk(end=EndState(check="app:ends")), waiter, checks={"app:ends": ends_in_coming})
    assert transcript.end_reason == reason


def test_a_check_that_raises_costs_one_conversation_and_says_so() -> None:
    def raises(_: Sequence[Turn]) -> bool:
        raise ZeroDivisionError("no turns")

    transcript = hold(a_talk(end=EndState(check="app:ends")), waiter, checks={"app:ends": raises})
    assert transcript.end_reason == "end_check_failed"
    assert "ZeroDivisionError: no turns" in transcript.note


def test_a_user_who_leaves_by_plan_is_not_the_apps_failure() -> None:
    transcript = hold(with_plan(a_talk(), departure("gives_up")), repeats_itself)
    assert transcript.end_reason == "user_left"


def test_an_app_that_keeps_sessions_is_told_the_session_and_one_that_does_not_gets_its_state_back() -> None:
    def first_two(*, kept: bool) -> tuple[TurnRequest, TurnRequest]:
        stage = Stage(app=AppRef(name="app", version="1", keeps_sessions=kept), user=AgendaUser(behaviors=[a_behavior()]))
        flow = converse(a_talk(), stage, start={"table": 7})
        (first,) = next(flow)
        (then,) = flow.send((Answer(value=repeats_itself("", None)),))
        return request_of(first), request_of(then)

    first, then = first_two(kept=True)
    assert first.session == then.session != ""
    assert (first.turn, then.turn) == (0, 1)
    assert (first.state, then.state) == ({"table": 7}, None)
    first, then = first_two(kept=False)
    assert (first.session, then.session) == ("", "")
    assert (first.state, then.state) == ({"table": 7}, {"asks": "drink"})


def request_of(ask: Ask) -> TurnRequest:
    assert isinstance(ask.request, TurnRequest)
    return ask.request


def test_a_lost_session_begins_again_under_another_name() -> None:
    stage = Stage(app=AppRef(name="app", version="1", keeps_sessions=True), user=AgendaUser(behaviors=[a_behavior()]))
    flow = converse(a_talk(), stage)
    (first,) = next(flow)
    (again,) = flow.send((Answer(failure=Failure(reason="session_lost", message="gone")),))
    before, after = request_of(first), request_of(again)
    assert before.session != after.session
    assert (after.turn, after.messages) == (0, before.messages)


def test_the_words_of_a_script_are_said_and_then_the_user_goes_on() -> None:
    transcript = hold(a_talk(script=("gimme", "large please")), waiter)
    assert list(texts_of(transcript)[:2]) == ["gimme", "large please"]
    assert transcript.end_reason in ("end_state_reached", "wrong_end_state")
    alone = hold(a_talk(script=("gimme",), scripted_only=True), waiter)
    assert list(texts_of(alone)) == ["gimme"]

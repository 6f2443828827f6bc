"""How simulated users go about their goal."""

import pytest
from tests.unit.simulate.talking import VALUES, a_behavior, answer_all, departure, hold, slots_of, talks, texts_of, waiter, with_plan

from synthloop.core.conversation import AppReply, Manner, Talk
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Sample
from synthloop.core.transcript import Turn
from synthloop.generate.conversations import MANNERS, MannerShare, UserSettings
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import AppRef, Stage, converse
from synthloop.simulate.understanding import understand


def a_talk() -> Sample:
    settings = UserSettings(manners={}, noise=0.0, quick_replies=(0.0,), patience=(9,))
    return next(sample for sample in talks(a_behavior(), 8, settings=settings) if slots_of(sample)["drink"] == "tea")


@pytest.mark.parametrize("manner", [manner for manner in MANNERS if manner not in ("changes_mind", "tells_more", "gives_up")])
def test_a_planned_manner_shows_once_and_the_goal_is_still_reached(manner: Manner) -> None:
    transcript = hold(with_plan(a_talk(), departure(manner)), waiter)
    assert sum(manner in turn.manners for turn in transcript.turns) == 1
    assert transcript.end_reason in ("end_state_reached", "wrong_end_state")


def test_a_change_of_mind_names_the_new_value_and_is_what_the_end_is_held_against() -> None:
    sample = with_plan(a_talk(), departure("changes_mind", slot="drink", value="coffee"))
    transcript = hold(sample, waiter)
    (change,) = [turn for turn in transcript.turns if "changes_mind" in turn.manners]
    assert "coffee" in change.text
    assert change.slots == {"drink": "coffee"}
    assert transcript.end_reason == "end_state_reached"
    assert isinstance(transcript.output, dict)
    assert transcript.output["drink"] == "coffee"


def test_who_told_something_wrong_puts_it_right_in_the_next_turn() -> None:
    def asks_everything(text: str, state: JsonValue) -> JsonValue:
        reply = waiter(text, state)
        known = reply["state"]
        assert isinstance(known, dict)
        return {**reply, "done": False, "state": {**known, "asks": "size"}}

    transcript = hold(with_plan(a_talk(), departure("corrects_itself")), asks_everything)
    users = [turn for turn in transcript.turns if turn.role == "user"]
    place = next(at for at, turn in enumerate(users) if "corrects_itself" in turn.manners)
    wanted = slots_of(a_talk())["size"]
    assert users[place].slots["size"] != wanted
    assert (users[place + 1].act, users[place + 1].slots) == ("correct", {"size": wanted})


def test_more_than_was_asked_is_told_in_one_message() -> None:
    def greets_first(text: str, state: JsonValue) -> JsonValue:
        return {"messages": ["Which drink?"], "state": {"asks": "drink", "n": len(text)}} if not state else waiter(text, {})

    sample = with_plan(a_talk(), departure("tells_more"))
    opened = [turn for turn in hold(sample, greets_first).turns if "tells_more" in turn.manners]
    assert [set(turn.slots) for turn in opened] == [{"drink", "size"}]


def test_patience_wears_out_where_the_app_does_not_understand_and_the_user_says_it_in_other_words() -> None:
    texts: list[str] = []

    def lost(text: str, _: JsonValue) -> JsonValue:
        texts.append(text)
        return {"messages": [f"Sorry, I didn't get that ({len(texts)}). Which drink?"], "state": {"asks": "drink"}}

    transcript = hold(a_talk(), lost)
    assert transcript.end_reason == "user_gave_up"
    assert texts[-2] == "tea"
    assert len({text for text in texts if "tea" in text}) > 1
    assert all("lost" in turn.understood for turn in transcript.turns if turn.role == "user" and turn.understood)


def test_a_wrong_summary_is_denied_and_put_right() -> None:
    def mishears(text: str, state: JsonValue) -> JsonValue:
        if not state:
            return {"messages": ["Which size?"], "state": {"asks": "size"}}
        return {"messages": ["So coffee. Is that right?"], "quick_replies": ["Yes", "No"], "state": {"asks": "confirm", "heard": text}}

    transcript = hold(a_talk(), mishears)
    denied = [turn for turn in transcript.turns if turn.act == "deny"]
    assert denied
    assert "tea" in denied[0].text


@pytest.mark.parametrize(("share", "typed"), [(0.0, True), (1.0, False)])
def test_quick_replies_are_taken_as_often_as_the_user_does(share: float, typed: bool) -> None:
    settings = UserSettings(manners={}, noise=0.0, quick_replies=(share,), patience=(9,))
    answered: list[Turn] = []
    for sample in talks(a_behavior(), 8, settings=settings):
        answered += [turn for turn in hold(sample, waiter).turns if turn.act == "inform"]
    assert answered
    assert all(("quick_reply" in turn.manners) != typed for turn in answered)


def test_manners_show_about_as_often_as_they_were_asked_for() -> None:
    settings = UserSettings(manners={"wanders": MannerShare(users=0.5, turns=0.3)}, noise=0.0, turns=12, patience=(20,))
    users = [turn for sample in talks(a_behavior(), 400, settings=settings) for turn in hold(sample, waiter).turns if turn.role == "user"]
    shown = sum("wanders" in turn.manners for turn in users) / len(users)
    assert 0.08 < shown < 0.22
    having = [sample.attributes["user_wanders"] for sample in talks(a_behavior(), 400, settings=settings)]
    assert 160 < having.count("yes") < 240


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (AppReply(messages=("Which size do you want?",)), "unclear question"),
        (AppReply(messages=("Pick one",), quick_replies=("Small", "Large!")), "asks size"),
        (AppReply(messages=("Sorry, I did not understand that.",), quick_replies=("tea", "coffee")), "lost, asks drink"),
        (AppReply(messages=("Is that correct?",)), "confirms"),
        (AppReply(messages=("Thanks.",), quick_replies=("Yes", "No")), "confirms"),
        (AppReply(messages=("Thank you.",)), "statement"),
        (AppReply(messages=("How did you hear of us?",)), "asks-other"),
        (AppReply(messages=(" ",)), "silent"),
    ],
)
def test_what_the_app_says_is_taken_for_what_it_is(reply: AppReply, name: str) -> None:
    talk = Talk(slots=("size",), answers=(("hear of us", "from a friend"),))
    assert understand(reply, talk, VALUES).name == name


def test_nothing_is_told_of_a_slot_that_the_user_does_not_know() -> None:
    def asks_age(_: str, __: JsonValue) -> JsonValue:
        return {"messages": ["How old are you?"], "state": {"asks": "age"}}

    behavior = a_behavior()
    assert behavior.talk is not None
    assert "age" not in {slot for turn in hold(a_talk(), asks_age).turns for slot in turn.slots}
    assert len(texts_of(hold(a_talk(), asks_age))) > 1


def test_acts_are_said_in_the_words_that_are_given_for_them() -> None:
    def confirms_first(text: str, state: JsonValue) -> JsonValue:
        reply = waiter(text, {})
        asked = isinstance(state, dict) and state.get("asked")
        return reply if asked else {"messages": ["Shall we begin?"], "state": {"asked": True}}

    change = departure("changes_mind", turn=2, slot="drink", value="coffee")
    acts = {"affirm": ("aye {o7}",), "change drink": ("make that {told}, mate",), "change size": ("never {told}",)}
    user = AgendaUser(behaviors=[a_behavior()], seed=1, acts=acts)
    stage = Stage(app=AppRef(name="app", version="1"), user=user)
    said = texts_of(answer_all(converse(with_plan(a_talk(), change), stage), confirms_first))
    assert said[1:3] == ["aye {o7}", "make that coffee, mate"]
    assert user.spec != AgendaUser(behaviors=[a_behavior()], seed=1).spec

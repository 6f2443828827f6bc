"""Users whose words a model writes: what the model is told, and what is not let through."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import msgspec
import pytest
from tests.unit.simulate.talking import a_behavior, answer_one, departure, slots_of, talks, waiter, with_plan

from synthloop.core.ask import Answer, Ask, Failure
from synthloop.core.model import ModelRef, ModelRequest
from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript
from synthloop.generate.conversations import UserSettings
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import AppRef, Stage, converse
from synthloop.simulate.model_user import Mode, ModelUser
from synthloop.simulate.user_faults import find_user_fault

Speak = Callable[[str], dict[str, str]]
"""What a model is asked -> what it answers."""


@dataclass(slots=True)
class Talked:
    transcript: Transcript | None = None
    prompts: list[str] = field(default_factory=list[str])


def a_talk(wanted: str = "tea") -> Sample:
    settings = UserSettings(manners={}, noise=0.0, quick_replies=(0.0,))
    return with_plan(next(sample for sample in talks(a_behavior(), 8, settings=settings) if slots_of(sample)["drink"] == wanted))


def talk_with(speak: Speak, sample: Sample, mode: Mode = "words") -> Talked:
    user = ModelUser(agenda=AgendaUser(behaviors=[a_behavior()], seed=1), model=ModelRef(name="m", version="1"), mode=mode)
    talked = Talked()

    def answer(ask: Ask) -> Answer:
        if not isinstance(ask.request, ModelRequest):
            return Answer(value=answer_one(ask, waiter))
        talked.prompts.append("\n".join(message.text for message in ask.request.messages))
        return Answer(value={"text": json.dumps(speak(talked.prompts[-1]))})

    flow = converse(sample, Stage(app=AppRef(name="app", version="1"), user=user))
    asks = next(flow)
    try:
        while True:
            asks = flow.send(tuple(answer(ask) for ask in asks))
    except StopIteration as stop:
        talked.transcript = cast("Transcript", stop.value)
    return talked


def echo_draft(prompt: str) -> dict[str, str]:
    draft = prompt.split("(say it your own way): ")[1].split("\n", maxsplit=1)[0]
    return {"message": f"erm {draft} pls"}


def test_the_agenda_decides_and_the_model_says_it() -> None:
    talked = talk_with(echo_draft, a_talk())
    assert talked.transcript is not None
    assert talked.transcript.end_reason == "end_state_reached"
    users = [turn for turn in talked.transcript.turns if turn.role == "user"]
    assert all(turn.text.startswith("erm ") for turn in users)
    assert users[-1].act == "inform"


def test_the_model_is_told_neither_the_apps_state_nor_the_end_nor_what_is_not_said_now() -> None:
    talked = talk_with(echo_draft, a_talk())
    assert talked.prompts
    assert not any('"asks"' in prompt or '"drink"' in prompt for prompt in talked.prompts)
    wanted = slots_of(a_talk())["size"]
    first = talked.prompts[0]
    assert wanted not in first.split("# user")[-1].split("The conversation so far")[-1]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("How can I help you today?", "out-of-character"),
        ("", "said-nothing"),
        ("coffee it is", "contradicted-goal"),
        ("name nothing that is not below you write nothing but the json", "leaked-instructions"),
    ],
)
def test_what_no_person_would_say_is_asked_for_again_and_then_the_simulators_fault(said: str, kind: str) -> None:
    talked = talk_with(lambda _: {"message": said}, a_talk())
    assert talked.transcript is not None
    assert talked.transcript.end_reason == "simulator_fault"
    assert [fault.kind for fault in talked.transcript.faults] == [kind]
    assert "Nobody would write that" in talked.prompts[1]
    mended = talk_with(lambda prompt: echo_draft(prompt) if "Nobody would" in prompt else {"message": said}, a_talk())
    assert mended.transcript is not None
    assert mended.transcript.faults == ()


def test_a_value_that_the_user_wants_later_or_changes_from_is_no_contradiction() -> None:
    sample = with_plan(a_talk(), departure("changes_mind", slot="drink", value="coffee"))
    talked = talk_with(echo_draft, sample)
    assert talked.transcript is not None
    assert talked.transcript.faults == ()


def test_a_free_user_decides_itself_and_may_leave_annoyed_or_too_early() -> None:
    sample = a_talk()
    wants = slots_of(sample)

    def orders(_: str) -> dict[str, str]:
        return {"message": f"{wants['size']} {wants['drink']} please"}

    reached = talk_with(orders, sample, "free")
    assert reached.transcript is not None
    assert reached.transcript.end_reason == "end_state_reached"
    annoyed = talk_with(lambda _: {"message": "bye then", "leaves": "annoyed"}, sample, "free")
    assert annoyed.transcript is not None
    assert annoyed.transcript.end_reason == "user_gave_up"
    early = talk_with(lambda _: {"message": "thanks, all done", "leaves": "finished"}, sample, "free")
    assert early.transcript is not None
    assert [fault.kind for fault in early.transcript.faults] == ["stopped-early"]


def test_a_model_that_does_not_answer_costs_one_conversation() -> None:
    user = ModelUser(agenda=AgendaUser(behaviors=[a_behavior()]), model=ModelRef(name="m", version="1"))
    flow = converse(a_talk(), Stage(app=AppRef(name="app", version="1"), user=user))
    next(flow)
    with pytest.raises(StopIteration) as stop:
        flow.send((Answer(failure=Failure(reason="timeout", message="m: too slow")),))
    transcript = msgspec.convert(stop.value.value, Transcript, from_attributes=True)
    assert (transcript.end_reason, transcript.faults[0].kind) == ("simulator_fault", "no-answer")


def test_words_of_the_conversation_may_be_repeated_however_long() -> None:
    text = "which size of cup do you want for the tea"
    assert find_user_fault(text, instructions=text, spoken=[text], wrong={}) is None
    found = find_user_fault(text, instructions=text, spoken=[], wrong={})
    assert found is not None
    assert found.kind == "leaked-instructions"

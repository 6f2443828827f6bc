"""A small conversational app and a behavior for it, in this process."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import cast

import msgspec

from synthloop.core.ask import Answer, Ask, Flow, TurnRequest
from synthloop.core.behavior import Behavior, Choice, Parameter, Template
from synthloop.core.conversation import Departure, EndState, Manner, Question, Talk
from synthloop.core.end_state import Check
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Sample, with_goal
from synthloop.core.transcript import Transcript
from synthloop.generate.conversations import UserSettings, make_conversations
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import AppRef, Stage, converse

Reply = dict[str, JsonValue]
Bot = Callable[[str, JsonValue], JsonValue]
"""A text and the state before it -> a reply with the state after it."""

VALUES = {"size": ("small", "large"), "drink": ("tea", "coffee")}


def a_behavior(**changes: object) -> Behavior:
    talk = Talk(
        slots=("drink", "size"),
        end=EndState(state={"drink": "{drink}", "size": "{size}"}, done=True),
        questions=tuple(Question(slot=slot, state={"asks": slot}) for slot in VALUES),
        phrases={"drink": ("i want {drink}",)},
    )
    return Behavior(
        id="order",
        says="Somebody orders a drink.",
        templates=(Template(text="hello, one {drink}"),),
        parameters=tuple(Parameter(name=name, choices=tuple(Choice(value=value) for value in values)) for name, values in VALUES.items()),
        talk=cast("Talk", changes.get("talk", talk)),
    )


def waiter(text: str, state: JsonValue) -> Reply:
    """Ask for the drink, then the size; understand both anywhere, and changes too."""
    known = dict(cast("dict[str, JsonValue]", state or {}))
    for slot, values in VALUES.items():
        said = [value for value in values if value in text.lower()]
        known.update({slot: said[-1]} if said else {})
    missing = next((slot for slot in VALUES if slot not in known), "")
    if missing:
        asking: JsonValue = {**known, "asks": missing}
        return {"messages": [f"Which {missing}?"], "quick_replies": list(VALUES[missing]), "state": asking}
    return {"messages": ["Coming."], "state": {**known, "asks": None}, "done": True}


def talks(behavior: Behavior, count: int = 1, *, settings: UserSettings | None = None, seed: int = 1) -> list[Sample]:
    assert behavior.talk is not None
    made = make_conversations(behavior, behavior.talk, settings=settings or UserSettings(), strength=2, levels=3, seed=seed)
    return list(islice(made, count))


def slots_of(sample: Sample) -> dict[str, str]:
    assert sample.goal is not None
    return sample.goal.slots


def with_plan(sample: Sample, *plan: Departure) -> Sample:
    assert sample.goal is not None
    return with_goal(sample, msgspec.structs.replace(sample.goal, plan=plan))


def departure(manner: Manner, turn: int = 1, slot: str = "", value: str = "") -> Departure:
    return Departure(manner=manner, turn=turn, slot=slot, value=value)


def hold(sample: Sample, bot: Bot, behavior: Behavior | None = None, *, checks: dict[str, Check] | None = None) -> Transcript:
    """Have one conversation."""
    user = AgendaUser(behaviors=[behavior or a_behavior()], seed=1)
    flow = converse(sample, Stage(app=AppRef(name="app", version="1"), user=user, checks=checks or {}))
    return answer_all(flow, bot)


def answer_all(flow: Flow[Transcript], bot: Bot) -> Transcript:
    """Answer a conversation's asks by a bot."""
    try:
        asks = next(flow)
        while True:
            asks = flow.send(tuple(Answer(value=answer_one(ask, bot)) for ask in asks))
    except StopIteration as stop:
        return cast("Transcript", stop.value)


def answer_one(ask: Ask, bot: Bot) -> JsonValue:
    request = ask.request
    assert isinstance(request, TurnRequest)
    return bot(request.messages[-1].text if request.messages else "", request.state)


def texts_of(transcript: Transcript, role: str = "user") -> Sequence[str]:
    return [turn.text for turn in transcript.turns if turn.role == role]

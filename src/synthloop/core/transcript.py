"""Conversations between a user and the app, recorded."""

from typing import Literal

from synthloop.core.ask import Failure
from synthloop.core.conversation import ToolCall
from synthloop.core.json_value import JsonValue
from synthloop.core.record import Record
from synthloop.core.sample import Role

TranscriptOrigin = Literal["simulated", "replayed", "production"]
EndReason = Literal[
    "answered",
    "end_state_reached",
    "wrong_end_state",
    "user_gave_up",
    "user_left",
    "turn_limit",
    "loop",
    "app_silent",
    "policy_broken",
    "app_error",
    "app_timeout",
    "invalid_answer",
    "simulator_fault",
    "end_check_failed",
    "budget",
]
"""One question was answered. Of conversations: the user's goal was reached; the app ended it with something else; the user ran out of
patience; the user had to leave, whatever the app did; it took too many turns; the app went round in circles; it said nothing; it did what
it must never do; it raised; it was too slow; it said what can't be read; the simulated user behaved as no user would; the project's own
check of the end state raised; the budget is spent."""

SimulatorFaultKind = Literal["out-of-character", "leaked-instructions", "contradicted-goal", "stopped-early", "said-nothing", "no-answer"]
"""It spoke as an app or a model; it gave away its instructions; it told a value that is not its own; it left while all went well; it said
nothing at all; the model that words it did not answer."""


class Turn(Record):
    """One message as it was said, with what happened behind it."""

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    quick_replies: tuple[str, ...] = ()
    """Answers that the app offered with its message."""
    state: JsonValue = None
    """Of the app's messages: the app's state afterwards, as far as it shows it."""
    done: bool = False
    """Of the app's messages: whether the app ended the conversation with it."""
    act: str = ""
    """Of a simulated user's messages: what it meant to do, e.g. `inform`, `change`, `ask-back`."""
    manners: tuple[str, ...] = ()
    """Of a simulated user's messages: the manners that it showed, sorted."""
    slots: dict[str, str] = {}
    """Of a simulated user's messages: the slots that it told, with the value it told."""
    understood: str = ""
    """Of a simulated user's messages: what it took the app's last message for, e.g. `asks channel`, `lost`, `unclear`."""


class SimulatorFault(Record):
    """Something that a simulated user did and no person would: the conversation then says nothing about the app."""

    kind: SimulatorFaultKind
    turn: int
    """Place of the message among the transcript's turns, from 0."""
    note: str = ""


class Transcript(Record):
    """One whole conversation with one version of the app."""

    id: str
    """Hash of sample, app, version and replica."""
    sample_id: str
    app: str
    """Name of the app variant."""
    app_version: str
    replica: int = 0
    """Counts repeats of the same sample, from 0."""
    turns: tuple[Turn, ...]
    output: JsonValue = None
    """The app's last answer as data; None where there is none."""
    end_reason: EndReason
    failure: Failure | None = None
    """Set where the app did not answer."""
    latency_s: float = 0.0
    """Wall time of the app's answers together, in seconds."""
    cost_usd: float | None = None
    origin: TranscriptOrigin = "simulated"
    faults: tuple[SimulatorFault, ...] = ()
    """What the simulated user did wrong."""
    note: str = ""
    """Why it ended as it did, for a person: which demand of the end state was not met, what was broken."""


__all__ = ["EndReason", "SimulatorFault", "SimulatorFaultKind", "Transcript", "TranscriptOrigin", "Turn"]

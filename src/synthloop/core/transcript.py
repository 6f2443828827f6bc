"""Conversations between a user and the app, recorded."""

from typing import Literal

from synthloop.core.ask import Failure
from synthloop.core.json_value import JsonValue
from synthloop.core.record import Record
from synthloop.core.sample import Role

TranscriptOrigin = Literal["simulated", "replayed", "production"]
EndReason = Literal["answered", "app_error", "app_timeout", "invalid_answer", "budget"]


class ToolCall(Record):
    """A tool that the app called."""

    name: str
    arguments: dict[str, JsonValue] = {}
    result: JsonValue = None


class Turn(Record):
    """One message as it was said, with what happened behind it."""

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()


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


__all__ = ["EndReason", "ToolCall", "Transcript", "TranscriptOrigin", "Turn"]

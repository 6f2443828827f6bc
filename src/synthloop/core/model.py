"""What a language model is asked, what it says, and what is wrong with what it said."""

from dataclasses import dataclass
from typing import Literal

from synthloop.core.json_value import JsonValue
from synthloop.core.record import Record
from synthloop.core.sample import Message

Finish = Literal["stop", "length", "filtered", "other"]
"""It ended by itself; it was cut at a limit of tokens; the provider withheld it; anything else."""

FaultKind = Literal[
    "no-answer",
    "empty",
    "refusal",
    "gibberish",
    "cut-off",
    "invalid-json",
    "schema-mismatch",
    "copied",
    "repeated",
    "surplus",
    "too-long",
    "unfit",
]
"""Nobody answered; nothing was said; it would not; it makes no sense; it ends in the middle; it can't be read; it is not what was asked; it
repeats what it was shown; it says the same twice; it is more than was asked for; it is too long for a message; it is no sample of the kind
that was asked for."""


class Tool(Record):
    """A function that a model may ask to have called."""

    name: str
    description: str = ""
    parameters: dict[str, JsonValue] = {}
    """JSON Schema of its arguments, an object."""


class CallWish(Record):
    """A call of a tool, as a model asks for it."""

    id: str = ""
    """What the endpoint calls it."""
    name: str
    arguments: str = "{}"
    """JSON, to the letter."""


class ToolRound(Record):
    """What was called in a conversation between two messages, and what came of it."""

    after: int
    """How many of the request's messages come before it."""
    text: str = ""
    """What the model said with it."""
    calls: tuple[CallWish, ...]
    results: tuple[str, ...]
    """One for each call, in order, as JSON."""


class ModelRequest(Record, tag="model"):
    """What a language model is asked: all that reaches the other side, apart from what the model's version stands for."""

    messages: tuple[Message, ...]
    """A system message may come first; the last message is the user's."""
    schema: dict[str, JsonValue] | None = None
    """JSON Schema that the answer must satisfy; None: free text. How it is said on the wire is up to the model's adapter."""
    parameters: dict[str, JsonValue] = {}
    """`temperature`, `max_tokens`, ...: they stand in for those of the model's own settings."""
    tools: tuple[Tool, ...] = ()
    """What it may have called instead of answering; not together with a schema."""
    rounds: tuple[ToolRound, ...] = ()
    """What was called so far, in order."""


class ModelReply(Record):
    """What a model said, to the letter: it is kept before anything reads it."""

    text: str
    finish: Finish = "stop"
    refusal: str = ""
    """What the provider marked as a refusal, apart from the text."""
    served_by: str = ""
    """What the endpoint says the model is called; empty where it does not say."""
    tool_calls: tuple[CallWish, ...] = ()
    """Tools that it wants called before it goes on; only where it was given some."""


class Fault(Record):
    """A model's answer that could not be used. It costs one sample or one score, never the run."""

    kind: FaultKind
    message: str
    """What is wrong with it, for a person; without secrets."""
    raw: str = ""
    """What was said, whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRef:
    """Which model a stage asks: what stands for it in asks and lineage."""

    name: str
    """Its name in the project."""
    version: str
    """What its answers depend on besides the request: endpoint, model and settings. Changes whenever one of them does."""


__all__ = ["CallWish", "Fault", "FaultKind", "Finish", "ModelRef", "ModelReply", "ModelRequest", "Tool", "ToolRound"]

"""What a writer (a way to have a model write samples) is given, and what it brings back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthloop.core.behavior import Behavior, Persona
from synthloop.core.document import Document
from synthloop.core.json_value import JsonValue
from synthloop.core.model import Fault, ModelRef
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.core.sample import Sample
from synthloop.core.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One piece of work for a writer: all that it may draw on. A writer has no other source, of chance neither."""

    number: int
    """Counts the briefs of a behavior in one run, from 0; with the seed it addresses every random choice."""
    seed: int
    behavior: Behavior
    others: tuple[Behavior, ...] = ()
    """The project's other behaviors: what the samples must not be about."""
    model: ModelRef
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])
    """By name: the shipped ones, and in their place those that the user changed."""
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Of the model, e.g. `temperature`: they stand in for those of its own settings."""
    count: int = 1
    """Samples wanted, at least 1."""
    persona: Persona | None = None
    material: tuple[Sample, ...] = ()
    """Samples to start from: authored ones, or accepted ones to vary."""
    style: tuple[str, ...] = ()
    """Real messages, scrubbed: how people write here. Never to be copied."""
    avoid: tuple[str, ...] = ()
    """What there is too much of already, one short phrase each, e.g. `openings such as "I would like to"`."""
    wanted: Mapping[str, str] = field(default_factory=dict[str, str])
    """Attribute -> value that is missing so far."""
    documents: tuple[Document, ...] = ()
    """What questions are asked about."""
    locale: str = ""
    """Language or variety to write in, e.g. `en-IN`; empty: that of the authored samples."""
    repairs: int = 2
    """How often an answer that is not what was asked may be asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of one brief."""

    brief: Brief
    samples: tuple[Sample, ...] = ()
    faults: tuple[Fault, ...] = ()
    """What was paid for and could not be used; both may be there."""
    usage: Usage = field(default_factory=lambda: Usage(attempts=0))
    """Of all its calls together."""


class WritingFault(Record):
    """A model's answer that became no sample, with what it was asked for."""

    behavior_id: str
    number: int
    """Of the brief, within its behavior."""
    writer: str
    model: str
    fault: Fault


__all__ = ["Brief", "WritingFault", "Written"]

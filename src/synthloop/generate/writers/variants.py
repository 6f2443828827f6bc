"""Variants of a sample that keep its label: said otherwise, made harder, about other people and things."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec, chance
from synthloop.core.record import Record
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.briefing import Messages, Text, ask_for_shape, ask_for_texts, pick_parent
from synthloop.prompting.shapes import shape_of

Direction = Literal["harder", "more-specific", "more-ambiguous", "several-requests"]
DIRECTIONS: dict[Direction, str] = {
    "harder": "harder to understand: indirect, with a side remark, or with what matters only hinted at",
    "more-specific": "more specific: with one or two further details of the kind that people add",
    "more-ambiguous": "less clear: leave out a detail that one would need, as people do; it must still be this and nothing else",
    "several-requests": "two requests of this very kind in one message",
}
"""Direction -> what it means, as prompts say it. None of them changes what the message is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraphrase:
    """Says a sample in other words; its label and what is protected in it stay."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "paraphrase", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether there is anything to say otherwise."""
        return bool(behavior.authored)

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for paraphrases of one sample."""
        parent = pick_parent(brief)
        return ask_for_texts(brief, self.spec, "paraphrase", values=describe_parent(parent), read=lambda said: _vary(said, parent, {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evolve:
    """Makes a sample harder, more specific, more ambiguous, or asks twice in one message; its label stays.

    After the in-depth evolving of instructions (Xu et al., "WizardLM", 2023); here what is asked for
    never changes, since the label must not.
    """

    directions: tuple[Direction, ...] = tuple(DIRECTIONS)
    """Where to; one a brief, in turn. Leave out `several-requests` where one message is to have one request."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "evolve", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether there is anything to begin with."""
        return bool(behavior.authored)

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for samples evolved in one direction."""
        parent = pick_parent(brief)
        start = chance(brief.seed, "generate.writers.direction", brief.behavior.id).randrange(len(self.directions))
        direction = self.directions[(start + brief.number) % len(self.directions)]
        values = {**describe_parent(parent), "direction": DIRECTIONS[direction]}
        return ask_for_texts(brief, self.spec, "evolve", values=values, read=lambda said: _vary(said, parent, {"evolved": direction}))


class _Swapped(Record):
    text: str
    values: tuple[str, ...]
    """The new names, numbers, places and dates, as they stand in the text."""


class _SwappedMessages(Record):
    messages: tuple[_Swapped, ...]


_SWAPPED = shape_of(_SwappedMessages)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySwap:
    """Exchanges the names, numbers, places and dates of a sample for others of the same kind; the new ones are protected."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "entity_swap", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether there is anything to begin with."""
        return bool(behavior.authored)

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for one sample about other people and things."""
        parent = pick_parent(brief)

        def read(said: _SwappedMessages) -> list[Text]:
            return [
                Text(text=each.text, parent=parent, protected=tuple(value for value in each.values if value and value in each.text))
                for each in said.messages
            ]

        return ask_for_shape(brief, self.spec, "entity_swap", values=describe_parent(parent), shape=_SWAPPED, read=read)


def describe_parent(parent: Sample | None) -> dict[str, str]:
    """Return what fills a prompt about a sample to vary."""
    kept = ", ".join(f'"{value}"' for value in parent.protected) if parent is not None else ""
    return {"parent": parent.text if parent is not None else "(none: write a message of this kind)", "protected": kept or "(nothing)"}


def _vary(said: Messages, parent: Sample | None, attributes: dict[str, str]) -> list[Text]:
    return [Text(text=text, parent=parent, attributes=attributes) for text in said.messages]


__all__ = ["DIRECTIONS", "Direction", "EntitySwap", "Evolve", "Paraphrase", "describe_parent"]

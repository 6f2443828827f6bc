"""Variants of a sample that keep its label: said otherwise, made harder, made two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec, chance
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.briefing import Messages, ask_for_texts, describe_parent, pick_parent
from synthloop.generate.writers.several import ask_for_several
from synthloop.generate.writers.texts import Text

Direction = Literal["harder", "more-specific", "more-ambiguous", "several-requests"]
DIRECTIONS: dict[Direction, str] = {
    "harder": "harder to understand: indirect, with a side remark, or with what matters only hinted at",
    "more-specific": "more specific: with one or two further details of the kind that people add",
    "more-ambiguous": "less clear: leave out a detail that one would need, as people do; it must still be this and nothing else",
    "several-requests": "two requests in one message, as people do who save themselves a second one",
}
"""Direction -> what it means, as prompts say it."""


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

    Two requests in one message keep the label where both are of the same behavior. Where they are not, the message is expected to get the
    labels of both, if the project's labels are lists; where they are single labels, there is no right one, and the message is not used.
    After the in-depth evolving of instructions (Xu et al., "WizardLM", 2023); here what is asked for never changes, since the label must
    not.
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
        if direction == "several-requests":
            return ask_for_several(brief, self.spec, parent, values)
        return ask_for_texts(brief, self.spec, "evolve", values=values, read=lambda said: _vary(said, parent, {"evolved": direction}))


def _vary(said: Messages, parent: Sample | None, attributes: dict[str, str]) -> list[Text]:
    return [Text(text=text, parent=parent, attributes=attributes) for text in said.messages]


__all__ = ["DIRECTIONS", "Direction", "Evolve", "Paraphrase"]

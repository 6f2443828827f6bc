"""Compares two answers, in both orders: what wins only by standing first has not won."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from synthloop.core.ask import Flow
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec
from synthloop.core.model import Fault, ModelRef
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import Shape, shape_of

PROMPT = "compare"

Winner = Literal["first", "second", "tie"]


class _Choice(Record):
    reason: str
    better: Literal["A", "B", "tie"]


_CHOICE: Shape[_Choice] = shape_of(_Choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Which of two answers is better."""

    winner: Winner | None
    """None where no order was answered."""
    swapped: bool | None
    """Whether the order decided: the winner changed when the answers changed places. None where an order was not answered."""
    reason: str = ""
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairwise:
    """Asks a model which of two answers is better, once in each order; where the orders disagree it is a tie."""

    model: ModelRef
    criteria: tuple[str, ...] = ()
    """What counts, one sentence each; empty: what helps the person most."""
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])
    repairs: int = 2

    @property
    def prompt(self) -> Prompt:
        """What the model is asked."""
        return self.prompts.get(PROMPT) or load_prompt(PROMPT)

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        parameters: dict[str, JsonValue] = {"criteria": list(self.criteria), "model": self.model.version, "prompt": self.prompt.digest}
        return Spec(kind="judges", name="pairwise", parameters=parameters)

    def compare(self, messages: tuple[Message, ...], first: str, second: str) -> Flow[Preference]:
        """Ask in both orders, and return what both together say.

        Args:
            messages: The conversation that both answer.
            first: One answer.
            second: The other.
        """
        there = yield from ask_structured(self._ask(messages, first, second), _CHOICE)
        back = yield from ask_structured(self._ask(messages, second, first), _CHOICE)
        faults = tuple(fault for fault in (there.fault, back.fault) if fault is not None)
        if there.value is None or back.value is None:
            return Preference(winner=None, swapped=None, faults=faults)
        winners: dict[str, Winner] = {"A": "first", "B": "second", "tie": "tie"}
        turned: dict[str, Winner] = {"A": "second", "B": "first", "tie": "tie"}
        one, other = winners[there.value.better], turned[back.value.better]
        return Preference(winner=one if one == other else "tie", swapped=one != other, reason=there.value.reason)

    def _ask(self, messages: tuple[Message, ...], a: str, b: str) -> Question:
        values = {
            "conversation": "\n".join(f"{message.role}: {message.text}" for message in messages),
            "criteria": "\n".join(f"- {criterion}" for criterion in self.criteria) or "- it helps the person most",
            "a": a,
            "b": b,
        }
        return Question(model=self.model, messages=self.prompt.fill(values), repairs=self.repairs)


__all__ = ["PROMPT", "Pairwise", "Preference", "Winner"]

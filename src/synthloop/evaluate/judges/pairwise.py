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
from synthloop.evaluate.judges.shown import fence, show_conversation
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import Shape, shape_of
from synthloop.prompting.together import ask_together

PROMPT = "compare"

Winner = Literal["first", "second", "tie"]


class _Choice(Record):
    reason: str
    better: Literal["A", "B", "tie"]


_CHOICE: Shape[_Choice] = shape_of(_Choice)
_PLACES = {"A": 1, "B": -1, "tie": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Which of two answers is better."""

    winner: Winner | None
    """None where no order was answered."""
    swapped: bool | None
    """Whether the order decided: the winner changed when the answers changed places. None where an order was not answered."""
    picks: tuple[int, ...] = ()
    """One entry an order: 1 where the answer that was shown first was picked, -1 where the second was, 0 for a tie."""
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
    replica: int = 0
    """Counts repeats of the same comparison, from 0."""

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
        orders = ((first, second), (second, first))
        there, back = yield from ask_together([ask_structured(self._ask(messages, *order), _CHOICE) for order in orders])
        faults = tuple(fault for fault in (there.fault, back.fault) if fault is not None)
        if there.value is None or back.value is None:
            return Preference(winner=None, swapped=None, faults=faults)
        winners: dict[str, Winner] = {"A": "first", "B": "second", "tie": "tie"}
        turned: dict[str, Winner] = {"A": "second", "B": "first", "tie": "tie"}
        one, other = winners[there.value.better], turned[back.value.better]
        picks = (_PLACES[there.value.better], _PLACES[back.value.better])
        return Preference(winner=one if one == other else "tie", swapped=one != other, picks=picks, reason=there.value.reason)

    def _ask(self, messages: tuple[Message, ...], a: str, b: str) -> Question:
        values = {
            "conversation": show_conversation(messages),
            "criteria": "\n".join(f"- {criterion}" for criterion in self.criteria) or "- it helps the person most",
            "a": fence(a),
            "b": fence(b),
        }
        return Question(model=self.model, messages=self.prompt.fill(values), replica=self.replica, repairs=self.repairs)


__all__ = ["PROMPT", "Pairwise", "Preference", "Winner"]

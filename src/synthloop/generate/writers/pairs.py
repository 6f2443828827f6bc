"""Instructions with answers, and answers with a worse twin: what training sets are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec
from synthloop.core.record import Record
from synthloop.core.registry import spec_of
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.briefing import ask_for_shape
from synthloop.generate.writers.texts import Text
from synthloop.prompting.shapes import shape_of


class _Pair(Record):
    instruction: str
    answer: str


class _Pairs(Record):
    pairs: tuple[_Pair, ...]


class _Preference(Record):
    instruction: str
    chosen: str
    rejected: str
    flaw: str


class _Preferences(Record):
    pairs: tuple[_Preference, ...]


_PAIRS, _PREFERENCES = shape_of(_Pairs), shape_of(_Preferences)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionPair:
    """Requests with a good answer by the behavior's criteria; the answer is what is expected. Export them as `chat`."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "instruction_pair", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether answers are open: a behavior that expects a label has its answer already."""
        return behavior.expected is None

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for requests with answers."""
        return ask_for_shape(
            brief,
            self.spec,
            "instruction_pair",
            values={},
            shape=_PAIRS,
            read=lambda said: [Text(text=pair.instruction, expected=pair.answer.strip()) for pair in said.pairs if pair.answer.strip()],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencePair:
    """Requests with a good answer and the same answer made worse in one way; the good one is expected. Export them as `preferences`.

    Both stand in `extra`. The worse one is a revision of the good one, so that they differ in the flaw and not in style or length (as in
    contrastive revision, D'Oosterlinck et al., "Anchored Preference Optimization and Contrastive Revisions", 2024).
    """

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "preference_pair", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether answers are open."""
        return behavior.expected is None

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for requests with two answers each."""

        def read(said: _Preferences) -> list[Text]:
            return [
                Text(
                    text=pair.instruction,
                    expected=pair.chosen.strip(),
                    extra={"chosen": pair.chosen.strip(), "rejected": pair.rejected.strip(), "flaw": pair.flaw.strip()},
                )
                for pair in said.pairs
                if pair.chosen.strip() and pair.rejected.strip() and pair.chosen.strip() != pair.rejected.strip()
            ]

        return ask_for_shape(brief, self.spec, "preference_pair", values={}, shape=_PREFERENCES, read=read)


__all__ = ["InstructionPair", "PreferencePair"]

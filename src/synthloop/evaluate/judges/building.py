"""From judges as a project writes them to judges that can be asked: their models and prompts are found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Protocol, runtime_checkable

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.model import ModelRef
from synthloop.core.ports import Judge
from synthloop.core.prompt import Prompt
from synthloop.core.registry import suggest_name
from synthloop.evaluate.judges.against_expected import AgainstExpected
from synthloop.evaluate.judges.pairwise import Pairwise
from synthloop.evaluate.judges.rubric import Rubric

Repeats = Annotated[int, msgspec.Meta(ge=1, le=25)]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeParts:
    """What a project has for its judges."""

    models: Mapping[str, ModelRef] = field(default_factory=dict[str, ModelRef])
    """By name."""
    usual: str = ""
    """Name of the model to ask where a judge names none; empty: there is no usual one."""
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])
    """By name: the shipped ones, and in their place those that the user changed."""
    behaviors: tuple[Behavior, ...] = ()

    def find_models(self, named: str | tuple[str, ...]) -> tuple[ModelRef, ...]:
        """Return the models that a judge names, or the usual one.

        Raises:
            UsageError: There is none of that name, or none is named where several could be meant.
        """
        names = (named,) if isinstance(named, str) else named
        names = tuple(filter(None, names)) or tuple(filter(None, (self.usual,)))
        if not names:
            known = f"one of {', '.join(self.models)}" if self.models else "a model in synthloop.yaml, e.g. `model: openai:NAME`,"
            raise UsageError(f"it is not said which model judges. Fix: name {known} under `models` of the judge.")
        for name in names:
            if name not in self.models:
                hint = suggest_name(name, self.models) or f" Models: {', '.join(self.models) or 'none'}."
                raise UsageError(f"no model is called {name!r}.{hint}")
        return tuple(self.models[name] for name in names)


@runtime_checkable
class JudgeSettings(Protocol):
    """A judge as it is written in a project file."""

    def build(self, parts: JudgeParts) -> Judge:
        """Return the judge.

        Raises:
            UsageError: It names a model that does not exist, or has nothing to judge by.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricSettings:
    """Asks a model, or a panel, of each criterion whether the answer fulfills it: passed, failed or inconclusive.

    The majority decides; where there is none, the criterion is inconclusive. The answer fails where any criterion failed, else it is
    unscored (`inconclusive`) where any is inconclusive, else it passes. The value is the share of criteria that passed.
    """

    name: str = "rubric"
    models: str | tuple[str, ...] = ()
    """Name of the model that judges, or of several for a panel; left out: the only one, or `model`."""
    criteria: tuple[str, ...] = ()
    """What a good answer fulfills, one sentence each; left out: those of each behavior."""
    repeats: Repeats = 1
    """How often each model is asked."""
    repairs: Annotated[int, msgspec.Meta(ge=0)] = 2
    """How often an answer that can't be read is asked for again."""

    def build(self, parts: JudgeParts) -> Judge:
        """Return the judge.

        Raises:
            UsageError: It names a model that does not exist, or has nothing to judge by.
        """
        if not self.criteria and not any(behavior.criteria for behavior in parts.behaviors):
            raise UsageError(
                "it has nothing to judge by: neither the judge nor any behavior has criteria. Fix: add `criteria: [...]` to the judge, or "
                "to behaviors."
            )
        return Rubric(
            name=self.name,
            models=parts.find_models(self.models),
            criteria=self.criteria,
            repeats=self.repeats,
            behaviors={behavior.id: behavior for behavior in parts.behaviors},
            prompts=parts.prompts,
            repairs=self.repairs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseSettings:
    """Asks which is better, the app's answer or the expected one, in both orders; where the orders disagree it is a tie.

    The value is 1 where the app's answer is better, 0.5 for a tie and 0 where the expected one is better. Of a panel what more than half
    say counts, else it is a tie.
    """

    name: str = "pairwise"
    models: str | tuple[str, ...] = ()
    """Name of the model that judges, or of several for a panel; left out: the only one, or `model`."""
    criteria: tuple[str, ...] = ()
    """What makes the better answer, one sentence each; left out: what helps the person most."""
    at_least: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.5
    """Value from which it passes: 0.5 for at least as good as what is expected, 1 for better."""
    expected_at: str = ""
    """Where in the expectation the answer to compare with stands, as a dotted path; empty: the whole expectation."""
    repeats: Repeats = 1
    """How often each model is asked in each order."""
    repairs: Annotated[int, msgspec.Meta(ge=0)] = 2
    """How often an answer that can't be read is asked for again."""

    def build(self, parts: JudgeParts) -> Judge:
        """Return the judge.

        Raises:
            UsageError: It names a model that does not exist.
        """
        asked = [(model, replica) for replica in range(self.repeats) for model in parts.find_models(self.models)]
        panel = tuple(
            Pairwise(model=model, criteria=self.criteria, prompts=parts.prompts, repairs=self.repairs, replica=replica)
            for model, replica in asked
        )
        return AgainstExpected(name=self.name, panel=panel, at_least=self.at_least, expected_at=self.expected_at)


__all__ = ["JudgeParts", "JudgeSettings", "PairwiseSettings", "RubricSettings"]

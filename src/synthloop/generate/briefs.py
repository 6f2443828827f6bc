"""Which writer is given what to write, by which model: plans that depend on nothing but their address and what was learned so far."""

import math
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Annotated, Any, TypeVar

import msgspec

from synthloop.core.behavior import Behavior, Persona
from synthloop.core.document import Document
from synthloop.core.errors import UsageError
from synthloop.core.lineage import chance, content_id
from synthloop.core.model import ModelRef
from synthloop.core.ports import Writer
from synthloop.core.prompt import Prompt
from synthloop.core.sample import Sample
from synthloop.core.writing import Brief
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.settings import Share

T = TypeVar("T")

_STEPS = (0.7548776662466927, 0.5698402909980532)
"""Of the two-dimensional R2 sequence: any run of its points, however short, is spread evenly over writers and models together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterChoice:
    """A writer and how much of the writing it does."""

    writer: Writer
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """A model with its parameters, and how much of the writing it does."""

    model: ModelRef
    weight: float = 1.0
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """E.g. `temperature`: they stand in for those of the model's own settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingSettings:
    """How models write: who, by which models, and when to stop."""

    share: Share = 0.0
    """Share of the ordered samples that models write; the rest is made by rules."""
    writers: tuple[WriterChoice, ...] = ()
    models: tuple[ModelChoice, ...] = ()
    per_call: Annotated[int, msgspec.Meta(ge=1)] = 5
    """Samples asked for in one call."""
    stop_below: Annotated[float, msgspec.Meta(ge=0)] = 0.1
    """Stop where fewer new samples than this are accepted a call, over the last twenty briefs of a behavior."""
    repairs: Annotated[int, msgspec.Meta(ge=0)] = 2
    """How often an answer that is not what was asked may be asked for again."""
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])
    """By name: the shipped ones, and in their place those that the user changed."""
    personas: tuple[Persona, ...] = ()
    """Who speaks, in turn; empty: nobody in particular."""
    style: tuple[str, ...] = ()
    """Real messages, scrubbed, as examples of how people write here."""
    documents: tuple[Document, ...] = ()
    """What questions are asked about."""
    locale: str = ""
    """Language or variety to write in; empty: that of the authored samples."""

    @property
    def digest(self) -> str:
        """Content id of everything that decides what is asked."""
        writers = [(choice.writer.spec, choice.weight) for choice in self.writers]
        models = [(choice.model.version, choice.weight, dict(choice.parameters)) for choice in self.models]
        prompts = sorted((name, prompt.digest) for name, prompt in self.prompts.items())
        plain = (self.share, self.per_call, self.stop_below, self.repairs, self.locale)
        return content_id(
            "writing", writers, models, prompts, plain, self.personas, self.style, *([self.documents] if self.documents else [])
        )


class Steering(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned of a behavior's samples so far, as it is said in the next briefs."""

    avoid: tuple[str, ...] = ()
    """What there is too much of."""
    wanted: tuple[tuple[str, str], ...] = ()
    """(Attribute, value) pairs that are missing; one goes into each brief, in turn."""
    material: tuple[Sample, ...] = ()
    """Accepted samples to vary, besides the authored ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A brief and who writes it."""

    writer: Writer
    brief: Brief


def plan_briefs(
    behavior: Behavior,
    behaviors: Sequence[Behavior],
    settings: WritingSettings,
    *,
    numbers: range,
    steering: Steering,
    seed: int,
) -> tuple[Assignment, ...]:
    """Return one assignment a number.

    Each depends on its number and the steering alone, so the first briefs of a large order are those of its preview.

    Args:
        behavior: What to write for.
        behaviors: All behaviors of the project.
        settings: Writers and models with their weights, style, personas.
        numbers: Of the briefs within the behavior.
        steering: What was learned so far; empty at first.
        seed: The run seed.

    Raises:
        UsageError: No writer suits the behavior, or no model is named.
    """
    others = tuple(other for other in behaviors if other.id != behavior.id)
    fitting = [choice for choice in settings.writers if choice.writer.suits(behavior, others)]
    if not fitting or not settings.models:
        raise UsageError(
            f"behavior {behavior.id!r}: no {'model is named to write' if fitting else 'writer suits it'}. "
            "Fix: see `writing` in synthloop.yaml; `synthloop components writers` lists what each needs."
        )
    start = chance(seed, "generate.briefs.start", behavior.id)
    plan = _Plan(
        behavior=behavior,
        others=others,
        settings=settings,
        writers=fitting,
        authored=make_authored_samples(behavior),
        steering=steering,
        seed=seed,
        starts=(start.random(), start.random()),
    )
    writers = [plan.choose_writer(number) for number in range(numbers.stop)]
    turns = list(accumulate((plan.is_told_who_speaks(writer) for writer in writers), initial=0))
    return tuple(plan.assign(number, writers[number], turns[number]) for number in numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    behavior: Behavior
    others: tuple[Behavior, ...]
    settings: WritingSettings
    writers: Sequence[WriterChoice]
    authored: Sequence[Sample]
    steering: Steering
    seed: int
    starts: tuple[float, float]
    """Where on the circle of writers, and on that of models, the first brief is."""

    def choose_writer(self, number: int) -> Writer:
        return _choose(self.writers, [choice.weight for choice in self.writers], self.starts[0] + number * _STEPS[0]).writer

    def is_told_who_speaks(self, writer: Writer) -> bool:
        """Tell whether a writer's prompt names the persona; of a writer of the user's own that is not known, and taken for granted."""
        prompt = self.settings.prompts.get(writer.spec.name)
        return prompt is None or "persona" in prompt.placeholders

    def assign(self, number: int, writer: Writer, turn: int) -> Assignment:
        """Return a brief's assignment; `turn` counts those before it that are told who speaks, so that no pair of traits is lost."""
        settings, steering = self.settings, self.steering
        rng = chance(self.seed, "generate.briefs", self.behavior.id, number)
        model = _choose(settings.models, [choice.weight for choice in settings.models], self.starts[1] + number * _STEPS[1])
        brief = Brief(
            number=number,
            seed=self.seed,
            behavior=self.behavior,
            others=self.others,
            model=model.model,
            prompts=settings.prompts,
            parameters=model.parameters,
            count=settings.per_call,
            persona=settings.personas[turn % len(settings.personas)] if settings.personas else None,
            material=self._draw_material(rng),
            style=_draw(settings.style, _STYLE, rng),
            avoid=steering.avoid,
            wanted=dict([steering.wanted[number % len(steering.wanted)]]) if steering.wanted else {},
            documents=settings.documents,
            locale=self.behavior.locale or settings.locale,
            repairs=settings.repairs,
        )
        return Assignment(writer=writer, brief=brief)

    def _draw_material(self, rng: Random) -> tuple[Sample, ...]:
        """Return authored samples and accepted ones, half of each where there are enough: what people wrote is always among them."""
        varied = _draw(self.steering.material, _MATERIAL // 2, rng)
        return (*_draw(self.authored, _MATERIAL - len(varied), rng), *varied)


_MATERIAL = 6
_STYLE = 5


def _choose(choices: Sequence[T], weights: Sequence[float], place: float) -> T:
    """Return the choice at a place on the circle that the weights divide."""
    sums = list(accumulate(weights))
    return choices[bisect(sums, math.modf(place)[0] * sums[-1], hi=len(choices) - 1)]


def _draw(items: Sequence[T], most: int, rng: Random) -> tuple[T, ...]:
    return tuple(rng.sample(items, min(most, len(items))))


__all__ = ["Assignment", "ModelChoice", "Steering", "WriterChoice", "WritingSettings", "plan_briefs"]

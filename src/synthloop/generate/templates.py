"""Samples from templates: a covering design first, then weighted fills."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from string import Formatter

from synthloop.core.behavior import Behavior, Template, scenario_of
from synthloop.core.errors import UsageError
from synthloop.core.lineage import Lineage, Spec, chance
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.generate.covering import cover
from synthloop.generate.english import close_gap, fit_article
from synthloop.generate.space import Assignment, ParameterSpace, parameter_space


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyTemplate:
    """A template whose slots were looked up."""

    template: Template
    group_id: str
    """What its fills share a split by."""
    pieces: tuple[tuple[str, str | None], ...]
    """(literal text, the slot after it) pairs; no slot after the last literal where the text ends without one."""
    space: ParameterSpace


def ready_templates(behavior: Behavior, levels: int = 3) -> tuple[ReadyTemplate, ...]:
    """Parse a behavior's templates and look up their parameters.

    Args:
        behavior: Whose templates are meant.
        levels: Values into which a covering design cuts ranges.

    Raises:
        UsageError: A template can't be parsed, has a slot without a parameter, or its parameters are unusable.
    """
    ready: list[ReadyTemplate] = []
    for template in behavior.templates:
        pieces = _parse(template.text, behavior)
        slots = dict.fromkeys(slot for _, slot in pieces if slot is not None)
        space = parameter_space(behavior, slots, levels)
        ready.append(
            ReadyTemplate(template=template, group_id=scenario_of(behavior.id, template.text).id, pieces=pieces, space=space),
        )
    return tuple(ready)


def cover_templates(behavior: Behavior, templates: Sequence[ReadyTemplate], *, strength: int, seed: int) -> Iterator[Sample]:
    """Yield the covering design of every template, interleaved by the templates' weights."""
    designs = [cover(ready.space, strength, chance(seed, "generate.cover", ready.group_id)) for ready in templates]
    turns = [1 / ready.template.weight for ready in templates]
    left = set(range(len(templates)))
    while left:
        index = min(left, key=lambda each: (turns[each], each))
        turns[index] += 1 / templates[index].template.weight
        row = next(designs[index], None)
        if row is None:
            left.discard(index)
        else:
            yield fill_template(behavior, templates[index], row, seed=seed)


def draw_fill(behavior: Behavior, templates: Sequence[ReadyTemplate], rng: Random, *, seed: int) -> Sample:
    """Fill one template, chosen by weight, with values that follow the parameters' distributions.

    Raises:
        UsageError: The constraints leave no allowed values.
    """
    (ready,) = rng.choices(templates, [each.template.weight for each in templates])
    return fill_template(behavior, ready, ready.space.draw(rng), seed=seed)


def fill_template(behavior: Behavior, ready: ReadyTemplate, values: Assignment, *, seed: int) -> Sample:
    """Return the sample that a template gives with certain values; every value is protected.

    `a` and `an` before a slot follow the value; where it is empty, the gap closes up.
    """
    text = write_pieces(ready.pieces, values)
    shown = tuple(dict.fromkeys(values[slot] for _, slot in ready.pieces if slot is not None and values[slot]))
    step = Spec(kind="generators", name="template", parameters={"template": ready.template.text, "values": dict(values)})
    return make_sample(
        behavior_id=behavior.id,
        scenario_id=scenario_of(behavior.id, text).id,
        group_id=ready.group_id,
        messages=(Message(role="user", text=text),),
        expected=behavior.expected,
        attributes={**behavior.attributes, **ready.template.attributes, **values, "source": "template"},
        protected=shown,
        lineage=Lineage(origin="generated", steps=(step,), seed=seed),
    )


def write_pieces(pieces: Sequence[tuple[str, str | None]], values: Assignment) -> str:
    """Return a text with its slots filled.

    Args:
        pieces: (literal text, the slot after it) pairs; see `ReadyTemplate.pieces`.
        values: Slot -> value, which may be empty.

    Example:
        >>> write_pieces([("book a ", "size"), (" room, ", "day"), ("?", None)], {"size": "open", "day": ""})
        'book an open room?'
    """
    text, has_gap = "", False
    for literal, slot in pieces:
        if literal:
            text, has_gap = close_gap(text, literal) if has_gap else text + literal, False
        value = "" if slot is None else values[slot]
        text = fit_article(text, value) + value
        has_gap = slot is not None and not value
    return close_gap(text, "") if has_gap else text


def _parse(text: str, behavior: Behavior) -> tuple[tuple[str, str | None], ...]:
    try:
        pieces = tuple((literal, slot) for literal, slot, _, _ in Formatter().parse(text))
    except ValueError as error:
        raise UsageError(
            f"behavior {behavior.id!r}: the template {text!r} can't be read ({error}). "
            "Fix: write slots as {name}, a brace itself as {{."
        ) from error
    known = {parameter.name for parameter in behavior.parameters}
    for _, slot in pieces:
        if slot is not None and slot not in known:
            raise UsageError(
                f"behavior {behavior.id!r}: the template {text!r} has a slot {{{slot}}} and there is no parameter of that name. "
                f"Fix: add it under `parameters`, or use one of {', '.join(sorted(known)) or 'none: there are no parameters'}."
            )
    return pieces


__all__ = ["ReadyTemplate", "cover_templates", "draw_fill", "fill_template", "ready_templates", "write_pieces"]

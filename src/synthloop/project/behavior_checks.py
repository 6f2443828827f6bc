"""What must fit together within one behavior, and between behaviors."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from string import Formatter

from synthloop.core.behavior import Authored, Behavior, Condition, Parameter
from synthloop.core.errors import Problem
from synthloop.core.lineage import content_id
from synthloop.project.conversations import check_talk
from synthloop.project.parameter_search import find_combination, find_cycle, parents_of, values_of
from synthloop.project.problems import suggest_or_list
from synthloop.project.written import BehaviorWritten
from synthloop.project.yaml_source import FieldPath, Source

RESERVED_ATTRIBUTES = ("behavior", "scorer", "split", "source", "noise", "writer", "model", "locale")
"""Slices use these names for a sample's own fields, and for how it was made: a parameter of that name would lose its values to it."""

_ID = re.compile(r"\w[\w.-]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBehavior:
    """A behavior and where it was written."""

    behavior: Behavior
    source: Source
    dropped: frozenset[str] = frozenset()
    """Keys that are left out of the behavior because something in them is wrong."""


def check_written(written: BehaviorWritten, source: Source) -> Iterator[Problem]:
    """Yield what is wrong with the form of samples and rules, beyond what types say."""
    for position, sample in enumerate(written.authored):
        path = ("authored", position)
        if (sample.text is None) == (sample.messages is None):
            yield source.problem(path, "a sample has either `text` or `messages`.", "Keep one of them.")
        for number, message in enumerate(sample.messages or []):
            if len(message.model_fields_set) != 1:
                where = (*path, "messages", number)
                yield source.problem(where, "a message has exactly one speaker.", "Write `{user: ...}`, `{app: ...}` or `{system: ...}`.")
        if sample.messages and sample.messages[-1].user is None:
            yield source.problem((*path, "messages"), "the last message is not the user's.", "End with `{user: ...}`: the app answers it.")
    for position, rule in enumerate(written.constraints):
        complete = bool(rule.if_) and bool(rule.then)
        if complete == bool(rule.not_) or (rule.not_ and (rule.if_ or rule.then)):
            yield source.problem(("constraints", position), "a rule is incomplete.", "Write `{if: {...}, then: {...}}` or `{not: {...}}`.")


def check_behavior(found: FoundBehavior) -> Iterator[Problem]:
    """Yield what does not fit together within one behavior."""
    behavior, source = found.behavior, found.source
    if not _ID.match(behavior.id):
        what = f"{behavior.id!r} can't name a behavior."
        yield source.problem((), what, "Use letters, digits, '-', '_' and '.', starting with a letter or digit.")
    if not behavior.authored and not behavior.templates and not behavior.talk and not found.dropped:
        yield source.problem((), "there is nothing to generate from.", "Add `authored` samples, or `templates` with `parameters`.")
    yield from _check_names(found)
    yield from _check_authored(found)
    yield from _check_templates(found)
    for parameter in behavior.parameters:
        yield from _check_parameter(found, parameter)
    yield from _check_combinations(found)
    yield from check_talk(behavior, source)


def check_together(found: Sequence[FoundBehavior]) -> Iterator[Problem]:
    """Yield names and authored texts that occur twice."""
    names: dict[str, FoundBehavior] = {}
    written: dict[str, Problem] = {}
    for each in found:
        first = names.setdefault(each.behavior.id.casefold(), each)
        if first is not each:
            what = f"the behavior {each.behavior.id!r} is already defined in {first.source.file}."
            yield each.source.problem((), what, "Rename one of them; names that differ only in case count as equal.")
        for position, sample in enumerate(each.behavior.authored):
            key = authored_key(sample)
            here = each.source.problem(("authored", position), "", "")
            there = written.setdefault(key, here)
            if there is not here:
                where = there.file if there.line is None else f"{there.file}:{there.line}"
                what = f"the sample {_shorten(sample)!r} is already written in {where}."
                yield each.source.problem(("authored", position), what, "Keep one of them: a sample is counted once.")


def authored_key(sample: Authored) -> str:
    """Return what makes an authored sample the same as another one: who says what, white space aside."""
    said = [(role, " ".join(text.split())) for role, text in sample.messages]
    return content_id(said, sample.goal) if sample.goal else content_id(said)


def find_oddities(found: FoundBehavior) -> Iterator[Problem]:
    """Yield what is allowed but probably not meant."""
    behavior, source = found.behavior, found.source
    used = {slot for template in behavior.templates for slot in _slots(template.text) or ()}
    used |= {name for parameter in behavior.parameters for name in parents_of(parameter)}
    used |= set(behavior.talk.slots) if behavior.talk else set()
    for parameter in behavior.parameters:
        if parameter.name not in used:
            what = f"no template uses the parameter {parameter.name!r}."
            yield source.problem(("parameters", parameter.name), what, f"Write {{{parameter.name}}} into a template, or remove it.")
    judged = found.dropped or behavior.criteria or behavior.expected is not None or behavior.talk is not None
    if not judged and any(sample.expected is None for sample in behavior.authored):
        yield source.problem((), "nothing says what the right answer is.", "Add `expected`, or `criteria` for scorers that judge.")


def _check_names(found: FoundBehavior) -> Iterator[Problem]:
    behavior = found.behavior
    named: list[tuple[FieldPath, str]] = [(("attributes", name), name) for name in behavior.attributes]
    named += [(("parameters", parameter.name), parameter.name) for parameter in behavior.parameters]
    named += [(("authored", at, "attributes", name), name) for at, each in enumerate(behavior.authored) for name in each.attributes]
    named += [(("templates", at, "attributes", name), name) for at, each in enumerate(behavior.templates) for name in each.attributes]
    for path, name in named:
        if name in RESERVED_ATTRIBUTES:
            yield found.source.problem(
                path, f"the name {name!r} is taken: samples say there how they were made.", f"Choose another, e.g. '{name}_kind'."
            )


def _check_authored(found: FoundBehavior) -> Iterator[Problem]:
    for position, sample in enumerate(found.behavior.authored):
        for number, part in enumerate(sample.protected):
            if sample.messages and part not in sample.messages[-1][1]:
                path = ("authored", position, "protected", number)
                yield found.source.problem(path, f"{part!r} does not occur in the last message.", "Write it exactly as it stands there.")


def _check_templates(found: FoundBehavior) -> Iterator[Problem]:
    known = [parameter.name for parameter in found.behavior.parameters]
    for position, template in enumerate(found.behavior.templates):
        path = ("templates", position, "text")
        slots = _slots(template.text)
        if slots is None:
            yield found.source.problem(path, "the braces do not match.", "Write slots as {name}, and single braces as {{ and }}.")
        for slot in slots or ():
            if slot not in known:
                what = f"no parameter is called {slot!r}."
                yield found.source.problem(path, what, suggest_or_list(slot, known, "Add it under `parameters`. Known"))


def _check_parameter(found: FoundBehavior, parameter: Parameter) -> Iterator[Problem]:
    path: FieldPath = ("parameters", parameter.name)
    if parameter.type != "choice":
        yield from _check_range(found.source, path, parameter)
    elif len(parameter.choices) != len({choice.value for choice in parameter.choices}):
        yield found.source.problem(path, "a value is listed twice.", "List it once; give it a weight to make it more frequent.")
    for number, conditional in enumerate(parameter.conditionals):
        yield from _check_condition(found, (*path, "cases", number, "if"), conditional.when, own=parameter.name)
    yield from _check_complete(found, path, parameter)


def _check_complete(found: FoundBehavior, path: FieldPath, parameter: Parameter) -> Iterator[Problem]:
    """A dependent parameter without `otherwise` must list every value of the parameter it depends on."""
    parents = parents_of(parameter)
    if parameter.type != "choice" or parameter.choices:
        return
    if len(parents) != 1:
        yield found.source.problem(path, "some cases are left open.", "Add `otherwise` with the values that hold in all other cases.")
        return
    known = {each.name: values_of(each) for each in found.behavior.parameters}.get(parents[0], ())
    covered = {value for conditional in parameter.conditionals for value in conditional.when[parents[0]]}
    missing = [value for value in known if value not in covered]
    if missing or not known:
        names = ", ".join(repr(value) for value in missing) or "other values"
        yield found.source.problem(path, f"it has no values where {parents[0]!r} is {names}.", "List them, or add `otherwise`.")


def _check_condition(found: FoundBehavior, path: FieldPath, condition: Condition, own: str = "") -> Iterator[Problem]:
    """Yield unknown parameters and values of a condition.

    Args:
        found: The behavior.
        path: Where the condition stands, as a mapping; for `given`, the paths of its values are tried as well.
        condition: The condition.
        own: The parameter that it belongs to; empty for constraints.
    """
    parameters = {parameter.name: parameter for parameter in found.behavior.parameters if parameter.name != own}
    for name, values in condition.items():
        if name == own:
            continue
        if name not in parameters:
            what = f"no parameter is called {name!r}."
            where = (*path, name) if not own else ("parameters", own, "given", *path[2:], name)
            yield found.source.problem(where, what, suggest_or_list(name, parameters, "Known"))
            continue
        known = values_of(parameters[name])
        for value in values if parameters[name].type == "choice" else ():
            if value not in known:
                where = (*path, name) if not own else ("parameters", own, *path[2:], name, value)
                yield found.source.problem(where, f"{name!r} has no value {value!r}.", suggest_or_list(value, known, "Its values"))


def _check_range(source: Source, path: FieldPath, parameter: Parameter) -> Iterator[Problem]:
    try:
        low, high = (_bound(parameter.type, end) for end in (parameter.low, parameter.high))
    except (TypeError, ValueError):
        wanted = {"date": "dates (`YYYY-MM-DD`)", "time": "times (`HH:MM`)", "integer": "whole numbers"}.get(parameter.type, "numbers")
        what = f"from {parameter.low!r} to {parameter.high!r} is no range of {wanted}."
        yield source.problem((*path, "from"), what, f"Write both ends as {wanted}.")
        return
    if low > high:  # pyright: ignore[reportOperatorIssue] - both ends went through the same reading, so they have one type
        what = f"the range is empty: {parameter.low} lies above {parameter.high}."
        yield source.problem((*path, "from"), what, "Swap `from` and `to`.")
    if parameter.type != "number" and parameter.step is not None and parameter.step != int(parameter.step):
        yield source.problem((*path, "step"), f"{parameter.step} is no whole number.", "Write a whole number.")
    if parameter.format is not None:
        yield from _check_format(source, path, parameter)


def _bound(kind: str, end: float | str | None) -> float | date | time:
    if kind == "date":
        return date.fromisoformat(str(end))
    if kind == "time":
        return _local(time.fromisoformat(str(end)))
    if not isinstance(end, int | float) or (kind == "integer" and end != int(end)):
        raise TypeError
    return end


def _local(end: time) -> time:
    if end.tzinfo is not None:
        raise ValueError("a time of day has no time zone")
    return end


def _check_format(source: Source, path: FieldPath, parameter: Parameter) -> Iterator[Problem]:
    spec = parameter.format or ""
    where = (*path, "format")
    if parameter.type in ("date", "time"):
        if "%" not in spec:
            yield source.problem(where, f"{spec!r} names no part of a {parameter.type}.", "Write e.g. `%B %d` or `%H:%M` in quotes.")
        return
    try:
        format(1 if parameter.type == "integer" else 1.0, spec)
    except ValueError:
        yield source.problem(where, f"{spec!r} is no format for a number.", "Write e.g. `.2f` or `,`; leave it out for plain digits.")


def _check_combinations(found: FoundBehavior) -> Iterator[Problem]:
    behavior = found.behavior
    cycle = find_cycle(behavior.parameters)
    if cycle:
        what = f"the parameters depend on each other in a circle: {' -> '.join(cycle)}."
        yield found.source.problem(("parameters", cycle[0]), what, "Remove one of these dependencies.")
    broken = list(_check_constraints(found))
    yield from broken
    names = {parameter.name for parameter in behavior.parameters}
    unknown = any(name not in names for parameter in behavior.parameters for name in parents_of(parameter))
    if cycle or broken or unknown:
        return
    for count in range(1, len(behavior.constraints) + 1):
        if find_combination(behavior.parameters, behavior.constraints[:count]) is None:
            what = (
                "this rule, with those before it, excludes every combination of values." if count > 1 else "this rule excludes everything."
            )
            yield found.source.problem(("constraints", count - 1), what, "Loosen one of the rules, or add values.")
            return


def _check_constraints(found: FoundBehavior) -> Iterator[Problem]:
    for position, constraint in enumerate(found.behavior.constraints):
        path = ("constraints", position)
        yield from _check_condition(found, (*path, "if", "not"), constraint.when)
        yield from _check_condition(found, (*path, "then"), constraint.then)


def _slots(template: str) -> tuple[str, ...] | None:
    """Return the names between braces, or None where the braces do not match."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        return None
    return tuple(name + (f"!{how}" if how else "") + (f":{spec}" if spec else "") for _, name, spec, how in parts if name is not None)


def _shorten(sample: Authored) -> str:
    text = sample.messages[-1][1]
    return text if len(text) <= 60 else text[:57] + "..."


__all__ = ["RESERVED_ATTRIBUTES", "FoundBehavior", "authored_key", "check_behavior", "check_together", "check_written", "find_oddities"]

"""All assignments of values to parameters that conditionals and constraints allow: drawing from them, and completing a part of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from random import Random

from synthloop.core.behavior import Behavior, Condition, Constraint, Parameter
from synthloop.core.errors import UsageError
from synthloop.generate.parameters import Values, values_of, weigh

TRIES = 1000
"""Draws of one group of parameters before the search takes over; it answers even where allowed values are rare."""

Assignment = Mapping[str, str]
"""Parameter name -> written value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A parameter made ready for drawing."""

    name: str
    default: Values | None
    """Where no conditional holds; None: then there is no value, and the assignment is not allowed."""
    conditionals: tuple[tuple[Condition, Values], ...]
    needs: tuple[str, ...]
    """Parameters that its conditionals look at, sorted."""
    levels: tuple[str, ...]
    """Every value that a covering design may give it, over all conditionals."""

    def values(self, assigned: Assignment) -> Values | None:
        """Return the distribution under `assigned`: the first conditional that holds wins."""
        for when, values in self.conditionals:
            if holds(when, assigned):
                return values
        return self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSpace:
    """The allowed assignments of a set of parameters."""

    where: str
    """Id of the behavior, for messages."""
    shown: tuple[str, ...]
    """Parameters that a covering design covers and samples report, in the order of their dependencies."""
    variables: Mapping[str, Variable]
    """In the order of their dependencies; besides `shown` those that constraints tie to it."""
    groups: tuple[tuple[str, ...], ...]
    """Names that depend on each other through conditionals or constraints; different groups are independent."""
    rules: Mapping[str, tuple[Constraint, ...]]
    """Name -> constraints that mention it."""
    dependents: Mapping[str, tuple[str, ...]]
    """Name -> parameters whose conditionals look at it."""

    def draw(self, rng: Random) -> dict[str, str]:
        """Draw an assignment with the parameters' own distributions, given that it is allowed.

        Raises:
            UsageError: Nothing is allowed.
        """
        assigned: dict[str, str] = {}
        for group in self.groups:
            assigned.update(self._draw_group(group, rng))
        return {name: assigned[name] for name in self.shown}

    def check(self) -> None:
        """Make sure that something is allowed.

        Raises:
            UsageError: Nothing is.
        """
        for group in self.groups:
            self._find(group, Random(0))

    def complete(self, fixed: Assignment, rng: Random) -> dict[str, str] | None:
        """Return an allowed assignment of levels that contains `fixed`, or None where there is none."""
        assigned = dict(fixed)
        for group in self.groups:
            if not self._search(group, assigned, rng):
                return None
        return {name: assigned[name] for name in self.variables}

    def can_extend(self, fixed: Assignment, name: str) -> bool:
        """Return whether `fixed`, without `name` known to be completable, still is. Names outside the group of `name` don't matter."""
        group = next(group for group in self.groups if name in group)
        if len(group) == 1 and not self.rules[name]:
            return True
        return self._search(group, {other: fixed[other] for other in group if other in fixed}, Random(0))

    def allows(self, assigned: Assignment) -> bool:
        """Return whether values (of some or all parameters) break no constraint and no conditional that can be judged by them."""
        return all(self._fits(name, assigned) for name in assigned)

    def _draw_group(self, group: Sequence[str], rng: Random) -> dict[str, str]:
        for _ in range(TRIES):
            assigned = self._draw_freely(group, rng)
            if assigned is not None and not any(self._is_broken(name, assigned) for name in group):
                return assigned
        return self._find(group, rng)

    def _find(self, group: Sequence[str], rng: Random) -> dict[str, str]:
        found: dict[str, str] = {}
        if not self._search(group, found, rng):
            raise UsageError(
                f"behavior {self.where!r}: the constraints leave no allowed values for {', '.join(group)}. "
                "Fix: drop or loosen one of the constraints that mention them."
            )
        return found

    def _draw_freely(self, group: Sequence[str], rng: Random) -> dict[str, str] | None:
        assigned: dict[str, str] = {}
        for name in group:
            values = self.variables[name].values(assigned)
            if values is None:
                return None
            assigned[name] = values.draw(rng)
        return assigned

    def _search(self, group: Sequence[str], assigned: dict[str, str], rng: Random) -> bool:
        """Complete `assigned` in place by backtracking with forward checking, the parameter with the fewest values left first."""
        if not all(self._fits(name, assigned) for name in group if name in assigned):
            return False
        return self._extend([name for name in group if name not in assigned], assigned, rng)

    def _extend(self, open_names: list[str], assigned: dict[str, str], rng: Random) -> bool:
        if not open_names:
            return True
        options = {name: self._options(name, assigned) for name in open_names}
        name = min(open_names, key=lambda each: len(options[each]))
        rest = [other for other in open_names if other != name]
        for value in rng.sample(options[name], len(options[name])):
            assigned[name] = value
            if self._extend(rest, assigned, rng):
                return True
            del assigned[name]
        return False

    def _options(self, name: str, assigned: dict[str, str]) -> list[str]:
        return [value for value in self.variables[name].levels if self._fits(name, {**assigned, name: value})]

    def _fits(self, name: str, assigned: Assignment) -> bool:
        if self._is_broken(name, assigned):
            return False
        return all(self._is_drawable(each, assigned) for each in (name, *self.dependents[name]) if each in assigned)

    def _is_broken(self, name: str, assigned: Assignment) -> bool:
        return any(_breaks(rule, assigned) for rule in self.rules[name])

    def _is_drawable(self, name: str, assigned: Assignment) -> bool:
        variable = self.variables[name]
        if any(needed not in assigned for needed in variable.needs):
            return True
        values = variable.values(assigned)
        return values is not None and values.has(assigned[name])


def holds(condition: Condition, assigned: Assignment) -> bool:
    """Return whether every parameter of a condition is assigned one of its listed values."""
    return all(assigned.get(name) in values for name, values in condition.items())


def parameter_space(behavior: Behavior, names: Iterable[str], levels: int) -> ParameterSpace:
    """Build the space of some of a behavior's parameters, with all that they depend on.

    Args:
        behavior: Whose parameters and constraints are meant.
        names: Parameters that are needed, e.g. a template's slots.
        levels: Values into which a covering design cuts ranges.

    Raises:
        UsageError: A parameter is unknown or has no values, dependencies form a cycle, or a condition can never hold.
    """
    parameters = {parameter.name: parameter for parameter in behavior.parameters}
    _check_conditions(behavior, parameters)
    needs = {name: _needs(parameter) for name, parameter in parameters.items()}
    order = _sort(behavior, needs)
    shown = _close(names, needs)
    ties = {name: set[str]() for name in parameters}
    for condition_names in [*({name, *needed} for name, needed in needs.items()), *map(_mentioned, behavior.constraints)]:
        for name in condition_names:
            ties[name] |= condition_names
    involved = _close(shown, ties)
    variables = {name: _variable(parameters[name], behavior, levels) for name in order if name in involved}
    return ParameterSpace(
        where=behavior.id,
        shown=tuple(name for name in order if name in shown),
        variables=variables,
        groups=_groups(variables, ties),
        rules={name: tuple(rule for rule in behavior.constraints if name in _mentioned(rule)) for name in variables},
        dependents={name: tuple(other for other in variables if name in needs[other]) for name in variables},
    )


def _breaks(rule: Constraint, assigned: Assignment) -> bool:
    if not holds(rule.when, assigned):
        return False
    return not rule.then or any(name in assigned and assigned[name] not in values for name, values in rule.then.items())


def _mentioned(rule: Constraint) -> set[str]:
    return {*rule.when, *rule.then}


def _needs(parameter: Parameter) -> tuple[str, ...]:
    return tuple(sorted({name for conditional in parameter.conditionals for name in conditional.when}))


def _close(names: Iterable[str], neighbors: Mapping[str, Iterable[str]]) -> set[str]:
    """Return `names` with everything that can be reached from them."""
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += neighbors[name]
    return reached


def _groups(order: Iterable[str], ties: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    order = tuple(order)
    groups: list[tuple[str, ...]] = []
    grouped: set[str] = set()
    for name in order:
        if name not in grouped:
            group = _close([name], ties)
            grouped |= group
            groups.append(tuple(other for other in order if other in group))
    return tuple(groups)


def _sort(behavior: Behavior, needs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    try:
        return tuple(TopologicalSorter(needs).static_order())
    except CycleError as error:
        cycle = " -> ".join(reversed(error.args[1]))
        raise UsageError(
            f"behavior {behavior.id!r}: the parameters depend on each other in a circle: {cycle}. "
            "Fix: take one of these conditionals out, or say it as a constraint."
        ) from error


def _variable(parameter: Parameter, behavior: Behavior, levels: int) -> Variable:
    default = values_of(parameter, behavior.id)
    conditionals = tuple((each.when, weigh(parameter, each.choices, behavior.id)) for each in parameter.conditionals)
    sources: list[Values] = [values for _, values in conditionals]
    if default is not None:
        sources.insert(0, default)
    written = [value for values in sources for value in values.levels(levels)]
    named = [value for value in _named_values(parameter.name, behavior) if any(values.has(value) for values in sources)]
    return Variable(
        name=parameter.name,
        default=default,
        conditionals=conditionals,
        needs=_needs(parameter),
        levels=tuple(dict.fromkeys([*written, *named])),
    )


def _conditions(behavior: Behavior) -> list[Condition]:
    conditionals = [each.when for parameter in behavior.parameters for each in parameter.conditionals]
    return conditionals + [condition for rule in behavior.constraints for condition in (rule.when, rule.then)]


def _named_values(name: str, behavior: Behavior) -> list[str]:
    return [value for condition in _conditions(behavior) for value in condition.get(name, ())]


def _check_conditions(behavior: Behavior, parameters: Mapping[str, Parameter]) -> None:
    for condition in _conditions(behavior):
        for name, values in condition.items():
            if name not in parameters:
                raise UsageError(
                    f"behavior {behavior.id!r}: a condition names the parameter {name!r}, which does not exist. "
                    f"Fix: use one of {', '.join(parameters) or 'none: there are no parameters'}."
                )
            known = _choice_values(parameters[name])
            wrong = [value for value in values if known and value not in known]
            if wrong:
                raise UsageError(
                    f"behavior {behavior.id!r}: a condition asks for {name} = {wrong[0]!r}, a value that {name!r} never takes. "
                    f"Fix: use one of {', '.join(known)}."
                )


def _choice_values(parameter: Parameter) -> tuple[str, ...]:
    if parameter.type != "choice":
        return ()
    conditional = [choice.value for each in parameter.conditionals for choice in each.choices]
    return tuple(dict.fromkeys([*(choice.value for choice in parameter.choices), *conditional]))


__all__ = ["TRIES", "Assignment", "ParameterSpace", "Variable", "holds", "parameter_space"]

"""Whether parameters can take values at all: cycles between them, and constraints that leave no combination."""

from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

from synthloop.core.behavior import Condition, Constraint, Parameter

MOST_STEPS = 50_000
"""Values tried before the search gives up and takes the constraints for satisfiable."""

_ANYTHING_ELSE = "\0"
"""Stands for the values of a typed parameter that no condition names."""


def find_cycle(parameters: Sequence[Parameter]) -> tuple[str, ...]:
    """Return the names along one dependency cycle, the first again at the end; empty where there is none."""
    names = {parameter.name for parameter in parameters}
    needs = {parameter.name: [name for name in parents_of(parameter) if name in names] for parameter in parameters}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def parents_of(parameter: Parameter) -> tuple[str, ...]:
    """Return the names of the parameters that a parameter depends on, in the order in which they are named."""
    return tuple(dict.fromkeys(name for conditional in parameter.conditionals for name in conditional.when))


def values_of(parameter: Parameter) -> tuple[str, ...]:
    """Return all values that a choice parameter can take under any condition; empty for typed parameters."""
    listed = [choice.value for choice in parameter.choices]
    conditional = [choice.value for each in parameter.conditionals for choice in each.choices]
    return tuple(dict.fromkeys((*listed, *conditional)))


def find_combination(
    parameters: Sequence[Parameter], constraints: Sequence[Constraint], fixed: Condition | None = None
) -> dict[str, str] | None:
    """Return one combination of values that all constraints allow, or None where there is none.

    Exact for choice parameters. A typed parameter is taken to be able to have every value that a condition names, and some other.
    Dependencies must not form a cycle, and every named parameter must exist.

    Args:
        parameters: All parameters of a behavior.
        constraints: Rules to satisfy.
        fixed: Values that a parameter is held to.
    """
    search = _Search(parameters, constraints, fixed or {})
    try:
        return next(search.extend(0, {}), None)
    except _GaveUpError:
        return {}


class _GaveUpError(Exception):
    pass


class _Search:
    """Backtracking over the parameters that matter, parents first; a constraint is checked as soon as its last parameter has a value."""

    def __init__(self, parameters: Sequence[Parameter], constraints: Sequence[Constraint], fixed: Condition) -> None:
        self._fixed = fixed
        self._steps = 0
        self._named = _named_values(parameters, constraints)
        by_name = {parameter.name: parameter for parameter in parameters}
        needs = {name: parents_of(parameter) for name, parameter in by_name.items()}
        order = [name for name in TopologicalSorter(needs).static_order() if name in by_name]
        self._order = [by_name[name] for name in order]
        position = {name: number for number, name in enumerate(order)}
        self._due: list[list[Constraint]] = [[] for _ in order]
        for constraint in constraints:
            self._due[max(position[name] for name in (*constraint.when, *constraint.then))].append(constraint)

    def extend(self, depth: int, chosen: dict[str, str]) -> Iterator[dict[str, str]]:
        """Yield every completion of the values chosen so far."""
        if depth == len(self._order):
            yield dict(chosen)
            return
        parameter = self._order[depth]
        for value in self._candidates(parameter, chosen):
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise _GaveUpError
            chosen[parameter.name] = value
            if all(allows(constraint, chosen) for constraint in self._due[depth]):
                yield from self.extend(depth + 1, chosen)
        chosen.pop(parameter.name, None)

    def _candidates(self, parameter: Parameter, chosen: dict[str, str]) -> Sequence[str]:
        values = self._possible(parameter, chosen)
        held = self._fixed.get(parameter.name)
        return values if held is None else [value for value in values if value in held]

    def _possible(self, parameter: Parameter, chosen: dict[str, str]) -> Sequence[str]:
        named = self._named.get(parameter.name, ())
        if parameter.type != "choice":
            return (*named, _ANYTHING_ELSE)
        choices = next((each.choices for each in parameter.conditionals if holds(each.when, chosen)), parameter.choices)
        values = [choice.value for choice in choices]
        unnamed = [value for value in values if value not in named]
        return [value for value in values if value in named] + unnamed[:1] if parameter.name not in self._fixed else values


def holds(condition: Condition, chosen: dict[str, str]) -> bool:
    """Return whether every named parameter has one of its listed values."""
    return all(chosen.get(name) in values for name, values in condition.items())


def allows(constraint: Constraint, chosen: dict[str, str]) -> bool:
    """Return whether a rule is kept."""
    return not holds(constraint.when, chosen) or (bool(constraint.then) and holds(constraint.then, chosen))


def _named_values(parameters: Sequence[Parameter], constraints: Sequence[Constraint]) -> dict[str, tuple[str, ...]]:
    """Return the values that any condition names, by parameter: all others of a parameter are alike to the search."""
    conditions = [conditional.when for parameter in parameters for conditional in parameter.conditionals]
    conditions += [condition for constraint in constraints for condition in (constraint.when, constraint.then)]
    named: dict[str, dict[str, None]] = {}
    for condition in conditions:
        for name, values in condition.items():
            named.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: tuple(values) for name, values in named.items()}


__all__ = ["MOST_STEPS", "allows", "find_combination", "find_cycle", "holds", "parents_of", "values_of"]

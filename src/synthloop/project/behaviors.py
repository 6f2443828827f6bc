"""Written behaviors as records."""

from synthloop.core.behavior import Authored, Behavior, Choice, Condition, Conditional, Constraint, Parameter, Template
from synthloop.project.conversations import build_goal, build_talk
from synthloop.project.written import (
    AuthoredFull,
    BehaviorWritten,
    CasesParameter,
    Choices,
    ConditionWritten,
    ConstraintWritten,
    GivenParameter,
    MessageWritten,
    ParameterWritten,
    TypedParameter,
)


def build_behavior(behavior_id: str, written: BehaviorWritten) -> Behavior:
    """Return the record of a written behavior; what does not fit together is found by `check_behavior`."""
    return Behavior(
        id=behavior_id,
        says=written.says,
        expected=written.expected,
        criteria=tuple(written.criteria),
        weight=written.weight,
        locale=written.locale or "",
        authored=tuple(build_authored(sample) for sample in written.authored),
        templates=tuple(Template(text=each.text, weight=each.weight, attributes=each.attributes) for each in written.templates),
        parameters=tuple(build_parameter(name, parameter) for name, parameter in written.parameters.items()),
        constraints=tuple(build_constraint(rule) for rule in written.constraints),
        scorers=tuple(written.scorers),
        at_least=written.at_least,
        attributes=written.attributes,
        talk=build_talk(written.conversation, list(written.parameters)) if written.conversation else None,
    )


def build_authored(written: AuthoredFull) -> Authored:
    """Return the record of a sample that a person wrote."""
    messages = written.messages or [MessageWritten(user=written.text or "")]
    return Authored(
        messages=tuple(said for message in messages for said in _say(message)),
        expected=written.expected,
        attributes=written.attributes,
        protected=tuple(written.protected),
        goal=build_goal(written.goal) if written.goal else None,
    )


def build_parameter(name: str, written: ParameterWritten) -> Parameter:
    """Return the record of a parameter, in whichever form it was written."""
    if isinstance(written, TypedParameter):
        low, high = (_as_bound(end) for end in (written.from_, written.to))
        return Parameter(name=name, type=written.type, low=low, high=high, step=written.step, format=written.format)
    if isinstance(written, GivenParameter):
        cases = ((value, choices) for value, choices in (written.__pydantic_extra__ or {}).items())
        conditionals = tuple(Conditional(when={written.given: (value,)}, choices=build_choices(choices)) for value, choices in cases)
        return Parameter(name=name, choices=build_choices(written.otherwise or []), conditionals=conditionals)
    if isinstance(written, CasesParameter):
        conditionals = tuple(Conditional(when=build_condition(case.if_), choices=build_choices(case.then)) for case in written.cases)
        return Parameter(name=name, choices=build_choices(written.otherwise or []), conditionals=conditionals)
    return Parameter(name=name, choices=build_choices(written))


def build_choices(written: Choices) -> tuple[Choice, ...]:
    """Return values with their weights."""
    if isinstance(written, list):
        return tuple(Choice(value=value) for value in written)
    return tuple(Choice(value=value, weight=weight) for value, weight in written.items())


def build_condition(written: ConditionWritten) -> Condition:
    """Return a condition as the records have it."""
    return {name: tuple(values) for name, values in written.items()}


def build_constraint(written: ConstraintWritten) -> Constraint:
    """Return a rule between parameters; `not` becomes a rule without a consequence."""
    if written.not_ is not None:
        return Constraint(when=build_condition(written.not_))
    return Constraint(when=build_condition(written.if_ or {}), then=build_condition(written.then or {}))


def _as_bound(end: float | str) -> float | str:
    """Return an end of a range; `9:30` is the time 09:30."""
    if isinstance(end, str):
        return end.zfill(5) if ":" in end else end
    return int(end) if end == int(end) else float(end)


def _say(message: MessageWritten) -> list[tuple[str, str]]:
    said = (("user", message.user), ("app", message.app), ("system", message.system))
    return [(role, text) for role, text in said if text is not None]


__all__ = ["build_authored", "build_behavior", "build_choices", "build_condition", "build_constraint", "build_parameter"]

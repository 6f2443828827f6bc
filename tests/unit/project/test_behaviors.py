from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthloop.core.behavior import Behavior, Choice, Conditional, Constraint, Parameter
from synthloop.core.errors import ProjectError
from synthloop.core.lineage import encode_canonical
from synthloop.generate.space import parameter_space
from synthloop.generate.templates import cover_templates, ready_templates
from synthloop.project.behavior_files import read_behavior
from synthloop.project.parameter_search import find_combination, find_cycle
from synthloop.project.python_api import behavior
from synthloop.project.yaml_source import Source, parse_source

EVERYTHING = """
says: A request to plan a meeting goes to the scheduling agent.
expected: schedule
criteria: [answers with one word]
weight: 3
authored:
  - move my 3pm with Ana to thursday
  - {text: pay 1.50, expected: [decline], protected: [1.50], attributes: {tone: 1.50}}
  - messages: [{system: be kind}, {user: hi}, {app: hello}, {user: book a call}]
templates: ["{verb} a {length} {kind} {when}", {text: "{minutes} min on {day} at {hour}", weight: 2, attributes: {kind: terse}}]
parameters:
  verb: {book: 3, set up: 2}
  length: [15 minute, 1.50]
  kind: [call, review]
  minutes: {type: integer, from: 5, to: 90, step: 5}
  price: {type: number, from: 0.5, to: 2.50, step: 0.25, format: ".2f"}
  day: {type: date, from: 2026-01-01, to: 2026-12-31, format: "%B %d"}
  hour: {type: time, from: 9:00, to: 17:30}
  when: {given: kind, call: [tomorrow], review: {on friday: 2}, otherwise: [soon]}
  mood: {cases: [{if: {kind: call, length: [1.50]}, then: [calm]}], otherwise: [busy]}
constraints: [{if: {kind: review}, then: {length: [15 minute]}}, {not: {kind: call, length: 15 minute}}]
at_least: 0.8
attributes: {area: meetings}
"""


def read(text: str) -> Behavior:
    source, problems = parse_source(text, "schedule.yaml")
    assert source is not None
    found, wrong = read_behavior("schedule", source)
    assert [*problems, *wrong] == []
    assert found is not None
    return found.behavior


OPTIONAL = """
says: A request for a room goes to the booking agent.
expected: book
templates: ["book a room {day} {with_whom}"]
parameters:
  with_whom: {"": 2, with Ana: 1}
  day: {given: with_whom, "": ["", today], otherwise: [tomorrow]}
constraints: [{not: {with_whom: "", day: today}}]
"""


def test_a_value_may_be_empty_and_rules_may_name_it():
    (day, with_whom) = sorted(read(OPTIONAL).parameters, key=lambda parameter: parameter.name)
    assert with_whom.choices == (Choice(value="", weight=2.0), Choice(value="with Ana"))
    assert day.conditionals[0] == Conditional(when={"with_whom": ("",)}, choices=(Choice(value=""), Choice(value="today")))
    rows = cover_templates(read(OPTIONAL), ready_templates(read(OPTIONAL)), strength=2, seed=0)
    assert {row.text for row in rows} == {"book a room", "book a room tomorrow with Ana"}


def test_a_wish_of_a_simulated_user_is_never_empty():
    source, _ = parse_source(OPTIONAL + "conversation: {end: {says: [booked]}}\n", "room.yaml")
    assert source is not None
    _, wrong = read_behavior("room", source)
    assert sum("can't be empty" in problem.what for problem in wrong) == 2


def test_everything_that_a_file_may_say_arrives_in_the_record():
    found = read(EVERYTHING)
    parameters = {parameter.name: parameter for parameter in found.parameters}
    assert parameters["verb"].choices == (Choice(value="book", weight=3.0), Choice(value="set up", weight=2.0))
    assert parameters["length"].choices[1].value == "1.50"
    assert (parameters["hour"].low, parameters["hour"].high) == ("09:00", "17:30")
    assert (parameters["day"].low, parameters["minutes"].low, parameters["price"].high) == ("2026-01-01", 5, 2.5)
    assert parameters["when"].conditionals[1] == Conditional(when={"kind": ("review",)}, choices=(Choice(value="on friday", weight=2.0),))
    assert parameters["mood"].conditionals[0].when == {"kind": ("call",), "length": ("1.50",)}
    assert found.constraints[1] == Constraint(when={"kind": ("call",), "length": ("15 minute",)})
    assert found.authored[1].expected == ["decline"]
    assert found.authored[1].attributes == {"tone": "1.50"}
    assert [role for role, _ in found.authored[2].messages] == ["system", "user", "app", "user"]
    assert encode_canonical(found)


def test_what_passes_here_is_accepted_by_the_stage_that_fills_templates():
    found = read(EVERYTHING)
    parameter_space(found, [parameter.name for parameter in found.parameters], levels=3)


def test_a_constructor_call_gives_the_same_record_as_a_file():
    text = "says: A\nexpected: a\ntemplates: ['{verb} it {day}']\n"
    text += "parameters: {verb: [do], day: {type: date, from: 2026-01-01, to: 2026-01-09}}\n"
    called = behavior(
        "schedule",
        says="A",
        expected="a",
        templates=("{verb} it {day}",),
        parameters={"verb": ("do",), "day": {"type": "date", "from": "2026-01-01", "to": "2026-01-09"}},
    )
    assert called == read(text)


def test_a_cycle_is_named_in_order():
    needs = {"a": "b", "b": "c", "c": "a", "d": "a"}
    choices = (Choice(value="x"),)
    parameters = [
        Parameter(name=name, choices=choices, conditionals=(Conditional(when={need: ("x",)}, choices=choices),))
        for name, need in needs.items()
    ]
    assert find_cycle(parameters) in (("a", "b", "c", "a"), ("b", "c", "a", "b"), ("c", "a", "b", "c"))


CONDITION = st.dictionaries(
    st.sampled_from("abc"), st.lists(st.sampled_from("xyz"), min_size=1, max_size=2, unique=True).map(tuple), min_size=1, max_size=2
)


CONSTRAINT = st.builds(Constraint, when=CONDITION, then=CONDITION) | st.builds(Constraint, when=CONDITION)


@given(st.lists(CONSTRAINT, max_size=8))
def test_the_search_finds_a_combination_exactly_where_there_is_one(constraints: list[Constraint]):
    values = tuple(Choice(value=value) for value in "xyz")
    dependent = Conditional(when={"a": ("x",)}, choices=values[:1])
    parameters = [
        Parameter(name="a", choices=values),
        Parameter(name="b", choices=values),
        Parameter(name="c", choices=values, conditionals=(dependent,)),
    ]

    def allowed(chosen: dict[str, str]) -> bool:
        def holds(condition: dict[str, tuple[str, ...]]) -> bool:
            return all(chosen[name] in listed for name, listed in condition.items())

        return all(not holds(rule.when) or (bool(rule.then) and holds(rule.then)) for rule in constraints)

    every = ({"a": a, "b": b, "c": c} for a in "xyz" for b in "xyz" for c in ("x" if a == "x" else "xyz"))
    found = find_combination(parameters, constraints)
    assert (found is not None) == any(allowed(chosen) for chosen in every)
    assert found is None or allowed(found)


JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    float("inf"),
    "",
    "{x",
    "kind",
    [],
    {},
    [[]],
    [{}],
    {"given": "kind"},
    {"type": "integer"},
    {"cases": []},
    {"if": {}},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = list(cast("dict[str, Any]", value))
    elif isinstance(value, list):
        inner = list(range(len(cast("list[Any]", value))))
    return [*([path] if path else []), *(place for step in inner for place in places(value[step], (*path, step)))]


@given(st.data())
def test_whatever_is_written_gives_problems_and_never_an_exception(data: st.DataObject):
    source, _ = parse_source(EVERYTHING, "schedule.yaml")
    assert source is not None
    written: Any = source.value
    *path, last = data.draw(st.sampled_from(places(written)))
    owner = written
    for step in path:
        owner = owner[step]
    owner[last] = data.draw(st.sampled_from(JUNK))
    found, problems = read_behavior("schedule", Source(file="schedule.yaml", value=written))
    assert all(problem.what.endswith(".") for problem in problems)
    if found is not None and not problems:
        ready_templates(found.behavior)


def test_a_time_of_day_has_no_time_zone():
    with pytest.raises(ProjectError, match="is no range of times"):
        behavior(
            "b", says="A", expected="a", templates=["at {t}"], parameters={"t": {"type": "time", "from": "09:30+02:00", "to": "10:00"}}
        )

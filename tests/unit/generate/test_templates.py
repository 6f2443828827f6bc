from collections import Counter
from itertools import islice, pairwise
from random import Random
from string import Formatter

import pytest
from scipy.stats import chisquare  # pyright: ignore[reportUnknownVariableType] - scipy ships partial types

from synthloop.core.behavior import Behavior, Choice, Conditional, Constraint, Parameter, Template, scenario_of
from synthloop.core.errors import UsageError
from synthloop.core.lineage import chance
from synthloop.generate.space import parameter_space
from synthloop.generate.templates import cover_templates, draw_fill, ready_templates, write_pieces

TRIP = Behavior(
    id="trip",
    says="A request to plan a trip goes to the travel agent.",
    expected="travel",
    attributes={"domain": "travel"},
    templates=(
        Template(text="{verb} a {length} trip to {city}", weight=3, attributes={"tone": "plain"}),
        Template(text="can we go to {city}?"),
    ),
    parameters=(
        Parameter(name="verb", choices=(Choice(value="book", weight=3), Choice(value="plan"))),
        Parameter(name="length", choices=(Choice(value="short"), Choice(value="8 day"), Choice(value="easy"))),
        Parameter(
            name="city",
            choices=(Choice(value="Oslo"), Choice(value="Bergen", weight=3)),
            conditionals=(Conditional(when={"length": ("8 day",)}, choices=(Choice(value="Lima", weight=4), Choice(value="Oslo"))),),
        ),
    ),
)


def test_a_fill_keeps_values_as_attributes_and_protected_spans() -> None:
    first = next(cover_templates(TRIP, ready_templates(TRIP), strength=2, seed=1))
    values = {name: first.attributes[name] for name in ("verb", "length", "city")}
    assert first.text == f"{values['verb']} a{'' if values['length'] == 'short' else 'n'} {values['length']} trip to {values['city']}"
    assert first.protected == tuple(values.values())
    assert first.attributes == {**values, "domain": "travel", "tone": "plain", "source": "template"}
    assert first.expected == "travel"
    assert first.scenario_id == scenario_of("trip", first.text).id
    assert first.group == scenario_of("trip", TRIP.templates[0].text).id
    assert first.lineage.origin == "generated"
    assert first.lineage.steps[0].parameters == {"template": TRIP.templates[0].text, "values": values}


MEETING = Behavior(
    id="meeting",
    says="A request for a room goes to the booking agent.",
    expected="book",
    templates=(Template(text="{greeting}, book a {size} office {day}, {with_whom}?"),),
    parameters=tuple(
        Parameter(name=name, choices=(Choice(value=""), Choice(value=value)))
        for name, value in (("greeting", "hi"), ("size", "large"), ("day", "today"), ("with_whom", "with Ana"))
    ),
    constraints=(Constraint(when={"day": ("",), "with_whom": ("with Ana",)}),),
)


def test_a_sentence_closes_up_where_a_value_is_empty() -> None:
    fills = {fill.text: fill for fill in cover_templates(MEETING, ready_templates(MEETING), strength=4, seed=1)}
    openings = [f"{greeting}book {size} office" for greeting in ("", "hi, ") for size in ("an", "a large")]
    assert set(fills) == {f"{opening}{end}?" for opening in openings for end in ("", " today", " today, with Ana")}
    bare = fills["book an office?"]
    assert (bare.protected, bare.attributes) == ((), {"greeting": "", "size": "", "day": "", "with_whom": "", "source": "template"})
    assert fills["hi, book an office today?"].protected == ("hi", "today")


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("book {x}", "book"),
        ("{x} book", "book"),
        ("book {x} and {x} go", "book and go"),
        ("a room {x}{x} now", "a room now"),
        ("room ({x}) now", "room now"),
        ("room ({x}, small) now", "room (small) now"),
        ("room (small, {x}) now", "room (small) now"),
        ("Book it. {x}. Thanks", "Book it. Thanks"),
        ("Book it! {x}", "Book it!"),
        ("now – {x}, please", "now, please"),
        ("flat{x}s", "flats"),
        ("called “{x}”.", "called."),
        ("{x}, {x}!", "!"),
        ("{x}", ""),
    ],
)
def test_marks_and_spaces_around_a_gap_go_with_it(text: str, closed: str) -> None:
    pieces = [(literal, slot) for literal, slot, _, _ in Formatter().parse(text)]
    assert write_pieces(pieces, {"x": ""}) == closed


def test_covering_rows_of_templates_are_interleaved_by_weight() -> None:
    rows = list(cover_templates(TRIP, ready_templates(TRIP), strength=2, seed=1))
    assert [("tone" in row.attributes) for row in rows[:4]] == [True, True, True, False]


def test_fills_follow_weights_and_conditionals() -> None:
    ready = ready_templates(TRIP)
    fills = [draw_fill(TRIP, ready, chance(5, "test", TRIP.id, i), seed=5) for i in range(8000)]
    long = [fill for fill in fills if fill.attributes.get("verb")]
    assert chisquare([len(long), len(fills) - len(long)], [6000, 2000]).pvalue > 1e-3
    verbs = Counter(fill.attributes["verb"] for fill in long)
    assert chisquare([verbs["book"], verbs["plan"]], [len(long) * 0.75, len(long) * 0.25]).pvalue > 1e-3
    for length, shares in {"8 day": {"Lima": 0.8, "Oslo": 0.2}, "short": {"Oslo": 0.25, "Bergen": 0.75}}.items():
        cities = Counter(fill.attributes["city"] for fill in long if fill.attributes["length"] == length)
        expected = [share * cities.total() for share in shares.values()]
        assert set(cities) == set(shares)
        assert chisquare([cities[city] for city in shares], expected).pvalue > 1e-3


def test_constrained_draws_follow_the_distribution_that_is_left() -> None:
    behavior = Behavior(
        id="b",
        says="s",
        parameters=(
            Parameter(name="a", choices=(Choice(value="x", weight=2), Choice(value="y"))),
            Parameter(name="c", choices=(Choice(value="1", weight=3), Choice(value="2"))),
        ),
        constraints=(Constraint(when={"a": ("x",)}, then={"c": ("2",)}),),
    )
    space = parameter_space(behavior, ["a", "c"], levels=3)
    counts = Counter(tuple(space.draw(Random(seed)).values()) for seed in range(6000))
    # Before the constraint: x1 6/12, x2 2/12, y1 3/12, y2 1/12; x1 is forbidden.
    assert chisquare([counts["x", "2"], counts["y", "1"], counts["y", "2"]], [2000, 3000, 1000]).pvalue > 1e-3
    assert counts["x", "1"] == 0


def test_rare_allowed_values_are_found_by_search() -> None:
    names = [f"p{i}" for i in range(6)]
    values = tuple(Choice(value=str(i)) for i in range(10))
    behavior = Behavior(
        id="b",
        says="s",
        parameters=tuple(Parameter(name=name, choices=values) for name in names),
        constraints=tuple(Constraint(when={}, then={name: ("7",)}) for name in names)
        + tuple(Constraint(when={a: ("7",)}, then={b: ("7",)}) for a, b in pairwise(names)),
    )
    assert parameter_space(behavior, names, levels=3).draw(Random(0)) == dict.fromkeys(names, "7")


def test_only_what_a_template_needs_is_reported() -> None:
    ready = ready_templates(TRIP)[1]
    fill = next(islice(cover_templates(TRIP, [ready], strength=2, seed=0), 1))
    # The city depends on the length, so the length is drawn and reported although the text does not show it.
    assert set(fill.attributes) == {"domain", "length", "city", "source"}


def broken(**changes: object) -> Behavior:
    base: dict[str, object] = {"id": "b", "says": "s", "parameters": TRIP.parameters, "templates": TRIP.templates}
    return Behavior(**{**base, **changes})  # pyright: ignore[reportArgumentType] - fields are given by name


@pytest.mark.parametrize(
    ("behavior", "what"),
    [
        (
            broken(templates=(Template(text="go to {town}"),)),
            r"a slot \{town\} and there is no parameter of that name.*use one of city, length",
        ),
        (broken(templates=(Template(text="go to {city"),)), "can't be read"),
        (
            broken(
                parameters=(
                    Parameter(
                        name="a",
                        choices=(Choice(value="1"),),
                        conditionals=(Conditional(when={"b": ("1",)}, choices=(Choice(value="2"),)),),
                    ),
                    Parameter(
                        name="b",
                        choices=(Choice(value="1"),),
                        conditionals=(Conditional(when={"a": ("1",)}, choices=(Choice(value="2"),)),),
                    ),
                ),
                templates=(Template(text="{a}"),),
            ),
            "depend on each other in a circle: (a -> b -> a|b -> a -> b)",
        ),
        (broken(constraints=(Constraint(when={"town": ("Oslo",)}),)), "names the parameter 'town', which does not exist"),
        (broken(constraints=(Constraint(when={"city": ("Olso",)}),)), "asks for city = 'Olso', a value that 'city' never takes"),
    ],
)
def test_unusable_templates_say_what_and_how_to_fix(behavior: Behavior, what: str) -> None:
    with pytest.raises(UsageError, match=f"behavior 'b': .*{what}.*"):
        ready_templates(behavior)


def test_constraints_that_exclude_everything_are_a_usage_error() -> None:
    behavior = broken(constraints=(Constraint(when={"verb": ("book", "plan")}),))
    with pytest.raises(UsageError, match=r"the constraints leave no allowed values for verb\. Fix: "):
        draw_fill(behavior, ready_templates(behavior)[:1], Random(0), seed=0)
    with pytest.raises(UsageError, match=r"the constraints leave no allowed values for verb\. Fix: "):
        list(cover_templates(behavior, ready_templates(behavior)[:1], strength=2, seed=0))

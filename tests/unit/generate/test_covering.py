from collections.abc import Sequence
from itertools import combinations, pairwise, product
from random import Random

import pytest

from synthloop.core.behavior import Behavior, Choice, Conditional, Constraint, Parameter
from synthloop.core.errors import UsageError
from synthloop.generate.covering import cover
from synthloop.generate.space import parameter_space


def choices(*values: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=value) for value in values)


def square(count: int, levels: int) -> Behavior:
    names = [f"p{i}" for i in range(count)]
    return Behavior(
        id="b",
        says="s",
        parameters=tuple(Parameter(name=name, choices=choices(*(f"{name}={level}" for level in range(levels)))) for name in names),
    )


def design(behavior: Behavior, strength: int = 2, seed: int = 0) -> list[dict[str, str]]:
    space = parameter_space(behavior, [parameter.name for parameter in behavior.parameters], levels=3)
    return list(cover(space, strength, Random(seed)))


def tuples_in(rows: Sequence[dict[str, str]], strength: int) -> set[tuple[tuple[str, str], ...]]:
    return {chosen for row in rows for chosen in combinations(sorted(row.items()), strength)}


@pytest.mark.parametrize("seed", range(5))
def test_pairs_of_four_parameters_with_three_values_take_few_rows(seed: int) -> None:
    rows = design(square(4, 3), seed=seed)
    assert len(tuples_in(rows, 2)) == 6 * 9
    assert 9 <= len(rows) <= 12


@pytest.mark.parametrize(
    ("count", "levels", "strength", "most"), [(13, 3, 2, 22), (4, 3, 3, 40), (3, 4, 3, 64), (10, 2, 2, 10), (3, 3, 1, 3)]
)
def test_designs_are_complete_and_small(count: int, levels: int, strength: int, most: int) -> None:
    rows = design(square(count, levels), strength)
    expected = len(list(combinations(range(count), strength))) * levels**strength
    assert len(tuples_in(rows, strength)) == expected
    assert len(rows) <= most


def test_strength_beyond_the_parameters_gives_the_full_product() -> None:
    assert len(design(square(2, 3), strength=4)) == 9


def test_no_parameters_give_one_empty_row() -> None:
    assert design(Behavior(id="b", says="s")) == [{}]


def test_a_range_is_covered_by_its_levels_and_by_values_that_conditions_name() -> None:
    behavior = Behavior(
        id="b",
        says="s",
        parameters=(
            Parameter(name="hour", type="integer", low=0, high=23),
            Parameter(name="kind", choices=choices("call", "lunch")),
        ),
        constraints=(Constraint(when={"kind": ("lunch",)}, then={"hour": ("12", "13")}),),
    )
    pairs = {(row["hour"], row["kind"]) for row in design(behavior)}
    assert pairs == {(hour, "call") for hour in ("0", "12", "13", "23")} | {("12", "lunch"), ("13", "lunch")}


def test_large_spaces_take_about_as_many_rows_as_the_field_reports() -> None:
    # Published greedy tools need 180 to 212 rows for 20 parameters of 10 values; 20 parameters of 5 keep the test quick.
    assert len(design(square(20, 5))) <= 60


def test_a_forbidden_corner_is_never_used_and_everything_else_is() -> None:
    behavior = Behavior(
        id="b",
        says="s",
        parameters=square(3, 3).parameters,
        constraints=(Constraint(when={"p0": ("p0=0",), "p1": ("p1=0", "p1=1")}),),
    )
    found = tuples_in(design(behavior), 2)
    assert (("p0", "p0=0"), ("p1", "p1=0")) not in found
    assert len(found) == 27 - 2


def test_conditional_values_are_covered_only_where_their_condition_holds() -> None:
    behavior = Behavior(
        id="b",
        says="s",
        parameters=(
            Parameter(name="city", conditionals=(
                Conditional(when={"country": ("France",)}, choices=choices("Paris", "Lyon")),
                Conditional(when={"country": ("Italy",)}, choices=choices("Rome")),
            )),
            Parameter(name="country", choices=choices("France", "Italy", "Peru")),
        ),
    )  # fmt: skip
    assert {(row["country"], row["city"]) for row in design(behavior)} == {("France", "Paris"), ("France", "Lyon"), ("Italy", "Rome")}


def brute_force(behavior: Behavior, strength: int) -> set[tuple[tuple[str, str], ...]]:
    space = parameter_space(behavior, [parameter.name for parameter in behavior.parameters], levels=3)
    names = list(space.variables)
    every = (dict(zip(names, row, strict=True)) for row in product(*(space.variables[name].levels for name in names)))
    return tuples_in([row for row in every if space.allows(row)], strength)


@pytest.mark.parametrize("seed", range(30))
def test_random_constraints_leave_exactly_the_feasible_tuples(seed: int) -> None:
    rng = Random(seed)
    parameters = square(5, 3).parameters

    def condition(size: int) -> dict[str, tuple[str, ...]]:
        chosen = rng.sample(parameters, size)
        return {each.name: tuple(choice.value for choice in rng.sample(each.choices, rng.randint(1, 2))) for each in chosen}

    constraints = tuple(Constraint(when=condition(rng.randint(1, 2)), then=condition(1) if rng.random() < 0.6 else {}) for _ in range(4))
    behavior = Behavior(id="b", says="s", parameters=parameters, constraints=constraints)
    strength = rng.choice([2, 3])
    feasible = brute_force(behavior, strength)
    if feasible:
        assert tuples_in(design(behavior, strength, seed), strength) == feasible
    else:
        with pytest.raises(UsageError, match="the constraints leave no allowed values"):
            design(behavior, strength, seed)


def test_constraints_that_exclude_everything_are_found_quickly_among_many_parameters() -> None:
    base = square(20, 10).parameters
    ties = tuple(Constraint(when={a.name: (a.choices[0].value,)}, then={b.name: (b.choices[0].value,)}) for a, b in pairwise(base))
    nothing = Constraint(when={"p19": tuple(choice.value for choice in base[19].choices)})
    behavior = Behavior(id="b", says="s", parameters=base, constraints=(*ties, nothing))
    space = parameter_space(behavior, ["p0"], levels=3)
    with pytest.raises(UsageError, match="the constraints leave no allowed values for p0, p1"):
        space.draw(Random(0))

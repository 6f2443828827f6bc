from random import Random

import pytest

from synthloop.core.behavior import Choice, Parameter
from synthloop.core.errors import UsageError
from synthloop.generate.parameters import Values, values_of


def ready(parameter: Parameter) -> Values:
    values = values_of(parameter, "b")
    assert values is not None
    return values


@pytest.mark.parametrize(
    ("parameter", "levels"),
    [
        (Parameter(name="n", type="integer", low=1, high=9), ("1", "5", "9")),
        (Parameter(name="n", type="integer", low=5, high=50, step=5, format="03d"), ("005", "025", "050")),
        (Parameter(name="n", type="number", low=0.5, high=1.5, step=0.25), ("0.5", "1", "1.5")),
        (Parameter(name="n", type="number", low=10, high=1000, step=10, format=",.2f"), ("10.00", "510.00", "1,000.00")),
        (Parameter(name="d", type="date", low="2025-02-27", high="2025-03-01"), ("2025-02-27", "2025-02-28", "2025-03-01")),
        (
            Parameter(name="d", type="date", low="2025-03-03", high="2025-03-17", step=7, format="%d %B"),
            ("03 March", "10 March", "17 March"),
        ),
        (Parameter(name="t", type="time", low="09:00", high="10:00"), ("09:00", "09:30", "10:00")),
        (Parameter(name="t", type="time", low="09:00", high="09:00", format="%I%p"), ("09AM",)),
    ],
)
def test_ranges_are_cut_into_ends_and_middle(parameter: Parameter, levels: tuple[str, ...]) -> None:
    assert ready(parameter).levels(3) == levels


def test_every_point_of_a_range_is_drawn_and_nothing_else() -> None:
    values = ready(Parameter(name="t", type="time", low="22:00", high="23:00", step=20))
    assert {values.draw(Random(seed)) for seed in range(200)} == {"22:00", "22:20", "22:40", "23:00"}
    assert values.has("22:20")
    assert not values.has("22:21")


@pytest.mark.parametrize(
    ("parameter", "what"),
    [
        (Parameter(name="c"), "has no values"),
        (Parameter(name="c", choices=(Choice(value="a", weight=0),)), "gives 'a' the weight 0"),
        (Parameter(name="c", choices=(Choice(value="a", weight=float("nan")),)), "gives 'a' the weight nan"),
        (Parameter(name="n", type="integer", low=1), "lacks `low` or `high`"),
        (Parameter(name="n", type="integer", low=2, high=1), "a low end 2 above its high end 1"),
        (Parameter(name="n", type="number", low=2, high=1), "a low end 2 above its high end 1"),
        (Parameter(name="n", type="number", low=1, high=2, step=0), "has the step 0"),
        (Parameter(name="n", type="integer", low=1, high=2, step=0.5), "no whole number"),
        (Parameter(name="d", type="date", low="tomorrow", high="2025-01-01"), "can't be read as date"),
        (Parameter(name="d", type="date", low="2025-01-01", high="2025-01-02", step=0.5), "whole days"),
        (Parameter(name="t", type="time", low="25:00", high="26:00"), "can't be read as time"),
        (Parameter(name="n", type="integer", low=1, high=2, format="%Y"), "can't be read as integer"),
    ],
)
def test_unusable_parameters_are_named_with_a_fix(parameter: Parameter, what: str) -> None:
    with pytest.raises(UsageError, match=f"behavior 'b': parameter '{parameter.name}' .*{what}.* Fix: "):
        values_of(parameter, "b")


@pytest.mark.parametrize(
    ("parameter", "inside", "outside"),
    [
        (Parameter(name="n", type="integer", low=10_000_000, high=99_999_999), "12345678", "1234567"),
        (Parameter(name="n", type="integer", low=0, high=10**15, step=5, format=","), "1,234,567,890", "1,234,567,891"),
        (Parameter(name="n", type="integer", low=0, high=10**12, format="012d"), "000000000007", "7"),
        (Parameter(name="n", type="number", low=0, high=10**9, step=0.01, format=".2f"), "1234.50", "1234.5"),
        (Parameter(name="n", type="number", low=0, high=10**9, step=0.25), "3.75", "3.8"),
    ],
)
def test_a_long_range_is_never_written_out(parameter: Parameter, inside: str, outside: str) -> None:
    values = ready(parameter)
    assert values.has(inside)
    assert not any(values.has(text) for text in (outside, "-5", str(10**17 + 5), "tomorrow", "NaN", "Infinity", ""))
    assert all(values.has(text) for text in values.levels(3))

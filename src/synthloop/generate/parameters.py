"""The values of one typed parameter: weighted choices, or an even grid over a range."""

import re
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Protocol

from synthloop.core.behavior import Choice, Parameter
from synthloop.core.errors import UsageError

DEFAULT_STEP = {"integer": 1, "number": 1, "date": 1, "time": 15}
"""Distance between neighboring values where a parameter names none: units, days, or minutes."""


class Values(Protocol):
    """A distribution of written values."""

    def draw(self, rng: Random) -> str:
        """Return one value, by weight."""
        ...

    def levels(self, count: int) -> tuple[str, ...]:
        """Return the values that a covering design uses: all choices, or `count` evenly spread points of a range, its ends first."""
        ...

    def has(self, value: str) -> bool:
        """Return whether `value` can be drawn."""
        ...


@dataclass(frozen=True, slots=True)
class Weighted:
    """Choices with weights."""

    values: tuple[str, ...]
    sums: tuple[float, ...]
    """Running sums of the weights."""

    def draw(self, rng: Random) -> str:
        """Return one value, by weight."""
        return self.values[bisect(self.sums, rng.random() * self.sums[-1], hi=len(self.values) - 1)]

    def levels(self, count: int) -> tuple[str, ...]:  # noqa: ARG002 - choices are never cut
        """Return all values."""
        return self.values

    def has(self, value: str) -> bool:
        """Return whether `value` is one of the choices."""
        return value in self.values


@dataclass(frozen=True, slots=True)
class Grid:
    """An even grid over a range; every point is equally likely."""

    size: int
    write: Callable[[int], str]
    """Position, from 0, -> value as it is written."""
    find: Callable[[str], Decimal] | None = None
    """Written value -> its position, which may lie between or beyond the points; None where that can't be told from the text."""

    def draw(self, rng: Random) -> str:
        """Return any point of the grid."""
        return self.write(rng.randrange(self.size))

    def levels(self, count: int) -> tuple[str, ...]:
        """Return up to `count` different written values, evenly spread; 1 is the low end, 2 both ends, 3 adds the middle."""
        last = self.size - 1
        spots = [0] if count == 1 else [round(last * i / (count - 1)) for i in range(count)]
        return tuple(dict.fromkeys(self.write(spot) for spot in spots))

    def has(self, value: str) -> bool:
        """Return whether some point is written as `value`; a grid that can't be searched is written in whole the first time."""
        if self.find is None:
            return value in _write_all(self)
        try:
            spot = round(self.find(value))
        except (ValueError, OverflowError, InvalidOperation):
            return False
        return 0 <= spot < self.size and self.write(spot) == value


@lru_cache(maxsize=64)
def _write_all(grid: Grid) -> frozenset[str]:
    return frozenset(map(grid.write, range(grid.size)))


def values_of(parameter: Parameter, where: str) -> Values | None:
    """Return the values of a parameter where none of its conditionals holds, or None where it has none then.

    Args:
        parameter: The parameter.
        where: Names the behavior in error messages.

    Raises:
        UsageError: Choices or range are missing, empty or unreadable.
    """
    if parameter.type == "choice":
        if not parameter.choices and not parameter.conditionals:
            raise _wrong(parameter, where, "has no values", "list at least one under `choices`.")
        return weigh(parameter, parameter.choices, where) if parameter.choices else None
    if parameter.low is None and parameter.high is None and parameter.conditionals:
        return None
    return _grid(parameter, where)


def weigh(parameter: Parameter, choices: tuple[Choice, ...], where: str) -> Weighted:
    """Return the distribution of `choices`.

    Raises:
        UsageError: There are none, or a weight is not above 0.
    """
    if not choices:
        raise _wrong(parameter, where, "has a conditional without choices", "list at least one value there.")
    for choice in choices:
        if not choice.weight > 0:
            raise _wrong(parameter, where, f"gives {choice.value!r} the weight {choice.weight:g}", "use a weight above 0, or leave it out.")
    return Weighted(tuple(choice.value for choice in choices), tuple(accumulate(choice.weight for choice in choices)))


def _grid(parameter: Parameter, where: str) -> Grid:
    if parameter.low is None or parameter.high is None:
        raise _wrong(parameter, where, f"is of type {parameter.type} and lacks `low` or `high`", "give both.")
    step = parameter.step if parameter.step is not None else DEFAULT_STEP[parameter.type]
    if not step > 0:
        raise _wrong(parameter, where, f"has the step {step:g}", "use a step above 0.")
    try:
        grid = _RANGES[parameter.type](parameter.low, parameter.high, step, parameter.format)
        if grid.size > 0:
            grid.write(0)
    except (ValueError, TypeError, InvalidOperation) as error:
        fix = "write numbers as 1 or 2.5, dates as 2025-03-01, times as 09:30, and a format that fits the type."
        raise _wrong(parameter, where, f"can't be read as {parameter.type} ({error})", fix) from error
    if grid.size < 1:
        raise _wrong(parameter, where, f"has a low end {parameter.low} above its high end {parameter.high}", "swap them.")
    return grid


def _integers(low: float | str, high: float | str, step: float, spec: str | None) -> Grid:
    first, last, stride = int(low), int(high), int(step)
    if stride != step:
        raise ValueError(f"step {step:g} is no whole number")
    return Grid((last - first) // stride + 1, lambda spot: format(first + spot * stride, spec or "d"), _finder(first, stride, spec))


def _numbers(low: float | str, high: float | str, step: float, spec: str | None) -> Grid:
    first, last, stride = Decimal(str(low)), Decimal(str(high)), Decimal(str(step))

    def write(spot: int) -> str:
        value = first + spot * stride
        return format(value, spec) if spec else format(value.normalize(), "f")

    return Grid(int((last - first) // stride) + 1 if last >= first else 0, write, _finder(first, stride, spec))


def _finder(first: Decimal | int, stride: Decimal | int, spec: str | None) -> Callable[[str], Decimal] | None:
    """Return the position of a written number, for formats that can be read back: a range of account numbers is too long to write."""
    if spec is not None and not re.fullmatch(r"[+ -]?0?\d*[,_]?(\.\d+)?[df]?", spec):
        return None
    return lambda text: (Decimal(re.sub("[,_ ]", "", text)) - first) / stride


def _dates(low: float | str, high: float | str, step: float, pattern: str | None) -> Grid:
    first, last = date.fromisoformat(str(low)), date.fromisoformat(str(high))
    stride = timedelta(days=step)
    if stride < timedelta(days=1):
        raise ValueError("dates step by whole days")
    return Grid((last - first) // stride + 1, lambda spot: (first + spot * stride).strftime(pattern or "%Y-%m-%d"))


def _times(low: float | str, high: float | str, step: float, pattern: str | None) -> Grid:
    any_day = date(2000, 1, 1)
    first = datetime.combine(any_day, time.fromisoformat(str(low)))
    last = datetime.combine(any_day, time.fromisoformat(str(high)))
    stride = timedelta(minutes=step)
    return Grid((last - first) // stride + 1, lambda spot: (first + spot * stride).strftime(pattern or "%H:%M"))


_RANGES = {"integer": _integers, "number": _numbers, "date": _dates, "time": _times}


def _wrong(parameter: Parameter, where: str, what: str, fix: str) -> UsageError:
    return UsageError(f"behavior {where!r}: parameter {parameter.name!r} {what}. Fix: {fix}")


__all__ = ["DEFAULT_STEP", "Grid", "Values", "Weighted", "values_of", "weigh"]

"""The price file: what tokens cost, as of a day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from synthloop.adapters.models.prices import Price
from synthloop.core.errors import Problem
from synthloop.project.problems import read_written
from synthloop.project.written_models import PricesWritten
from synthloop.project.yaml_source import Source, read_source

OLD_DAYS = 180
"""Days after which prices are called old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What models' tokens cost."""

    as_of: date | None = None
    """The day on which they were looked up; None where there is no price file."""
    by_model: Mapping[str, Price] = field(default_factory=dict[str, Price])
    """By a model's name in the project, or by what its endpoint calls it."""
    warnings: tuple[Problem, ...] = ()

    def find(self, *names: str) -> Price | None:
        """Return the price under the first of these names that has one; None: unknown."""
        return next((self.by_model[name] for name in names if name in self.by_model), None)


def read_prices(written: str | None, source: Source, root: Path, *, today: date) -> tuple[Prices, list[Problem]]:
    """Read the price file that a project names.

    Args:
        written: Its path; None: there is none.
        source: Where that stands.
        root: The project's folder.
        today: What its age is reckoned from.
    """
    if written is None:
        return Prices(), []
    if not (root / written).is_file():
        fix = "Write it: `{as_of: YYYY-MM-DD, models: {NAME: {usd_per_million_in: 1, usd_per_million_out: 2}}}`."
        return Prices(), [source.problem(("prices",), f"there is no file {written!r}.", fix)]
    found, problems = read_source(root / written, written)
    if found is None:
        return Prices(), problems
    checked = read_written(PricesWritten, found)
    problems += checked.problems
    if checked.written is None or problems:
        return Prices(), problems
    as_of, wrong = _read_day(checked.written.as_of, found, today)
    prices = {
        name: Price(usd_per_million_in=price.usd_per_million_in, usd_per_million_out=price.usd_per_million_out)
        for name, price in checked.written.models.items()
    }
    return Prices(as_of=as_of, by_model=prices, warnings=tuple(_find_age(as_of, found, today))), wrong


def _read_day(text: str, source: Source, today: date) -> tuple[date | None, list[Problem]]:
    try:
        as_of = date.fromisoformat(text)
    except ValueError:
        return None, [source.problem(("as_of",), f"{text!r} is no day.", "Write it as YYYY-MM-DD.")]
    if as_of > today:
        return None, [source.problem(("as_of",), f"{text} lies ahead.", "Write the day on which the prices were looked up.")]
    return as_of, []


def _find_age(as_of: date | None, source: Source, today: date) -> Iterator[Problem]:
    if as_of is not None and (days := (today - as_of).days) > OLD_DAYS:
        what = f"the prices are of {as_of}, {days} days ago: costs may be wrong."
        yield source.problem(("as_of",), what, "Look them up again, and set `as_of` to that day.")


__all__ = ["OLD_DAYS", "Prices", "read_prices"]

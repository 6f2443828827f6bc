"""Habits at their rates, and which of them come to bear on a text.

A text is hit by few of many habits. So chance is not asked about each: as `draw_hits` skips from hit to hit over the places of one habit,
a repertoire skips over the habits, by one draw, to the next that is hit somewhere. Only there are places looked for, and where a
habit may show already, which it then may have to be dropped.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from synthloop.generate.noise.cues import Cues, skip_counts
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.habits import Habit
from synthloop.generate.noise.style import HabitRate

_PLANS = 4096


class _Stop(NamedTuple):
    """A habit that may come up in a draft."""

    at: int
    habit: Habit
    rate: HabitRate
    places: int
    """At most so many."""
    may_show: bool


class Repertoire:
    """The habits of one way of writing.

    Args:
        cues: Of the habits, in the order in which they are put on a text.
        rates: Habit -> its rate; a habit that is missing is left as a text has it.
    """

    def __init__(self, cues: Cues, rates: Mapping[str, HabitRate]) -> None:
        self._cues = cues
        self._rates = rates
        self._plan = lru_cache(maxsize=_PLANS)(self._make_plan)

    def draw(self, draft: Draft, rng: random.Random) -> Iterator[tuple[Habit, list[int]]]:
        """Yield the habits that have to be looked at, and which of their places they shall show at.

        Whether a text has a habit at all is drawn first, then each place. Positions of hits count the places in order, and may lie beyond
        the last one. What is changed in the draft meanwhile counts for the habits that follow.
        """
        counts, known = self._cues.count(draft), len(draft.written)
        while (stop := self._find_next(counts, rng)) is not None:
            yield stop.habit, _draw_places(stop, rng)
            if len(draft.written) > known:
                # What it replaced stays counted: that does no harm, there are still no more places than cues.
                counts += self._cues.add_up(draft.written[known:])
                known = len(draft.written)
            counts = skip_counts(counts, stop.at + 1)

    def _find_next(self, counts: int, rng: random.Random) -> _Stop | None:
        """Draw the first habit that is hit somewhere, unless one that may show comes before it."""
        reached, stops = self._plan(counts)
        at = bisect(reached, rng.random()) if stops else 0
        return stops[at] if at < len(stops) else None

    def _make_plan(self, counts: int) -> tuple[list[float], list[_Stop]]:
        """Return the habits due up to the first that may show, and with which probability it goes no further than each."""
        reached: list[float] = []
        stops: list[_Stop] = []
        passed = 1.0
        for at, places, may_show in self._cues.unpack(counts):
            habit = self._cues.habits[at]
            rate = self._rates.get(habit.name)
            if rate is not None:
                passed *= 0.0 if may_show else 1.0 - rate.texts + rate.texts * (1.0 - rate.rate) ** places
                reached.append(1.0 - passed)
                stops.append(_Stop(at, habit, rate, places, may_show))
            if not passed:
                break
        return reached, stops


def _draw_places(stop: _Stop, rng: random.Random) -> list[int]:
    """Return the places that are hit: at least one, unless the habit is looked at because it may show."""
    if not stop.may_show:
        return draw_hits(rng, stop.places, stop.rate.rate, some=True)
    texts = stop.rate.texts
    has_it = texts >= 1.0 or rng.random() < texts
    return draw_hits(rng, stop.places, stop.rate.rate) if has_it else []


__all__ = ["Repertoire"]

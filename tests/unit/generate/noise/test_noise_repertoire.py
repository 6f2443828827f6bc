import random
from collections import Counter

import pytest

from synthloop.generate.noise.abbreviations import ABBREVIATED
from synthloop.generate.noise.cues import Cues
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.fillers import CLOSING, OPENING
from synthloop.generate.noise.repertoire import Repertoire
from synthloop.generate.noise.style import HabitRate

ORDERED = (ABBREVIATED, OPENING, CLOSING)


def draw_often(text: str, rates: dict[str, HabitRate], times: int = 4000) -> Counter[tuple[str, int]]:
    """Return how often each place of each habit was hit."""
    repertoire, rng = Repertoire(Cues(ORDERED), rates), random.Random(1)
    hits: Counter[tuple[str, int]] = Counter()
    for _ in range(times):
        hits.update((habit.name, place) for habit, places in repertoire.draw(Draft(text), rng) for place in places)
    return hits


@pytest.mark.parametrize("text", ["are you about to see people", "u are about to see people thanks"])
def test_every_place_is_hit_at_its_rate_whether_the_habit_may_show_or_not(text: str) -> None:
    rates = {ABBREVIATED.name: HabitRate(texts=0.5, rate=0.3), CLOSING.name: HabitRate(texts=1.0, rate=0.1)}
    hits = draw_often(text, rates)
    assert {name for name, _ in hits} == set(rates)
    assert [hits[ABBREVIATED.name, place] / 4000 for place in range(4)] == pytest.approx([0.15] * 4, abs=0.02)
    assert hits[CLOSING.name, 0] / 4000 == pytest.approx(0.1, abs=0.02)


def test_a_habit_of_all_texts_and_places_is_never_skipped() -> None:
    hits = draw_often("are you", {ABBREVIATED.name: HabitRate(texts=1.0, rate=1.0)}, times=100)
    assert hits == {(ABBREVIATED.name, 0): 100, (ABBREVIATED.name, 1): 100}


def test_what_was_changed_meanwhile_counts_for_the_habits_that_follow() -> None:
    draft = Draft("send u it")
    never = {habit.name: HabitRate(texts=1.0, rate=0.0) for habit in ORDERED}
    seen: list[str] = []
    for habit, hits in Repertoire(Cues(ORDERED), never).draw(draft, random.Random(1)):
        assert not hits
        seen.append(habit.name)
        draft.change(1, "So", "swap")
    assert seen == [ABBREVIATED.name, OPENING.name]

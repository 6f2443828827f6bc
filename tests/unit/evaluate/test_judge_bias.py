"""What sways a judge is told from what sways people."""

import numpy as np
import pytest

from synthloop.evaluate.judge_bias import measure_first_shown, measure_longer

CASES = 400
NAMES = [str(number) for number in range(CASES)]
WORDS = list(range(CASES))


def test_a_judge_that_only_looks_at_length_is_found_out() -> None:
    people = np.random.default_rng(0).random(CASES) < 0.5
    longer = np.arange(CASES) >= CASES // 2
    found = measure_longer(people, longer, WORDS, NAMES)
    assert found is not None
    assert found.low is not None
    assert found.low > 0.8
    shorter = measure_longer(people, ~longer, WORDS, NAMES)
    assert shorter is not None
    assert shorter.value == pytest.approx(-1.0, abs=0.1)


def test_what_people_like_about_length_is_not_held_against_a_judge() -> None:
    people = np.arange(CASES) >= CASES // 2
    found = measure_longer(people, people, WORDS, NAMES)
    assert found is not None
    assert (found.value, found.low is not None and found.low < 0, found.high is not None and found.high > 0) == (0.0, True, True)
    assert measure_longer(people, people, [5] * CASES, NAMES) is None


def test_its_interval_holds_the_truth_where_errors_depend_on_length() -> None:
    held = 0
    for run in range(300):
        draw = np.random.default_rng(run)
        people = draw.random(80) < 0.6
        longer = np.arange(80) >= 40
        # of the longer answers that people fail, the judge passes 50 %; of the shorter ones 10 %: 0.4 * (0.5 - 0.1) more
        gear = people | (draw.random(80) < np.where(longer, 0.5, 0.1))
        found = measure_longer(people, gear, list(range(80)), NAMES[:80])
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.16 <= found.high
    assert 0.92 <= held / 300 <= 0.98


def test_a_favored_place_has_its_sign_and_interval() -> None:
    found = measure_first_shown([1.0] * 30 + [0.0] * 70, NAMES[:100])
    assert found is not None
    assert (found.value, found.n) == (0.3, 100)
    assert found.low == pytest.approx(0.209, abs=0.002)
    assert found.high == pytest.approx(0.391, abs=0.002)
    assert measure_first_shown([], []) is None


def test_near_copies_are_worth_what_they_are() -> None:
    alone = measure_first_shown([1.0, 0.0] * 20, NAMES[:40])
    copies = measure_first_shown([1.0, 0.0] * 20, [str(number % 4) for number in range(40)])
    assert alone is not None
    assert copies is not None
    assert (copies.clusters, copies.value) == (4, alone.value)
    assert (copies.high or 0) - (copies.low or 0) > (alone.high or 0) - (alone.low or 0)

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from synthloop.core.score import SliceResult
from synthloop.core.transcript import Transcript
from synthloop.evaluate.outcomes import Outcome, tabulate_outcomes
from synthloop.evaluate.slices import adjust_p_values, correlate_clusters, find_slices

Build = Callable[..., Any]
ANSWERED = Transcript(id="t", sample_id="s", app="app", app_version="1", turns=(), end_reason="answered")
Row = tuple[str, dict[str, str], bool | None]


@pytest.fixture(name="slices_of")
def slices_of_fixture(a_sample: Build, a_transcript: Build) -> Callable[..., tuple[tuple[SliceResult, ...], int]]:
    def slices_of(rows: list[Row], smallest: int = 10, repeats: int = 1) -> tuple[tuple[SliceResult, ...], int]:
        outcomes: list[Outcome] = []
        for place, (scenario, attributes, passed) in enumerate(rows):
            sample = a_sample(f"text {place}", scenario=scenario, attributes=attributes)
            for replica in range(repeats):
                transcript = a_transcript(sample, replica=replica)
                outcomes.append(Outcome(sample=sample, transcript=transcript, scores=(), passed=passed, unscored=""))
        return find_slices(tabulate_outcomes(outcomes), smallest)

    return slices_of


def test_a_slice_of_single_samples_gets_fishers_test(slices_of: Build) -> None:
    rows = [(f"s{place}", {"noise": "heavy" if place < 20 else "none"}, place >= 10) for place in range(100)]
    found, skipped = slices_of(rows)
    heavy = next(one for one in found if one.slice.name == "noise=heavy")
    lower: Any = stats.fisher_exact([[10, 10], [80, 0]], alternative="less")
    assert heavy.p_value == pytest.approx(2 * lower[1])
    assert (heavy.inside.value, heavy.outside.value, heavy.inside.n, skipped) == (0.5, 1.0, 20, 0)
    assert found[0] == heavy


@pytest.mark.parametrize("repeats", [1, 5])
def test_repeats_and_near_copies_do_not_make_a_slice(repeats: int, slices_of: Build) -> None:
    rows = [(f"s{place // 20}", {"tone": "rude" if place < 20 else "calm"}, place >= 20) for place in range(200)]
    found, _ = slices_of(rows, repeats=repeats)
    # one scenario of ten fails as a whole: that is one observation
    assert found[0].p_value > 0.1


def sliced(build: Build, rows: list[tuple[str, str, bool]]) -> dict[str, SliceResult]:
    outcomes = [
        Outcome(sample=sample, transcript=ANSWERED, scores=(), passed=passed, unscored="")
        for at, (behavior, day, passed) in enumerate(rows)
        for sample in (build(f"text {at}", behavior=behavior, scenario=f"s{at}", attributes={"day": day}),)
    ]
    return {one.slice.name: one for one in find_slices(tabulate_outcomes(outcomes))[0]}


def test_a_value_that_is_common_in_a_hard_behavior_is_no_finding_of_its_own(a_sample: Build) -> None:
    hard = [("hard", "fri" if at < 60 else "mon", at % 2 == 0) for at in range(80)]
    easy = [("easy", "fri" if at < 10 else "mon", True) for at in range(200)]
    found = sliced(a_sample, [*hard, *easy])
    friday = found["day=fri"]
    assert (friday.p_value, found["behavior=hard"].p_value < 1e-9) == (1.0, True)
    # 60 of the 70 inside are of the hard behavior, of which half pass outside too
    assert (friday.inside.value, friday.outside.value) == (pytest.approx(40 / 70), pytest.approx(40 / 70))


def test_a_value_that_makes_samples_fail_is_found_within_behaviors(a_sample: Build) -> None:
    hard = [("hard", "fri" if at < 40 else "mon", at % 4 == 0 if at < 40 else at % 4 > 0) for at in range(80)]
    easy = [("easy", "fri" if at < 40 else "mon", at % 2 == 0 if at < 40 else True) for at in range(200)]
    assert sliced(a_sample, [*hard, *easy])["day=fri"].p_value < 1e-6


def test_a_value_that_all_samples_of_a_behavior_share_is_no_slice(a_sample: Build) -> None:
    rows = [("hard", "fri", False) for _ in range(30)] + [("easy", "mon" if at % 2 else "tue", True) for at in range(60)]
    assert set(sliced(a_sample, rows)) == {"behavior=hard", "behavior=easy", "day=mon", "day=tue"}


def test_slices_are_behaviors_and_attributes_that_are_large_enough(slices_of: Build) -> None:
    rows = [(f"s{place}", {"city": f"c{place}", "day": "mon", "split": "x"} if place else {}, True) for place in range(50)]
    found, skipped = slices_of(rows, smallest=1)
    assert {one.slice.name.partition("=")[0] for one in found} == {"city", "day"}
    found, skipped = slices_of(rows, smallest=10)
    assert (found, skipped) == ((), 49)


def test_unscored_samples_are_in_no_slice(slices_of: Build) -> None:
    rows = [(f"s{place}", {"half": str(place % 2)}, None if place < 20 else True) for place in range(60)]
    found, _ = slices_of(rows)
    assert [one.inside.n for one in found] == [20, 20]
    assert slices_of([("s", {}, None)]) == ((), 0)


def test_q_values_are_those_of_scipy_in_the_given_order() -> None:
    p_values = [0.04, 0.001, 0.9, 0.02]
    assert adjust_p_values(p_values) == pytest.approx(stats.false_discovery_control(p_values).tolist())
    assert adjust_p_values([]) == []


def test_correlation_within_scenarios_is_the_anova_estimate() -> None:
    cluster = np.repeat(np.arange(30), 4)
    alike, apart = (cluster % 2).astype(float), np.tile([0.0, 1.0], 60)
    assert correlate_clusters(alike, cluster) == 1.0
    assert correlate_clusters(apart, cluster) == 0.0
    assert correlate_clusters(alike, np.arange(120)) == 0.0
    rng = np.random.default_rng(1)
    chances = rng.beta(0.7 * 1.5, 0.3 * 1.5, 5000)[np.repeat(np.arange(5000), 4)]
    passed = (rng.random(20000) < chances).astype(float)
    harder = cluster % 2
    assert correlate_clusters(alike, cluster, harder) == 0.0
    assert correlate_clusters(passed, np.repeat(np.arange(5000), 4)) == pytest.approx(1 / 2.5, abs=0.02)

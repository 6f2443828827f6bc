import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from synthloop.core.errors import UsageError
from synthloop.core.report import Report
from synthloop.evaluate.comparison import compare_reports, compare_variants, find_smallest_difference, pair_results
from synthloop.evaluate.permutation import flip_signs, pair_exactly

Build = Callable[..., Report]


@pytest.mark.parametrize("repeats", [1, 3, 10])
def test_four_scenarios_that_all_got_better_are_one_in_sixteen_however_often_repeated(repeats: int, a_report: Build) -> None:
    before = a_report("old", {f"s{place}/0": (False,) * repeats for place in range(4)})
    after = a_report("new", {f"s{place}/0": (True,) * repeats for place in range(4)})
    found = compare_reports(before, after)
    assert found.p_value == pytest.approx(2 / 16)
    assert flip_signs(pair_results(before, after).scenario_differences, "better", random.Random(0)) == 1 / 16
    assert (len(found.fixed), len(found.broken), found.both_pass, found.both_fail) == (4, 0, 0, 0)


def test_near_copies_are_not_evidence(a_report: Build) -> None:
    before = a_report("old", {f"s{place // 25}/{place}": (False,) for place in range(100)})
    after = a_report("new", {f"s{place // 25}/{place}": (True,) for place in range(100)})
    found = compare_reports(before, after)
    assert (found.p_value, found.test, found.difference.clusters, found.difference.n) == (2 / 16, "sign-flip-exact", 4, 100)


def test_plain_pairs_get_the_exact_mcnemar_test(a_report: Build) -> None:
    before = a_report("old", {f"s{place}/0": (place < 20,) for place in range(30)})
    after = a_report("new", {f"s{place}/0": (place >= 9,) for place in range(30)})
    found = compare_reports(before, after)
    assert found.test == "mcnemar"
    assert found.p_value == pytest.approx(stats.binomtest(10, 19).pvalue)
    assert (len(found.fixed), len(found.broken), found.both_pass, found.both_fail) == (10, 9, 11, 0)
    assert found.difference.value == pytest.approx(1 / 30)


def test_sign_flips_of_equal_sizes_are_mcnemar_listed_or_drawn() -> None:
    for better, worse in ((9, 3), (30, 12)):
        differences = np.array([1.0] * better + [-1.0] * worse)
        for alternative in ("two-sided", "better", "worse"):
            exact = pair_exactly(better, worse, alternative)
            assert flip_signs(differences, alternative, random.Random(1)) == pytest.approx(exact, abs=0.005)


def test_nothing_changed_is_no_evidence() -> None:
    assert flip_signs(np.zeros(9), "two-sided", random.Random(0)) == 1.0
    assert pair_exactly(0, 0, "worse") == 1.0


def test_samples_in_one_report_only_are_counted_not_compared(a_report: Build) -> None:
    before = a_report("old", {"a/1": (True,), "b/1": (True,), "c/1": (None,)})
    after = a_report("new", {"b/1": (False,), "c/1": (True,), "d/1": (True,)})
    found = compare_reports(before, after)
    assert (found.broken, found.only_before, found.only_after, found.difference.n) == (("b/1",), 1, 2, 1)
    assert found.smallest_difference is None
    assert found.difference.low is None


def test_no_shared_sample_is_no_difference(a_report: Build) -> None:
    found = compare_reports(a_report("old", {"a/1": (True,)}), a_report("new", {"b/1": (True,)}))
    assert (found.difference.value, found.p_value) == (None, 1.0)


def test_an_unchanged_app_still_has_a_bound_on_what_could_have_been_missed(a_report: Build) -> None:
    report = a_report("old", {f"s{place}/0": (True,) for place in range(20)})
    found = compare_reports(report, report)
    assert found.difference.value == 0
    assert found.difference.low == pytest.approx(-(1.959964**2) / (20 + 1.959964**2))
    # fewer than six changed scenarios are never beyond chance, two-sided at 0.05
    assert found.smallest_difference == pytest.approx(6 / 20)


def test_the_smallest_difference_shrinks_with_scenarios_not_with_copies(a_report: Build) -> None:
    def smallest(scenarios: int, copies: int) -> float:
        keys = [f"s{one}/{copy}" for one in range(scenarios) for copy in range(copies)]
        before = a_report("old", {key: (int(key[1 : key.index("/")]) % 10 != 0,) for key in keys})
        after = a_report("new", {key: (int(key[1 : key.index("/")]) % 10 != 1,) for key in keys})
        return find_smallest_difference(pair_results(before, after)) or 0.0

    assert smallest(100, 1) == pytest.approx(smallest(100, 5))
    assert smallest(400, 1) < 0.6 * smallest(100, 1)


def test_variants_stand_beside_each_other_each_against_the_first(a_report: Build) -> None:
    keys = [f"s{place}/0" for place in range(40)]
    small = a_report("small", {key: (place % 2 == 0,) for place, key in enumerate(keys)})
    large = a_report("large", dict.fromkeys(keys, (True,)))
    same = a_report("same", {key: (place % 2 == 0,) for place, key in enumerate(keys)})
    table = compare_variants([small, large, same])
    assert table.reference == "small"
    assert [row.app for row in table.rows] == ["small", "large", "same"]
    assert table.rows[0].difference is None
    q_values: list[Any] = [row.q_value for row in table.rows[1:]]
    assert q_values[0] < 0.001 < q_values[1]
    with pytest.raises(UsageError, match="nothing to compare"):
        compare_variants([])

"""Conditions under which conversations fail: found by looking, tested on fresh ones."""

from collections.abc import Callable
from itertools import product
from typing import Any, cast

import pytest

from synthloop.core.lineage import Lineage, content_id
from synthloop.core.problem import Tally, Trigger
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.distill.triggers import Case, compare_tallies, control_triggers, find_trigger, judge_trigger, list_outside

CITIES, MANNERS = ("Oslo", "Rome", "Bonn", "Lyon"), ("yes", "no")


def a_sample(number: int, scenario: str | None = None, **attributes: str) -> Sample:
    return make_sample(
        behavior_id="order",
        scenario_id=scenario or f"s{number}",
        messages=(Message(role="user", text=f"hello {number}"),),
        attributes=attributes,
        lineage=Lineage(origin="generated"),
    )


def some_cases(fails: Callable[[Sample], bool], *, times: int = 10, scenario: str | None = None) -> list[Case]:
    grid = [dict(zip(("city", "user_rude", "user_wanders"), row, strict=True)) for row in product(CITIES, MANNERS, MANNERS)]
    samples = [a_sample(at * times + n, scenario, **attributes) for at, attributes in enumerate(grid) for n in range(times)]
    return [Case(sample=sample, failed=fails(sample)) for sample in samples]


def by_hash(sample: Sample, share: int) -> bool:
    return int(content_id(sample.id)[:2], 16) < share


def test_two_attributes_that_fail_only_together_are_found_together() -> None:
    found = find_trigger(some_cases(lambda sample: sample.attributes["city"] == "Oslo" and sample.attributes["user_rude"] == "yes"))
    assert found is not None
    assert found.where == {"city": "Oslo", "user_rude": "yes"}
    assert (found.inside, found.outside) == (Tally(tried=20, failed=20), Tally(tried=140, failed=0))
    assert found.lift == pytest.approx(8)
    assert found.p_value <= found.q_value < 1e-6
    assert found.held_up is None


def test_of_conditions_that_explain_a_failure_alike_the_simplest_is_chosen() -> None:
    found = find_trigger(some_cases(lambda sample: by_hash(sample, 200 if sample.attributes["user_rude"] == "yes" else 8)))
    assert found is not None
    assert found.where == {"user_rude": "yes"}


def test_failures_by_chance_have_no_trigger() -> None:
    assert find_trigger(some_cases(lambda sample: by_hash(sample, 60))) is None


@pytest.mark.parametrize("fails", [True, False])
def test_where_all_or_none_fail_there_is_nothing_to_explain(fails: bool) -> None:
    assert find_trigger(some_cases(lambda _: fails)) is None


def test_near_copies_of_one_scenario_prove_nothing() -> None:
    cases = some_cases(lambda sample: sample.attributes["city"] == "Oslo", times=2)
    copies = [
        Case(sample=a_sample(at, f"s{case.sample.attributes['city']}", **case.sample.attributes), failed=case.failed)
        for at, case in enumerate(cases)
    ]
    assert find_trigger(cases, correlation=1.0) is not None
    assert find_trigger(copies, correlation=1.0) is None


def a_trigger(**where: str) -> Trigger:
    return Trigger(where=where, inside=Tally(), outside=Tally(), lift=1.0, p_value=0.01, q_value=0.01)


def test_just_outside_one_attribute_has_another_value_in_turn() -> None:
    samples = [case.sample for case in some_cases(lambda _: True)]
    outside = list_outside(a_trigger(city="Oslo", user_rude="yes"), samples, 8)
    assert [dict(each) for each in outside[:2]] == [{"city": "Bonn", "user_rude": "yes"}, {"city": "Oslo", "user_rude": "no"}]
    assert {each["city"] for each in outside if each["user_rude"] == "yes"} == {"Rome", "Bonn", "Lyon"}
    assert len(outside) == 8
    assert list_outside(a_trigger(nowhere="seen"), samples, 8) == ()


def fresh(failed: int, tried: int) -> list[Case]:
    return [Case(sample=a_sample(number), failed=number < failed) for number in range(tried)]


def test_a_condition_holds_up_only_where_fresh_conversations_tell_it_from_just_outside() -> None:
    good = judge_trigger(a_trigger(city="Oslo"), fresh(41, 50), fresh(3, 50), correlation=0.0)
    bad = judge_trigger(a_trigger(city="Rome"), fresh(4, 50), fresh(3, 50), correlation=0.0)
    untested = judge_trigger(a_trigger(city="Bonn"), [], fresh(3, 50), correlation=0.0)
    assert [each.held_up for each in control_triggers([good, bad, untested])] == [True, False, None]
    assert (good.fresh_inside, good.fresh_outside) == (Tally(tried=50, failed=41), Tally(tried=50, failed=3))


def test_the_exact_test_is_fishers() -> None:
    from scipy import stats  # noqa: PLC0415 - the reference

    pairs = [(Tally(tried=20, failed=9), Tally(tried=30, failed=4)), (Tally(tried=5, failed=0), Tally(tried=7, failed=3))]
    for (inside, outside), p_value in zip(pairs, compare_tallies(pairs), strict=True):
        table = [[each.failed, each.tried - each.failed] for each in (inside, outside)]
        assert p_value == pytest.approx(cast("Any", stats).fisher_exact(table, alternative="greater").pvalue)

import msgspec
import pytest
from tests.unit.surfaces.example_report import make_report, make_samples

from synthloop.core.errors import UsageError
from synthloop.core.report import Report, Result
from synthloop.surfaces.view import compare_results, outcome_of, view_of


def result(sample_id: str, *passes: bool | None) -> Result:
    return Result(sample_id=sample_id, scenario_id="s", behavior_id="b", passes=passes)


def with_results(*results: Result) -> Report:
    return msgspec.structs.replace(make_report(make_samples(8)), results=results)


@pytest.mark.parametrize(
    ("passes", "outcome"),
    [
        ((True, True), "passed"),
        ((True, False), "failed"),
        ((None, False), "failed"),
        ((None, True), "passed"),
        ((None,), "unscored"),
        ((), "unscored"),
    ],
)
def test_outcome_of_repeats(passes: tuple[bool | None, ...], outcome: str) -> None:
    assert outcome_of(result("a", *passes)) == outcome


def test_comparison_pairs_only_what_both_scored() -> None:
    before = with_results(result("a", True), result("b", False), result("c", None), result("d", True), result("gone", True))
    after = with_results(result("a", False), result("b", True), result("c", True), result("d", True), result("new", False))
    change = compare_results(before, after)
    assert (change.broken, change.fixed, change.both_passed, change.both_failed, change.paired) == (("a",), ("b",), 1, 0, 3)


def test_samples_that_no_report_mentions_are_left_out() -> None:
    samples = make_samples(40)
    assert len(view_of(make_report(samples[:10]), samples).samples) == 10


def test_a_sample_that_is_not_at_hand_is_shown_by_its_id() -> None:
    view = view_of(with_results(result("abc", False)))
    assert view.case("abc").text == "abc"
    assert view.case("missing").outcome == "unscored"


def test_no_report_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="synthloop evaluate"):
        view_of(())

import msgspec
import pytest
from tests.unit.surfaces.example_report import make_gate, make_report, make_samples

from synthloop.core.errors import UsageError
from synthloop.core.report import Report, Result
from synthloop.surfaces.view import outcome_of, view_of
from synthloop.surfaces.wording import say_problems, say_tally


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


def test_an_app_that_never_answered_is_said_to_have_raised_what_it_raised() -> None:
    lost = msgspec.structs.replace(result("a", None), unscored="app-error")
    report = msgspec.structs.replace(with_results(lost), failure_modes=(), unscored_notes={"app-error": "raised ValueError: \x1b[31mdown"})
    view = view_of(report)
    assert say_tally(view) == "0 of 1 sample failed, 1 could not be scored (app-error: 1; for example: raised ValueError: �[31mdown)"
    assert say_problems(view) == "Nothing that could be scored failed."


def test_a_tally_names_its_split_where_the_gate_judged_another_one() -> None:
    report = with_results(result("a", True), result("b", False))
    assert say_tally(view_of(report)) == "1 of 2 samples failed"
    assert say_tally(view_of(report, gate_report=report)) == "1 of 2 samples on dev failed"


def test_change_pairs_only_what_both_scored() -> None:
    before = with_results(result("a", True), result("b", False), result("c", None), result("d", True), result("gone", True))
    after = with_results(result("a", False), result("b", True), result("c", True), result("d", True), result("new", False))
    change = view_of(after, baseline=before).change
    assert change is not None
    assert (change.broken, change.fixed, change.both_pass, change.difference.n) == (("a",), ("b",), 1, 3)


def test_a_baseline_without_a_common_sample_shows_no_change() -> None:
    assert view_of(with_results(result("a", True)), baseline=with_results(result("b", True))).change is None


def test_a_check_may_point_to_samples_of_another_report() -> None:
    samples = make_samples(20)
    report, judged = make_report(samples[:10]), make_report(samples[10:])
    gate = make_gate(judged)
    view = view_of(report, samples, gate=gate, gate_report=judged)
    pointed = {sample_id for check in gate.checks for sample_id in check.sample_ids}
    assert set(view.samples) == {sample.id for sample in samples[:10]} | pointed
    assert all(view.case(sample_id).outcome == "failed" for sample_id in pointed)


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

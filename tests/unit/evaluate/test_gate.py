from collections.abc import Callable
from statistics import stdev

import msgspec
import pytest
from scipy import stats

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.report import Baseline, BehaviorResult, Decision, Report
from synthloop.core.score import MetricValue
from synthloop.evaluate.gate import GateDemands, combine_decisions, decide_gate, find_suspects
from synthloop.evaluate.intervals import measure_share
from synthloop.evaluate.outcomes import Floats
from synthloop.evaluate.thresholds import check_at_least, check_at_most, estimate_clusters
from synthloop.surfaces.wording import say_check

Build = Callable[..., Report]


def rate(passed: int, n: int, *, size: int = 1) -> MetricValue:
    """A pass rate over n samples in scenarios of a given size; failures are spread as evenly as possible."""
    import numpy as np  # noqa: PLC0415 - only here

    values: Floats = np.array([1.0] * passed + [0.0] * (n - passed))
    hits = values.reshape(size, n // size).sum(axis=0)
    return measure_share("pass_rate", hits, np.full(n // size, float(size)))


def keep(report: Report) -> Baseline:
    return Baseline(name="main", accepted_at="2026-01-01T00:00:00Z", report=report)


@pytest.mark.parametrize(
    ("observed", "demand", "decision"),
    [
        (rate(372, 400), 0.90, "pass"),
        (rate(372, 400, size=4), 0.90, "pass"),
        (rate(11, 12), 0.90, "too little data"),
        (rate(1800, 2000), 0.90, "pass"),
        (rate(1780, 2000), 0.90, "fail"),
        (rate(320, 400), 0.90, "fail"),
        (rate(10, 12), 0.90, "too little data"),
        (rate(2, 12), 0.90, "fail"),
        (rate(400, 400), 1.0, "pass"),
        (rate(0, 50), 0.0, "pass"),
        (MetricValue(name="x", value=None, n=0), 0.5, "too little data"),
        (MetricValue(name="x", value=1.0, n=90, clusters=1), 0.5, "too little data"),
    ],
)
def test_a_threshold_passes_fails_or_lacks_data(observed: MetricValue, demand: float, decision: Decision) -> None:
    assert check_at_least("accuracy", observed, demand).decision == decision


@pytest.mark.parametrize("passed", [11, 10, 12])
def test_the_number_that_would_do_does(passed: int) -> None:
    check = check_at_least("accuracy", rate(passed, 12), 0.90)
    assert check.decision == "too little data"
    assert check.n_needed is not None
    times = -(-check.n_needed // 12)
    assert check_at_least("accuracy", rate(passed * times, 12 * times), 0.90).decision != "too little data"
    assert check.note == f"12 scenarios; about {check.n_needed} would do"


def test_a_limit_is_the_mirror_image() -> None:
    def latency(value: float, half: float) -> MetricValue:
        return MetricValue(name="latency_p95_s", value=value, low=value - half, high=value + half, method="woodruff", n=100, clusters=100)

    assert check_at_most("latency_p95_s", latency(1.9, 0.1), 2.0).decision == "pass"
    assert check_at_most("latency_p95_s", latency(1.9, 0.5), 2.0).decision == "too little data"
    assert check_at_most("latency_p95_s", latency(2.5, 0.1), 2.0).decision == "fail"
    assert check_at_most("latency_p95_s", latency(2.1, 0.5), 2.0).decision == "too little data"
    assert check_at_most("latency_p95_s", MetricValue(name="x", value=None, n=0), 2.0).decision == "too little data"


def test_no_number_is_guessed_without_an_interval() -> None:
    assert estimate_clusters(MetricValue(name="x", value=0.9, n=3, clusters=1), 0.8) is None


def test_errors_of_the_app_fail_the_gate_before_anything_else(a_report: Build) -> None:
    report = a_report("new", {"s1/1": (True,)})
    report = msgspec.structs.replace(
        report,
        metrics=(msgspec.structs.replace(report.pass_rate, value=1.0, n=96, unscored=4),),
        unscored_reasons={"app-error": 3, "app-timeout": 1},
        unscored_notes={"app-error": "raised ValueError: down (app.py:1)"},
    )
    gate = decide_gate(report, None, GateDemands())
    assert (gate.decision, gate.exit_code, gate.checks[0].name) == ("fail", 1, "unscored")
    assert gate.checks[0].note == "app-error: 3, app-timeout: 1; for example: raised ValueError: down (app.py:1)"
    assert decide_gate(report, None, GateDemands(max_unscored_share=0.05)).decision == "pass"


def test_nothing_scored_is_never_a_pass(a_report: Build) -> None:
    report = a_report("new", {})
    report = msgspec.structs.replace(report, metrics=(MetricValue(name="pass_rate", value=None, n=0),))
    gate = decide_gate(report, None, GateDemands(at_least={"accuracy": 0.5}))
    assert gate.decision == "too little data"
    assert "every scorer only measures" in gate.checks[0].note


def test_accuracy_is_the_pass_rate_where_no_scorer_reads_labels_and_unknown_metrics_are_refused(a_report: Build) -> None:
    report = a_report("new", {"s1/1": (True,)})
    assert [check.name for check in decide_gate(report, None, GateDemands(at_least={"accuracy": 0.3})).checks] == ["unscored", "accuracy"]
    with pytest.raises(UsageError, match="Did you mean 'pass_rate'"):
        decide_gate(report, None, GateDemands(at_least={"pas_rate": 0.5}))
    with pytest.raises(UsageError, match="It has pass_rate"):
        decide_gate(report, None, GateDemands(at_least={"fluency": 0.5}))


def test_thresholds_of_behaviors_come_from_the_gate_then_the_behavior_then_the_report(a_report: Build) -> None:
    result = BehaviorResult(behavior_id="schedule", says="Schedules.", weight=1.0, at_least=0.1, pass_rate=rate(90, 100))
    report = msgspec.structs.replace(a_report("new", {"s1/1": (True,)}), behaviors=(result,))
    now = [Behavior(id="schedule", says="Schedules.", at_least=0.99), Behavior(id="new", says="Is new.", at_least=0.5)]
    assert [check.demanded for check in decide_gate(report, None, GateDemands()).checks[1:]] == ["at least 0.1"]
    checks = decide_gate(report, None, GateDemands(), now).checks[1:]
    assert [(check.name, check.decision) for check in checks] == [("behavior:schedule", "fail"), ("behavior:new", "too little data")]
    checks = decide_gate(report, None, GateDemands(behaviors_at_least={"schedule": 0.9}), now[:1]).checks[1:]
    assert [check.decision for check in checks] == ["too little data"]
    with pytest.raises(UsageError, match="Did you mean 'schedule'"):
        decide_gate(report, None, GateDemands(behaviors_at_least={"shedule": 0.9}))


def test_a_confirmed_regression_fails_and_names_its_samples(a_report: Build) -> None:
    keys = [f"s{place}/0" for place in range(100)]
    baseline = keep(a_report("old", dict.fromkeys(keys, (True,))))
    report = a_report("new", {key: (place >= 12,) for place, key in enumerate(keys)})
    assert find_suspects(report, baseline) == tuple(keys[:12])
    gate = decide_gate(report, baseline, GateDemands(), reruns=dict.fromkeys(keys[:12], (False,)))
    assert (gate.decision, gate.baseline) == ("fail", "main")
    check = next(check for check in gate.checks if check.name == "no_regression")
    assert check.sample_ids == tuple(keys[:12])
    assert check.p_value == pytest.approx(0.5**12)
    assert "12 got worse" in check.note
    assert decide_gate(report, baseline, GateDemands(no_regression=False)).decision == "pass"


def test_a_behavior_that_failed_throughout_in_the_baseline_is_named_since_no_drop_can_show_in_it(a_report: Build) -> None:
    keys = [f"s{place}/0" for place in range(60)]
    failing = a_report("old", dict.fromkeys(keys, (False,)))
    (check,) = [one for one in decide_gate(failing, keep(failing), GateDemands()).checks if one.name == "no_regression"]
    assert "no drop can show in schedule: nothing of it passed in the baseline" in check.note
    passing = a_report("old", dict.fromkeys(keys, (True,)))
    (check,) = [one for one in decide_gate(passing, keep(passing), GateDemands()).checks if one.name == "no_regression"]
    assert "no drop can show" not in check.note


def test_what_passes_when_run_again_is_flaky_and_listed(a_report: Build) -> None:
    keys = [f"s{place}/0" for place in range(200)]
    baseline = keep(a_report("old", dict.fromkeys(keys, (True,))))
    report = a_report("new", {key: (place >= 9,) for place, key in enumerate(keys)})
    (check,) = decide_gate(report, baseline, GateDemands(), reruns=dict.fromkeys(keys[:9], (True,))).checks[1:]
    assert (check.decision, check.sample_ids) == ("pass", ())
    assert "none got worse; 9 flaky" in check.note
    mixed = dict.fromkeys(keys[:9], (True,)) | {keys[0]: (False,), keys[1]: (None,)}
    (check, *_) = decide_gate(report, baseline, GateDemands(), reruns=mixed).checks[1:]
    assert (check.decision, check.sample_ids) == ("fail", tuple(keys[:2]))


def test_one_behavior_that_breaks_is_named(a_report: Build) -> None:
    def mixed(name: str, broken: int) -> Report:
        big = a_report(name, {f"a{place}/0": (place % 2 == 0,) for place in range(300)}, behavior="big")
        small = a_report(name, {f"b{place}/0": (place >= broken,) for place in range(30)}, behavior="small")
        return msgspec.structs.replace(big, results=(*big.results, *small.results))

    before, after = mixed("old", 0), mixed("new", 10)
    gate = decide_gate(after, keep(before), GateDemands())
    assert [check.name for check in gate.checks if check.decision == "fail"] == ["no_regression", "no_regression:small"]


def test_a_behavior_that_fails_altogether_in_few_scenarios_is_said(a_report: Build) -> None:
    def two(name: str, changed: bool | None, scenarios: int = 2) -> Report:
        good = a_report(name, {f"a{place}/0": (True,) for place in range(60)}, behavior="plan")
        bad = a_report(name, {f"b{place % scenarios}/{place}": (changed,) for place in range(30)}, behavior="change")
        rates = {"plan": rate(60, 60), "change": rate(30 if changed else 0, 30, size=30 // scenarios)}
        results = tuple(BehaviorResult(behavior_id=name, says=name, weight=1.0, pass_rate=found) for name, found in rates.items())
        return msgspec.structs.replace(good, results=(*good.results, *bad.results), behaviors=results)

    after, before = two("new", changed=False), two("old", changed=True)
    gate = decide_gate(after, keep(before), GateDemands(at_least={"accuracy": 0.5}, behaviors_at_least={"change": 0.5}))
    notes = {check.name: check.note for check in gate.checks}
    assert notes["behavior:change"].startswith("all 30 samples of change fail, but they come from 2 scenarios; about ")
    assert notes["accuracy"].endswith("all 30 samples of change fail, but they come from 2 scenarios")
    assert notes["no_regression"].endswith("all 30 samples of change passed before and fail now, but they come from 2 scenarios")
    one = decide_gate(two("new", changed=False, scenarios=1), None, GateDemands(behaviors_at_least={"change": 0.5}))
    assert one.checks[1].note == "all 30 samples of change fail, but they come from one scenario; write samples in other words"
    flaky = decide_gate(after, keep(before), GateDemands(), reruns={after.results[-1].sample_id: (True,)})
    assert "passed before" not in flaky.checks[-1].note
    fine = decide_gate(before, keep(before), GateDemands(at_least={"accuracy": 0.5}, behaviors_at_least={"change": 0.5}))
    assert not any("all 30" in check.note for check in fine.checks)
    many = two("new", changed=False, scenarios=30)
    gate = decide_gate(many, keep(two("old", changed=True, scenarios=30)), GateDemands(at_least={"accuracy": 0.5}))
    assert "no_regression:change" in {check.name for check in gate.checks}
    assert not any("all 30" in check.note for check in gate.checks)


@pytest.mark.parametrize(("unscored", "note"), [(0, "there is nothing to judge"), (3, "nothing could be scored")])
def test_a_behavior_without_a_sample_is_not_called_unscored(unscored: int, note: str) -> None:
    check = check_at_least("behavior:rare", MetricValue(name="pass_rate", value=None, n=0, unscored=unscored), 0.9)
    assert (check.decision, check.note.partition(":")[0]) == ("too little data", note)


def test_too_few_shared_scenarios_can_not_pass(a_report: Build) -> None:
    few = a_report("x", {f"s{place % 10}/{place}": (True,) for place in range(200)})
    (check,) = decide_gate(few, keep(few), GateDemands()).checks[1:]
    assert (check.decision, check.n_needed) == ("too little data", 25)
    enough = a_report("x", {f"s{place % 25}/{place}": (True,) for place in range(200)})
    assert decide_gate(enough, keep(enough), GateDemands()).decision == "pass"
    other = a_report("y", {f"t{place}/{place}": (True,) for place in range(200)})
    (check,) = decide_gate(other, keep(few), GateDemands()).checks[1:]
    assert check.decision == "too little data"
    assert "no sample has a score in both" in check.note


def test_the_bound_that_is_shown_is_the_one_that_decides(a_report: Build) -> None:
    keys = [f"s{place}/0" for place in range(100)]
    before = keep(a_report("old", {key: (place >= 50,) for place, key in enumerate(keys)}))
    after = a_report("new", {key: (not 8 <= place < 50 and place < 90,) for place, key in enumerate(keys)})
    observed = decide_gate(after, before, GateDemands()).checks[1].observed
    assert observed is not None
    assert observed.low is not None
    assert (observed.value, observed.high, observed.level) == (pytest.approx(-0.02), None, 0.95)
    differences = [1.0] * 8 + [0.0] * 82 + [-1.0] * 10
    error = stdev(differences) / 10
    assert observed.low == pytest.approx(-0.02 - float(stats.t.ppf(0.95, 99)) * error)
    for margin, decision in ((0.092, "pass"), (0.088, "too little data")):
        check = decide_gate(after, before, GateDemands(drop_margin=margin)).checks[1]
        assert (check.decision, -margin <= observed.low) == (decision, decision == "pass")
        assert f"(at least −{-observed.low:.3f}, one-sided 95%)" in say_check(check)[1]


def test_repeats_enter_as_a_share(a_report: Build) -> None:
    before = a_report("old", {"s1/1": (True, True, True), "s2/1": (True, True, False), "s3/1": (True, False)})
    after = a_report("new", {"s1/1": (True, True, False), "s2/1": (True, False, False), "s3/1": (False, False)})
    assert find_suspects(after, keep(before)) == ("s2/1",)


def test_the_worst_decision_counts() -> None:
    assert combine_decisions([]) == "pass"
    assert combine_decisions(["pass", "too little data"]) == "too little data"
    assert combine_decisions(["too little data", "fail", "pass"]) == "fail"

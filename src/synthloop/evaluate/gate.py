"""The CI decision: pass, fail or too little data.

A gate is a list of checks. It fails where any check fails; otherwise there is too little data where any check says so. The exit codes are
those of `synthloop.core.report.EXIT_CODES`.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.registry import suggest_name
from synthloop.core.report import Baseline, Decision, GateCheck, GateResult, Report
from synthloop.core.score import MetricValue
from synthloop.evaluate.demands import GateDemands
from synthloop.evaluate.regressions import Reruns, check_regression, find_broken
from synthloop.evaluate.thresholds import check_at_least, check_at_most, say_lost

_OVERALL = ("accuracy", "pass_rate", "weighted_pass_rate")
_MOST_LOST = 3


def find_suspects(report: Report, baseline: Baseline) -> tuple[str, ...]:
    """Return the samples to run once more before the gate decides: they passed in the baseline and fail now, in the report's order."""
    return find_broken(baseline.report, report)


def decide_gate(
    report: Report,
    baseline: Baseline | None,
    demands: GateDemands,
    behaviors: Sequence[Behavior] = (),
    reruns: Reruns | None = None,
) -> GateResult:
    """Return the decision with every check that led to it.

    Args:
        report: What to judge.
        baseline: What to compare with; None where there is none.
        demands: What is demanded.
        behaviors: Behaviors as they are written now; their thresholds stand before those in the report.
        reruns: What happened when the suspects were run once more; see `find_suspects`.

    Raises:
        UsageError: A demanded metric or behavior is not in the report; the message suggests the nearest.
    """
    checks = [
        _check_unscored(report, demands.max_unscored_share),
        *_check_metrics(report, demands),
        *_check_behaviors(report, demands, behaviors),
    ]
    if demands.no_regression and baseline is not None:
        checks += check_regression(baseline.report, report, reruns or {}, demands.alpha, demands.drop_margin)
    return GateResult(
        decision=combine_decisions([check.decision for check in checks]),
        checks=tuple(checks),
        app=report.app,
        baseline=baseline.name if baseline else None,
    )


def demand_calibration(result: GateResult, checks: Sequence[GateCheck]) -> GateResult:
    """Return a decision that depends on further checks as well: those of the judges."""
    decision = combine_decisions([result.decision, *(check.decision for check in checks)])
    return msgspec.structs.replace(result, decision=decision, checks=(*result.checks, *checks))


def combine_decisions(decisions: Sequence[Decision]) -> Decision:
    """Return the decision of several checks together: the worst of them, pass for none."""
    return "fail" if "fail" in decisions else "too little data" if "too little data" in decisions else "pass"


def find_metric(report: Report, name: str) -> MetricValue:
    """Return a metric of a report; the pass rate is the `accuracy` where no scorer reads labels, and the weighted one of one behavior.

    Raises:
        UsageError: There is no such metric; the message suggests the nearest.
    """
    by_name = {metric.name: metric for metric in report.metrics}
    if name in {"accuracy", "weighted_pass_rate"} and name not in by_name:
        name = "pass_rate"
    if name not in by_name:
        raise UsageError(f"the gate demands {name!r}, which is not in the report.{_suggest(name, by_name)}")
    return by_name[name]


def _check_unscored(report: Report, most: float) -> GateCheck:
    counts, unscored = report.pass_rate, report.pass_rate.unscored
    share = unscored / max(1, counts.n + unscored)
    reasons = ", ".join(f"{reason}: {count}" for reason, count in report.unscored_reasons.items())
    examples = "".join(f"; for example: {note}" for note in list(report.unscored_notes.values())[:2])
    nothing = counts.n == 0
    return GateCheck(
        name="unscored",
        decision="fail" if share > most else "too little data" if nothing else "pass",
        demanded=f"at most {most:g} of transcripts unscored",
        observed=MetricValue(name="unscored", value=share, n=counts.n + unscored, unscored=unscored),
        note=f"{reasons}{examples}" or ("no transcript passed or failed: there are none, or every scorer only measures" if nothing else ""),
        sample_ids=tuple(result.sample_id for result in report.results if result.unscored),
    )


def _check_metrics(report: Report, demands: GateDemands) -> Iterator[GateCheck]:
    for name, demand in demands.at_least.items():
        check = check_at_least(name, find_metric(report, name), demand, demands.margin)
        lost = _find_lost(report, demand) if name in _OVERALL else ()
        yield msgspec.structs.replace(check, note="; ".join(filter(None, (check.note, *lost))))
    for name, demand in demands.at_most.items():
        yield check_at_most(name, find_metric(report, name), demand, demands.margin)


def _check_behaviors(report: Report, demands: GateDemands, behaviors: Sequence[Behavior]) -> Iterator[GateCheck]:
    results = {result.behavior_id: result for result in report.behaviors}
    written = {name: result.at_least for name, result in results.items()} | {behavior.id: behavior.at_least for behavior in behaviors}
    for name, demand in {**written, **demands.behaviors_at_least}.items():
        if demand is None:
            continue
        if name not in written:
            raise UsageError(f"the gate demands a pass rate of behavior {name!r}, which does not exist.{_suggest(name, written)}")
        nothing = MetricValue(name="pass_rate", value=None, n=0)
        observed = results[name].pass_rate if name in results else nothing
        check = check_at_least(f"behavior:{name}", observed, demand, demands.margin)
        yield _explain_lost(check, report, name) if check.decision == "too little data" else check


def _find_lost(report: Report, demand: float) -> tuple[str, ...]:
    """Return a sentence for each behavior that fails altogether, in too few scenarios to count for much in an overall figure."""
    rates = {result.behavior_id: result.pass_rate for result in report.behaviors}
    few = [name for name, rate in rates.items() if rate.value == 0 and (rate.high is None or rate.high > demand)]
    said = [sentence for name in few if (sentence := _say_lost(report, name))]
    more = len(said) - _MOST_LOST
    return (*said[:_MOST_LOST], f"and so do those of {more} more behaviors") if more > 1 else tuple(said)


def _explain_lost(check: GateCheck, report: Report, behavior_id: str) -> GateCheck:
    lost = _say_lost(report, behavior_id)
    if not lost:
        return check
    advice = f"about {check.n_needed} would do" if check.n_needed else "write samples in other words"
    return msgspec.structs.replace(check, note=f"{lost}; {advice}")


def _say_lost(report: Report, behavior_id: str) -> str:
    """Say that all scored samples of a behavior fail; empty where one passes, or none is scored."""
    results = [result for result in report.results if result.behavior_id == behavior_id and set(result.passes) != {None}]
    if not results or any(True in result.passes for result in results):
        return ""
    return say_lost(behavior_id, len(results), len({result.scenario_id for result in results}))


def _suggest(name: str, known: Mapping[str, object]) -> str:
    plain = [one for one in known if ":" not in one]
    return suggest_name(name, known) or f" It has {', '.join(plain) or 'none'}."


__all__ = ["GateDemands", "combine_decisions", "decide_gate", "demand_calibration", "find_metric", "find_suspects"]

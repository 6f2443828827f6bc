"""Sentences that every surface says in the same words."""

from collections import Counter

from synthloop.core.report import CorrectedRate, Decision, FailureMode, GateCheck, GateResult, PairedDifference, Report
from synthloop.core.score import SliceResult
from synthloop.surfaces.figures import show_chance, show_count, show_gap, show_interval, show_share
from synthloop.surfaces.view import ReportView, outcome_of

SIGNS: dict[Decision, str] = {"pass": "✓", "fail": "✗", "too little data": "?"}
"""A sign beside every colored word, so that nothing depends on color."""

SIGNIFICANT = 0.05
"""A slice is called worse below this q-value: at most this share of such slices is there by chance."""


def say_rate(report: Report) -> str:
    """Say the pass rate with its certainty.

    Example: `0.454 (0.414 to 0.494), n = 582 from 12 scenarios`.
    """
    rate = report.pass_rate
    interval = f" ({show_interval(rate)})" if show_interval(rate) else ""
    return f"{show_share(rate.value)}{interval}, n = {rate.n:,} from {show_count(rate.clusters, 'scenario')}"


def say_split(report: Report) -> str:
    """Say which samples a report is about."""
    return {None: "all open samples", "holdout": "the holdout"}.get(report.split, report.split or "")


def say_tally(view: ReportView) -> str:
    """Say how many samples failed, and how many could not be scored and why; of which split, where the gate judged another one."""
    unscored = view.counts["unscored"]
    rest = f", {unscored:,} could not be scored{_say_reasons(view.report)}" if unscored else ""
    where = f" on {say_split(view.report)}" if view.gate_report else ""
    return f"{view.counts['failed']:,} of {show_count(len(view.report.results), 'sample')}{where} failed{rest}"


def say_against(gate: GateResult, judged: Report | None = None) -> str:
    """Say what the gate compared with, and which samples it judged where that is another report's."""
    where = f" on {say_split(judged)}" if judged else ""
    return f"gate{where} against baseline “{gate.baseline}”" if gate.baseline else f"gate{where} without a baseline"


def say_check(check: GateCheck) -> tuple[str, ...]:
    """Say what a check demanded, what was observed, and what would settle it."""
    facts = [f"demanded: {check.demanded}"]
    observed = check.observed
    if observed is not None:
        interval = f" ({show_interval(observed)})" if show_interval(observed) else ""
        facts.append(f"observed: {show_share(observed.value)}{interval}, n = {observed.n:,}")
    if check.p_value is not None:
        facts.append(f"p {'' if check.p_value < 0.001 else '= '}{show_chance(check.p_value)}")
    if check.n_needed is not None and str(check.n_needed) not in check.note:
        facts.append(f"{show_count(check.n_needed, 'scenario')} would settle it")
    return tuple(facts)


def order_checks(gate: GateResult) -> tuple[GateCheck, ...]:
    """Return the checks that failed first, then those that lack data, then those that passed."""
    order: dict[Decision, int] = {"fail": 0, "too little data": 1, "pass": 2}
    return tuple(sorted(gate.checks, key=lambda check: order[check.decision]))


def say_problems(view: ReportView) -> str:
    """Say how many problems there are and how many samples they hit."""
    if not view.modes:
        failed = view.counts["failed"]
        if failed:
            return f"{show_count(failed, 'sample')} failed; they were not grouped."
        return "Nothing that could be scored failed." if view.counts["unscored"] else "Nothing failed."
    hit = len({sample_id for mode in view.modes for sample_id in mode.sample_ids})
    return f"{show_count(len(view.modes), 'problem')} {'hits' if len(view.modes) == 1 else 'hit'} {show_count(hit, 'sample')}."


def say_confirmation(mode: FailureMode) -> str:
    """Say whether fresh neighbors fail as well; empty where none were tried."""
    if mode.confirmed is None:
        return ""
    tried = show_count(mode.neighbors_tried, "fresh neighbor")
    return f"{'confirmed' if mode.confirmed else 'not confirmed'}: {mode.neighbors_failed:,} of {tried} failed"


def say_slices(view: ReportView) -> str:
    """Say which slices follow, or that none is worse beyond chance."""
    count = show_count(len(view.report.slices), "slice")
    worst = view.report.worst_slices(len(view.report.slices), SIGNIFICANT)
    if not worst:
        return f"None of {count} does worse than the rest beyond chance (q ≤ {SIGNIFICANT})."
    within = " Attributes are compared within behaviors." if any("behavior" not in found.slice.where for found in worst) else ""
    return f"Slices that do worse than what lies outside them, beyond chance (q ≤ {SIGNIFICANT} over {count}).{within}"


def say_change(change: PairedDifference) -> str:
    """Say how many samples moved, and how far the pass rate did with what certainty."""
    moved = f"{len(change.broken):,} broken, {len(change.fixed):,} fixed"
    still = f"{change.both_fail:,} still failing, {change.both_pass:,} still passing"
    return f"{show_count(change.difference.n, 'sample')} in both runs: {moved}, {still}; {say_difference(change)}."


def say_difference(change: PairedDifference) -> str:
    """Say a paired difference with its interval and p-value, and what could have been seen at all where it is not beyond chance."""
    found = change.difference
    if found.value is None:
        return "no sample in common"
    interval = "" if found.low is None or found.high is None else f" ({show_gap(found.low)} to {show_gap(found.high)})"
    words = f"pass rate {show_gap(found.value)}{interval}, p {'' if change.p_value < 0.001 else '= '}{show_chance(change.p_value)}"
    if change.p_value > SIGNIFICANT and change.smallest_difference is not None:
        words += f", which is within chance; this many samples show differences from {show_share(change.smallest_difference)} on"
    return words


def _say_reasons(report: Report) -> str:
    reasons = Counter(result.unscored for result in report.results if result.unscored and outcome_of(result) == "unscored")
    if not reasons:
        return ""
    counts = ", ".join(f"{reason}: {count:,}" for reason, count in reasons.most_common())
    example = report.unscored_notes.get(reasons.most_common(1)[0][0], "")
    return f" ({counts}{f'; for example: {show_text(example)}' if example else ''})"


def gap_of(found: SliceResult) -> float:
    """Return how far the inside lies from the outside; negative where it does worse."""
    return (found.inside.value or 0.0) - (found.outside.value or 0.0)


def show_text(text: str, longest: int = 160) -> str:
    """Write a text on one line of a terminal or log: nothing in it can move the cursor, change colors or start a command.

    Example:
        >>> show_text("book it" + chr(27) + "[31m" + chr(10) + "now"), show_text("abcdef", 4)
        ('book it�[31m now', 'abc…')
    """
    line = "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def say_corrected(rate: CorrectedRate) -> str:
    """Say a judge's pass rate, raw and corrected for its known error, or why it can't be corrected."""
    raw = f"judge {rate.judge}: passes {show_share(rate.raw.value)}"
    if show_interval(rate.raw):
        raw += f" ({show_interval(rate.raw)})"
    if rate.value is None:
        return f"{raw}; not corrected: {rate.warning}"
    bounds = f"{show_share(rate.low)} to {show_share(rate.high)}"
    return f"{raw}; corrected for its error {show_share(rate.value)} ({bounds}), by {show_count(rate.labels, 'label')} of people"


__all__ = [
    "SIGNIFICANT",
    "SIGNS",
    "gap_of",
    "order_checks",
    "say_against",
    "say_change",
    "say_check",
    "say_confirmation",
    "say_corrected",
    "say_difference",
    "say_problems",
    "say_rate",
    "say_slices",
    "say_split",
    "say_tally",
    "show_text",
]

"""The top of the report: the decision, the pass rate with its certainty, and every check of the gate."""

from synthloop.core.report import Decision, GateCheck, GateResult
from synthloop.surfaces.figures import show_chance, show_count, show_interval, show_share
from synthloop.surfaces.html.charts import Mark, axis, interval_chart, scale_over
from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.html.sentences import sentence_list
from synthloop.surfaces.view import ReportView

SIGNS: dict[Decision, str] = {"pass": "✓", "fail": "✗", "too little data": "?"}
"""A sign beside every colored word, so that nothing depends on color."""

STYLES: dict[Decision, str] = {"pass": "good", "fail": "bad", "too little data": "unsure"}


def verdict_section(view: ReportView) -> Markup:
    """Return the verdict with the pass rate; without a gate, the pass rate alone."""
    rate = view.report.pass_rate
    scale = scale_over((rate.value, rate.low, _demand(view.gate)))
    kind = "inside" if view.gate is not None and view.gate.decision == "fail" else "plain"
    certainty = f"{rate.level:.0%} interval {show_interval(rate)}" if show_interval(rate) else "no interval"
    basis = f"{show_count(rate.n, 'answer')} to samples from {show_count(rate.clusters, 'scenario')}"
    figure = element(
        "div",
        element("p", element("span", show_share(rate.value), class_="big"), " pass rate", class_="rate"),
        interval_chart(scale, (Mark(metric=rate, kind=kind),), _demand(view.gate)),
        axis(scale),
        element("p", f"{certainty}; {basis}", class_="quiet"),
        class_="figure",
    )
    return element("section", _decision(view), figure, _checks(view), id="verdict", class_="verdict", aria_label="Verdict")


def decision_badge(decision: Decision) -> Markup:
    """Return a decision as a sign and a word."""
    sign = element("span", SIGNS[decision], aria_hidden="true")
    return element("span", sign, f" {decision}", class_=f"badge {STYLES[decision]}")


def _decision(view: ReportView) -> Markup:
    failed, unscored = view.counts["failed"], view.counts["unscored"]
    tally = f"{show_count(failed, 'sample')} of {len(view.report.results):,} failed"
    rest = f", {unscored:,} could not be scored" if unscored else ""
    sentence = element("p", f"{tally}{rest}.", class_="tally")
    if view.gate is None:
        return element(
            "div", element("h1", f"{view.report.app}: {show_share(view.report.pass_rate.value)}"), sentence, class_="decision plain"
        )
    against = f"gate against baseline “{view.gate.baseline}”" if view.gate.baseline else "gate without a baseline"
    heading = element(
        "h1", element("span", SIGNS[view.gate.decision], aria_hidden="true", class_="sign"), f" {view.gate.decision.capitalize()}"
    )
    return element("div", heading, element("p", against, class_="quiet"), sentence, class_=f"decision {STYLES[view.gate.decision]}")


def _checks(view: ReportView) -> Child:
    if view.gate is None:
        return None
    order: dict[Decision, int] = {"fail": 0, "too little data": 1, "pass": 2}
    checks = sorted(view.gate.checks, key=lambda check: order[check.decision])
    return element("ul", (_check(view, check) for check in checks), class_="checks", aria_label="Checks of the gate")


def _check(view: ReportView, check: GateCheck) -> Markup:
    observed = check.observed
    facts = [f"demanded: {check.demanded}"]
    if observed is not None:
        interval = f" ({show_interval(observed)})" if show_interval(observed) else ""
        facts.append(f"observed: {show_share(observed.value)}{interval}, n = {observed.n:,}")
    if check.p_value is not None:
        facts.append(f"p {'' if check.p_value < 0.001 else '= '}{show_chance(check.p_value)}")
    if check.n_needed is not None:
        facts.append(f"{show_count(check.n_needed, 'scenario')} would settle it")
    note = element("p", check.note, class_="quiet") if check.note else None
    head = element("p", decision_badge(check.decision), " ", element("strong", check.name), class_="check-name")
    samples = sentence_list(view.cases(check.sample_ids, 5)) if check.sample_ids else None
    return element("li", head, element("p", " · ".join(facts), class_="numbers"), note, samples)


def _demand(gate: GateResult | None) -> float | None:
    """Return the threshold of the accuracy check, read from its wording, for the line in the chart."""
    for check in gate.checks if gate else ():
        words = check.demanded.split()
        if check.name == "accuracy" and words[:2] == ["at", "least"]:
            return float(words[2])
    return None


__all__ = ["SIGNS", "STYLES", "decision_badge", "verdict_section"]

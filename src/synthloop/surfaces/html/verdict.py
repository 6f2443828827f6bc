"""The top of the report: the decision, the pass rate with its certainty, and every check of the gate."""

from synthloop.core.report import Decision, GateCheck, GateResult
from synthloop.surfaces.figures import show_count, show_interval, show_share
from synthloop.surfaces.html.charts import Mark, axis, interval_chart, scale_over
from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.html.sentences import sentence_list
from synthloop.surfaces.view import ReportView
from synthloop.surfaces.wording import SIGNS, order_checks, say_against, say_check, say_corrected, say_split, say_tally

STYLES: dict[Decision, str] = {"pass": "good", "fail": "bad", "too little data": "unsure"}


def verdict_section(view: ReportView) -> Markup:
    """Return the verdict with the pass rate; without a gate, the pass rate alone."""
    rate = view.report.pass_rate
    demand = _demand(view.gate)
    scale = scale_over((rate.value, rate.low, demand))
    kind = "inside" if view.gate is not None and view.gate.decision == "fail" else "plain"
    certainty = f"{rate.level:.0%} interval {show_interval(rate)}" if show_interval(rate) else "no interval"
    basis = f"{show_count(rate.n, 'answer')} to samples from {show_count(rate.clusters, 'scenario')}"
    figure = element(
        "div",
        element("p", element("span", show_share(rate.value), class_="big"), f" pass rate on {say_split(view.report)}", class_="rate"),
        interval_chart(scale, (Mark(metric=rate, kind=kind),), demand),
        axis(scale),
        element("p", f"{certainty}; {basis}", class_="quiet"),
        element("p", f"Dashed: the {demand:g} that the gate demands", class_="quiet") if demand is not None else None,
        (element("p", f"{say_corrected(rate)}.", class_="quiet") for rate in view.report.corrected),
        class_="figure",
    )
    return element("section", _decision(view), figure, _checks(view), id="verdict", class_="verdict", aria_label="Verdict")


def decision_badge(decision: Decision) -> Markup:
    """Return a decision as a sign and a word."""
    sign = element("span", SIGNS[decision], aria_hidden="true")
    return element("span", sign, f" {decision}", class_=f"badge {STYLES[decision]}")


def _decision(view: ReportView) -> Markup:
    tally = element("p", f"{say_tally(view)}.", class_="tally")
    gate = view.gate
    if gate is None:
        return element(
            "div", element("h1", f"{view.report.app}: {show_share(view.report.pass_rate.value)}"), tally, class_="decision plain"
        )
    sign = element("span", SIGNS[gate.decision], aria_hidden="true", class_="sign")
    heading = element("h1", sign, f" {gate.decision.capitalize()}")
    return element(
        "div", heading, element("p", say_against(gate, view.gate_report), class_="quiet"), tally, class_=f"decision {STYLES[gate.decision]}"
    )


def _checks(view: ReportView) -> Child:
    if view.gate is None:
        return None
    return element("ul", (_check(view, check) for check in order_checks(view.gate)), class_="checks", aria_label="Checks of the gate")


def _check(view: ReportView, check: GateCheck) -> Markup:
    head = element("p", decision_badge(check.decision), " ", element("strong", check.name), class_="check-name")
    note = element("p", check.note, class_="quiet") if check.note else None
    samples = sentence_list(view.cases(check.sample_ids, 5)) if check.sample_ids else None
    return element("li", head, element("p", " · ".join(say_check(check)), class_="numbers"), note, samples)


def _demand(gate: GateResult | None) -> float | None:
    """Return the threshold of the accuracy check, read from its wording, for the line in the chart."""
    for check in gate.checks if gate else ():
        words = check.demanded.split()
        if check.name == "accuracy" and words[:2] == ["at", "least"]:
            return float(words[2])
    return None


__all__ = ["STYLES", "decision_badge", "verdict_section"]

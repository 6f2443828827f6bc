"""How gears and their reports are said on a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console

from synthloop.core.gear import GearReport, Labelled
from synthloop.core.score import MetricValue
from synthloop.loop.gears import GearStatus
from synthloop.surfaces.cli.output import print_table, say
from synthloop.surfaces.figures import show_chance, show_count, show_gap, show_interval, show_share, show_time
from synthloop.surfaces.wording import show_text

_DISAGREEMENTS = 8


def print_gears(console: Console, found: Sequence[GearStatus]) -> None:
    """Print all gears with their last results, and what can't be trusted as it is."""
    print_table(console, ("gear", "kind", "labels", "agreement", "kappa", "checked"), map(_row, found), ("labels",))
    print_doubts(console, found)


def print_doubts(console: Console, found: Sequence[GearStatus]) -> None:
    """Print a warning for each gear that was never checked, changed since, or was checked on too little."""
    for each in found:
        if each.doubt:
            fix = f"synthloop gears check {each.name}" if each.labels else f"synthloop gears label {each.name}"
            say(console, f"warning: {each.name} {each.doubt}. Next: {fix}")


def print_gear_report(console: Console, report: GearReport, cases: Sequence[Labelled]) -> None:
    """Print a report, with some of the cases on which gear and people differ."""
    rows = [(what, _say(figure), f"{figure.n:,}") for what, figure in _list_figures(report) if figure is not None]
    print_table(console, (report.gear, "value (95 % interval)", "n"), rows, ("n",))
    for line in _explain(report):
        say(console, line)
    known = {case.id: case for case in cases}
    for case in [known[case_id] for case_id in report.disagreements if case_id in known][:_DISAGREEMENTS]:
        answer = f" → “{show_text(case.answer, 70)}”" if case.answer else ""
        say(console, f"  people: {case.label or '–'}  “{show_text(case.messages[-1].text, 70)}”{answer}")


def _row(status: GearStatus) -> tuple[str, ...]:
    report = status.report
    labels = f"{status.labels:,}" + (f" (+{status.unlabelled:,} to do)" if status.unlabelled else "")
    if report is None:
        return status.name, status.kind, labels, "–", "–", "never"
    lead = report.accepted or report.agreement
    kappa = "–" if report.accepted is not None else _say(report.kappa)
    return status.name, status.kind, labels, _say(lead), kappa, show_time(report.checked_at)[:10]


def _list_figures(report: GearReport) -> tuple[tuple[str, MetricValue | None], ...]:
    if report.accepted is not None:
        return ("people pass of what it wrote", report.accepted), ("people with each other (alpha)", report.people)
    return (
        ("agreement with people", report.agreement),
        ("Cohen's kappa", report.kappa),
        ("passes of what people pass (sensitivity)", report.sensitivity),
        ("fails of what people fail (specificity)", report.specificity),
        ("people and gear together (alpha)", report.alpha),
        ("people with each other (alpha)", report.people),
        ("agreement with itself over repeats", report.self_agreement),
        ("favors longer answers more than people do", report.bias.longer),
        ("favors what is shown first", report.bias.first_shown),
    )


def _explain(report: GearReport) -> Iterator[str]:
    bias = report.bias
    if report.inconclusive:
        yield f"{show_count(report.inconclusive, 'case')} it would not decide; they are in no figure."
    if report.contested:
        yield f"{show_count(report.contested, 'case')} on which people are evenly divided; they are in no figure."
    if bias.length is not None and bias.length_p_value is not None:
        chance = show_chance(bias.length_p_value)
        yield f"length bias: {show_gap(bias.length)} (rank correlation of its errors with the answers' length, p = {chance})."
    if bias.position is not None:
        yield f"the order decided in {show_share(bias.position)} of {show_count(bias.position_n, 'pair')}."
    if report.disagreements:
        what = "People fail" if report.accepted is not None else "It differs from people on"
        yield f"{what} {show_count(len(report.disagreements), 'case')}:"


def _say(metric: MetricValue) -> str:
    signed = metric.name in {"longer", "first_shown"} and metric.value is not None
    value = show_gap(metric.value or 0.0) if signed else show_share(metric.value)
    interval = show_interval(metric)
    return f"{value}{f' ({interval})' if interval else ''}"


__all__ = ["print_doubts", "print_gear_report", "print_gears"]

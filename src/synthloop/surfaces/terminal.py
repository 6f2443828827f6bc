"""The run on a terminal: the same order as the HTML report, readable at 80 columns, without color, and in a log."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from synthloop.core.report import BehaviorResult, Comparison, Decision, FailureMode, GateCheck, GateResult, Report
from synthloop.core.score import MetricValue
from synthloop.surfaces.figures import show_chance, show_count, show_gap, show_interval, show_share, show_value
from synthloop.surfaces.problem_lines import say_share, say_slice, show_explanation
from synthloop.surfaces.talk_lines import show_talks
from synthloop.surfaces.view import Case, ReportView, view_of
from synthloop.surfaces.wording import (
    SIGNIFICANT,
    SIGNS,
    gap_of,
    order_checks,
    say_against,
    say_change,
    say_check,
    say_confirmation,
    say_corrected,
    say_difference,
    say_problems,
    say_rate,
    say_slices,
    say_split,
    say_tally,
    show_text,
)

STYLES: dict[Decision, str] = {"pass": "bold cyan", "fail": "bold red", "too little data": "bold yellow"}
PROBLEMS = 5
SENTENCES = 3
SLICES = 8

_WIDE_BAR = 33
_SHORT_BAR = 17
_ANY_WIDTH = 10_000


def print_report(view: ReportView, console: Console) -> None:
    """Print the whole view: verdict, what failed, where, by behavior, the comparison, what was dropped."""
    parts = (
        _verdict(view),
        show_talks(view.report.talks) if view.report.talks else None,
        _problems(view),
        _slices(view),
        _behaviors(view, console),
        _change(view),
        _variants(view, console),
        _dropped(view),
    )
    for part in parts:
        if part is not None:
            console.print(part)
            console.print()


def print_gate(gate: GateResult, console: Console, view: ReportView | None = None) -> None:
    """Print the decision with every check and, where a view is at hand, the samples that a check points to."""
    head = Text(f"{SIGNS[gate.decision]} {gate.decision.upper()}", style=STYLES[gate.decision])
    console.print(Text.assemble(head, f"  {gate.app}: {say_against(gate)}"))
    console.print(Group(*(_check(check, view) for check in order_checks(gate))))


def print_problems(view: ReportView, console: Console) -> None:
    """Print what failed, grouped."""
    console.print(_problems(view))


def print_comparison(reports: Sequence[Report], comparison: Comparison, console: Console) -> None:
    """Print variants side by side, and how each differs from the first on the samples they share."""
    view = view_of(reports)
    console.print(_variant_table(view.reports, console))
    for row in comparison.rows:
        if row.difference is not None:
            q_value = "" if row.q_value is None else f", q {'' if row.q_value < 0.001 else '= '}{show_chance(row.q_value)}"
            moved = f"{len(row.difference.broken):,} broken, {len(row.difference.fixed):,} fixed"
            console.print(Text(f"{row.app} against {comparison.reference}: {moved}; {say_difference(row.difference)}{q_value}"))


def interval_bar(metric: MetricValue, width: int, at_least: float | None = None, *, ascii_only: bool = False) -> str:
    """Draw a rate with its interval on a line from 0 to 1.

    Args:
        metric: The rate; an empty line where it has no value.
        width: Characters.
        at_least: A threshold, drawn where the interval leaves room.
        ascii_only: For terminals that know no other letters.

    Example:
        >>> interval_bar(MetricValue(name="accuracy", value=0.5, low=0.25, high=0.75, n=20), 21, 0.9)
        '     ─────●─────  ┆  '
    """
    dash, dot, mark = ("-", "o", "|") if ascii_only else ("─", "●", "┆")
    line = [" "] * width

    def place(share: float) -> int:
        return min(max(round(share * (width - 1)), 0), width - 1)

    if at_least is not None:
        line[place(at_least)] = mark
    if metric.value is not None:
        low, high = place(metric.value if metric.low is None else metric.low), place(metric.value if metric.high is None else metric.high)
        line[low : high + 1] = dash * (high + 1 - low)
        line[place(metric.value)] = dot
    return "".join(line)


def _verdict(view: ReportView) -> RenderableType:
    report = view.report
    whose = f"{report.app} · {report.project}" if report.project else report.app
    lines: list[RenderableType] = [Text.assemble(f"pass rate on {say_split(report)} ", (say_rate(report), "bold")), Text(say_tally(view))]
    lines += [Text(say_corrected(rate)) for rate in report.corrected]
    if view.gate is None:
        return Group(Text(whose, style="bold"), *lines)
    head = Text(f"{SIGNS[view.gate.decision]} {view.gate.decision.upper()}", style=STYLES[view.gate.decision])
    checks = (_check(check, view) for check in order_checks(view.gate))
    return Group(Text.assemble(head, f"  {whose}: {say_against(view.gate, view.gate_report)}"), *lines, Text(), *checks)


def _check(check: GateCheck, view: ReportView | None) -> RenderableType:
    head = Text.assemble((f"{SIGNS[check.decision]} {check.decision}", STYLES[check.decision]), "  ", (check.name, "bold"))
    lines: list[RenderableType] = [Text("; ".join(say_check(check)))]
    if check.note:
        lines.append(Text(show_text(check.note, 400), style="dim"))
    if view is not None:
        lines += [_sentence(case) for case in view.cases(check.sample_ids, SENTENCES)]
    return Group(head, Padding(Group(*lines), (0, 0, 0, 4), expand=False))


def _problems(view: ReportView) -> RenderableType:
    shown = [_problem(view, at, mode) for at, mode in enumerate(view.modes[:PROBLEMS], 1)]
    rest = len(view.modes) - len(shown)
    more = [Text(f"{show_count(rest, 'smaller problem')} more", style="dim")] if rest > 0 else []
    return Group(_heading("What failed", say_problems(view)), *shown, *more)


def _problem(view: ReportView, at: int, mode: FailureMode) -> RenderableType:
    if mode.breakdown is not None:
        return _talk_problem(view, at, mode)
    count = f"{len(mode.sample_ids):,} of {show_count(view.counts['failed'], 'failure')}"
    facts = "; ".join(fact for fact in (count, say_confirmation(mode)) if fact)
    one_pair = mode.expected is not None or mode.got is not None
    lines: list[RenderableType] = [Text(facts)]
    if one_pair:
        lines.append(Text.assemble("expected ", (show_text(show_value(mode.expected), 40), "cyan"), " got ", (_got(mode), "red")))
    lines += [_sentence(case, answers=not one_pair) for case in view.cases(mode.sample_ids, SENTENCES)]
    return Group(Text.assemble(f"{at:>2}. ", (show_text(mode.name), "bold")), Padding(Group(*lines), (0, 0, 0, 4), expand=False))


def _talk_problem(view: ReportView, at: int, mode: FailureMode) -> RenderableType:
    """Return a problem of conversations: how often, when, and the shortest conversation that shows it."""
    conversations = view.report.talks.conversations if view.report.talks else len(view.report.results)
    facts = "; ".join(fact for fact in (say_share(mode, conversations), say_confirmation(mode)) if fact)
    explained = show_explanation(mode)
    lines = [Text(facts), *([explained] if explained else [])]
    return Group(Text.assemble(f"{at:>2}. ", (show_text(mode.name), "bold")), Padding(Group(*lines), (0, 0, 0, 4), expand=False))


def _got(mode: FailureMode) -> str:
    return show_text(show_value(mode.got), 40)


def _sentence(case: Case, *, answers: bool = True) -> Text:
    text = Text(f"“{show_text(case.text)}”")
    if answers:
        text.append(f"  expected {show_text(case.expected, 40)} got {show_text(case.got, 40)}", style="dim")
    return text


def _slices(view: ReportView) -> RenderableType | None:
    if not view.report.slices:
        return None
    found = view.report.worst_slices(SLICES, SIGNIFICANT)
    heading = _heading("Where it fails", say_slices(view))
    if not found:
        return heading
    table = _table("slice", numbers=("inside", "interval", "outside", "gap", "n", "q"))
    for one in found:
        inside, outside = show_share(one.inside.value), show_share(one.outside.value)
        numbers = (inside, show_interval(one.inside), outside, show_gap(gap_of(one)), f"{one.inside.n:,}", show_chance(one.q_value))
        table.add_row(Text(show_text(say_slice(one.slice))), *numbers)
    return Group(heading, table)


def _behaviors(view: ReportView, console: Console) -> RenderableType | None:
    if not view.report.behaviors:
        return None
    table = _table("behavior", bar=f"{'0':<{_bar_width(console) - 1}}1", numbers=("rate", "interval", "least", "n"))
    for one in sorted(view.report.behaviors, key=_rate_of):
        rate = one.pass_rate
        below = rate.value is not None and one.at_least is not None and rate.value < one.at_least
        bar = interval_bar(rate, _bar_width(console), one.at_least, ascii_only=console.options.ascii_only)
        least = "" if one.at_least is None else f"{one.at_least:.2f}"
        row = (show_share(rate.value), show_interval(rate), least, f"{rate.n:,}")
        table.add_row(Text(show_text(one.behavior_id)), Text(bar, style="red" if below else "cyan"), *row)
    return Group(_heading("By behavior", ""), table)


def _rate_of(behavior: BehaviorResult) -> float:
    return 2.0 if behavior.pass_rate.value is None else behavior.pass_rate.value


def _change(view: ReportView) -> RenderableType | None:
    change = view.change
    if change is None:
        return None
    broken = [Padding(_sentence(case), (0, 0, 0, 4), expand=False) for case in view.cases(change.broken, SENTENCES)]
    return Group(_heading("Against the baseline", say_change(change)), *broken)


def _variants(view: ReportView, console: Console) -> RenderableType | None:
    if len(view.reports) < 2:
        return None
    return Group(_heading("Variants", ""), _variant_table(view.reports, console))


def _variant_table(reports: Sequence[Report], console: Console) -> Table:
    """Return the widest table that fits: further metrics and long bars are the first to go, no figure is ever cut off."""
    others = [metric.name for metric in reports[0].metrics[1:3]] if console.width >= 100 else []
    shapes = [(others, _bar_width(console)), *((others[:count], _SHORT_BAR) for count in range(len(others), -1, -1))]
    tables = [_lay_out_variants(reports, console, names, bar) for names, bar in shapes]
    unbounded = console.options.update(max_width=_ANY_WIDTH)
    return next((table for table in tables if console.measure(table, options=unbounded).maximum <= console.width), tables[-1])


def _lay_out_variants(reports: Sequence[Report], console: Console, others: Sequence[str], bar_width: int) -> Table:
    table = _table("variant", bar=f"{'0':<{bar_width - 1}}1", numbers=("rate", "interval", *others, "n"))
    for report in reports:
        values = {metric.name: metric.value for metric in report.metrics}
        rate = report.pass_rate
        bar = Text(interval_bar(rate, bar_width, ascii_only=console.options.ascii_only), style="cyan")
        numbers = (show_share(rate.value), show_interval(rate), *(show_share(values.get(name)) for name in others), f"{rate.n:,}")
        table.add_row(Text(show_text(report.app)), bar, *numbers)
    return table


def _dropped(view: ReportView) -> RenderableType | None:
    if not view.dropped:
        return None
    ordered = sorted(view.dropped.items(), key=lambda item: (-item[1], item[0]))
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in ordered)
    return _heading("Dropped by curation", f"{show_count(sum(view.dropped.values()), 'candidate')}: {reasons}.")


def _heading(title: str, lead: str) -> Text:
    return Text.assemble((title, "bold underline"), f"  {lead}" if lead else "")


def _table(name: str, *, bar: str = "", numbers: Iterable[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    table.add_column(name, overflow="fold", min_width=12)
    if bar:
        table.add_column(Text(bar), no_wrap=True)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def _bar_width(console: Console) -> int:
    """Return how wide a bar may be, so that a table of six columns fits."""
    return _SHORT_BAR if console.width < 100 else _WIDE_BAR


__all__ = ["interval_bar", "print_comparison", "print_gate", "print_problems", "print_report"]

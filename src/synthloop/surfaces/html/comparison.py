"""The run beside others: what was fixed and broken since the baseline, and the app's variants side by side."""

from synthloop.core.report import Report
from synthloop.surfaces.figures import show_count, show_interval, show_share
from synthloop.surfaces.html.charts import Mark, Scale, axis, interval_chart, scale_over
from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.html.page import section
from synthloop.surfaces.html.sentences import sentence_list
from synthloop.surfaces.html.tables import Column, table
from synthloop.surfaces.view import ReportView
from synthloop.surfaces.wording import say_difference

SENTENCES = 8


def baseline_section(view: ReportView) -> Child:
    """Return what changed since the baseline, sample by sample."""
    change = view.change
    if change is None:
        return None
    count = change.difference.n
    lead = f"{show_count(count, 'sample')} {'was' if count == 1 else 'were'} scored in both runs; {say_difference(change)}."
    moves = (
        ("broken", len(change.broken), "passed before, fails now", "bad"),
        ("fixed", len(change.fixed), "failed before, passes now", "good"),
        ("still failing", change.both_fail, "fails in both", "unsure"),
        ("still passing", change.both_pass, "passes in both", "plain"),
    )
    tiles = element("ul", (_tile(*move) for move in moves), class_="tiles")
    broken = _sentences(view, "Broken", change.broken, opened=True)
    return section("baseline", "Against the baseline", lead, tiles, broken, _sentences(view, "Fixed", change.fixed, opened=False))


def variant_section(view: ReportView) -> Child:
    """Return the app's variants side by side."""
    if len(view.reports) < 2:
        return None
    rates = [report.pass_rate for report in view.reports]
    scale = scale_over(bound for rate in rates for bound in (rate.low, rate.value))
    names = [metric.name for metric in view.report.metrics[1:6]]
    columns = (
        Column("Variant"),
        Column("Pass rate", kind="chart", foot=axis(scale)),
        Column("Rate", kind="number"),
        Column("Interval", kind="number"),
        *(Column(name.replace("_", " "), kind="number") for name in names),
        Column("n", kind="number"),
    )
    lead = f"{show_count(len(view.reports), 'variant')} on the same samples."
    return section("variants", "Variants", lead, table(columns, (_variant_row(report, names, scale) for report in view.reports)))


def _variant_row(report: Report, names: list[str], scale: Scale) -> tuple[Child, ...]:
    values = {metric.name: metric.value for metric in report.metrics}
    rate = report.pass_rate
    return (
        (element("span", report.app, class_="name"), element("small", report.app_version[:12])),
        interval_chart(scale, (Mark(metric=rate, kind="plain"),)),
        show_share(rate.value),
        show_interval(rate),
        *(show_share(values.get(name)) for name in names),
        f"{rate.n:,}",
    )


def _tile(name: str, count: int, meaning: str, kind: str) -> Markup:
    number = element("span", f"{count:,}", class_="big")
    return element("li", number, element("strong", name), element("small", meaning), class_=f"tile {kind}")


def _sentences(view: ReportView, title: str, sample_ids: tuple[str, ...], *, opened: bool) -> Child:
    if not sample_ids:
        return None
    shown = min(len(sample_ids), SENTENCES)
    summary = element("summary", f"{title}: {shown} of {len(sample_ids):,}")
    return element("details", summary, sentence_list(view.cases(sample_ids, SENTENCES)), open=opened)


__all__ = ["baseline_section", "variant_section"]

"""How the app does on each behavior, and which labels it mixes up."""

from collections import Counter

from synthloop.core.report import BehaviorResult, ConfusionCell
from synthloop.surfaces.figures import show_count, show_interval, show_share
from synthloop.surfaces.html.charts import Mark, Scale, axis, heat_map, interval_chart, scale_over
from synthloop.surfaces.html.element import Child, element
from synthloop.surfaces.html.page import section
from synthloop.surfaces.html.tables import Column, table
from synthloop.surfaces.view import ReportView

LABELS = 20
"""Labels that a heat map can show readably."""


def behavior_section(view: ReportView) -> Child:
    """Return the pass rate of every behavior with its interval, the lowest first."""
    behaviors = sorted(view.report.behaviors, key=lambda behavior: (behavior.pass_rate.value is not None, behavior.pass_rate.value))
    if not behaviors:
        return None
    scale = scale_over(bound for behavior in behaviors for bound in (behavior.pass_rate.low, behavior.pass_rate.value, behavior.at_least))
    columns = (
        Column("Behavior"),
        Column("Pass rate", kind="chart", foot=axis(scale)),
        Column("Rate", kind="number"),
        Column("Interval", kind="number"),
        Column("At least", kind="number"),
        Column("n", kind="number"),
        Column("Weight", kind="number"),
    )
    with_threshold = any(behavior.at_least is not None for behavior in behaviors)
    lead = (
        f"The lowest first, with {view.report.pass_rate.level:.0%} intervals{'; the line marks the threshold' if with_threshold else ''}."
    )
    return section("behaviors", "By behavior", lead, table(columns, (_row(behavior, scale) for behavior in behaviors), class_="roomy"))


def confusion_section(view: ReportView) -> Child:
    """Return the confusion matrix as a heat map, of the labels with the most confusion where there are too many."""
    cells = view.report.confusion
    if not cells:
        return None
    labels, left_out = _labels(cells)
    total = sum(cell.count for cell in cells)
    wrong = sum(cell.count for cell in cells if cell.expected != cell.got)
    lead = f"{wrong:,} of {show_count(total, 'answer')} {'has' if total == 1 else 'have'} another label than expected."
    note = f" Shown are the {len(labels)} labels with the most confusion; {left_out} others are left out." if left_out else ""
    return section("confusion", "What is taken for what", lead + note, element("div", heat_map(cells, labels), class_="scroll", tabindex=0))


def _row(behavior: BehaviorResult, scale: Scale) -> tuple[Child, ...]:
    rate = behavior.pass_rate
    below = behavior.at_least is not None and rate.value is not None and rate.value < behavior.at_least
    name = element("span", behavior.behavior_id, class_="name"), element("small", behavior.says)
    return (
        name,
        interval_chart(scale, (Mark(metric=rate, kind="inside" if below else "plain"),), behavior.at_least),
        show_share(rate.value),
        show_interval(rate),
        show_share(behavior.at_least),
        f"{rate.n:,}",
        f"{behavior.weight:g}",
    )


def _labels(cells: tuple[ConfusionCell, ...]) -> tuple[list[str], int]:
    """Return the labels to show, sorted, and how many others there are."""
    names = sorted({name for cell in cells for name in (cell.expected, cell.got)})
    if len(names) <= LABELS:
        return names, 0
    confusion: Counter[str] = Counter()
    for cell in cells:
        if cell.expected != cell.got:
            confusion.update({cell.expected: cell.count, cell.got: cell.count})
    shown = sorted(name for name, _ in sorted(confusion.items(), key=lambda item: (-item[1], item[0]))[:LABELS])
    return shown, len(names) - len(shown)


__all__ = ["behavior_section", "confusion_section"]

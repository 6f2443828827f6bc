"""What failed, counted once a problem, and where: the slices that do worse than the rest beyond chance."""

from synthloop.core.report import FailureMode
from synthloop.core.score import SliceResult
from synthloop.surfaces.figures import show_chance, show_count, show_gap, show_interval, show_share, show_value
from synthloop.surfaces.html.charts import Mark, Scale, axis, count_bar, interval_chart, scale_over
from synthloop.surfaces.html.conversations import explain_mode
from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.html.page import section
from synthloop.surfaces.html.sentences import answer_pair, sentence_list
from synthloop.surfaces.html.tables import Column, table
from synthloop.surfaces.problem_lines import say_slice
from synthloop.surfaces.view import ReportView
from synthloop.surfaces.wording import SIGNIFICANT, gap_of, say_confirmation, say_problems, say_slices

SENTENCES = 6
MODES = 12
SLICES = 12


def failure_section(view: ReportView) -> Child:
    """Return the problems, the most frequent first, each with its sentences."""
    if not view.modes:
        return section("failures", "What failed", say_problems(view))
    rest = len(view.modes) - MODES
    more = element("p", f"{show_count(rest, 'smaller problem')} more: see the samples page.", class_="quiet") if rest > 0 else None
    largest = len(view.modes[0].sample_ids)
    cards = element("ol", (_mode_card(view, mode, largest) for mode in view.modes[:MODES]), class_="modes")
    return section("failures", "What failed", say_problems(view), cards, more)


def slice_section(view: ReportView) -> Child:
    """Return the slices that do worse than what lies outside them, beyond chance, as a forest plot."""
    if not view.report.slices:
        return None
    slices = view.report.worst_slices(SLICES, SIGNIFICANT)
    if not slices:
        return section("slices", "Where it fails", say_slices(view))
    scale = scale_over(bound for found in slices for bound in (found.inside.low, found.outside.low))
    lead = f"{say_slices(view)} Filled: inside the slice. Hollow: outside."
    return section("slices", "Where it fails", lead, slice_table(slices, scale))


def slice_table(slices: tuple[SliceResult, ...], scale: Scale) -> Markup:
    """Return slices with their inside and outside rates on one scale."""
    columns = (
        Column("Slice"),
        Column("Inside and outside", kind="chart", foot=axis(scale)),
        Column("Inside", kind="number"),
        Column("Outside", kind="number"),
        Column("Difference", kind="number"),
        Column("n", kind="number"),
        Column("q", kind="number"),
    )
    return table(columns, (_slice_row(found, scale) for found in slices))


def _slice_row(found: SliceResult, scale: Scale) -> tuple[Child, ...]:
    gap = gap_of(found)
    marked = "inside" if gap < 0 and found.q_value <= SIGNIFICANT else "plain"
    marks = (Mark(metric=found.inside, kind=marked), Mark(metric=found.outside, kind="outside"))
    return (
        element("span", say_slice(found.slice), class_="name"),
        interval_chart(scale, marks),
        (show_share(found.inside.value), element("small", show_interval(found.inside))),
        (show_share(found.outside.value), element("small", show_interval(found.outside))),
        show_gap(gap),
        f"{found.inside.n:,}",
        show_chance(found.q_value),
    )


def _mode_card(view: ReportView, mode: FailureMode, largest: int) -> Markup:
    count = len(mode.sample_ids)
    one_pair = mode.breakdown is None and (mode.expected is not None or mode.got is not None)
    pair = element("p", answer_pair(show_value(mode.expected), show_value(mode.got))) if one_pair else None
    link = element("a", f"All {count:,} in the samples page", href=f"samples.html#problem={mode.id}") if count > SENTENCES else None
    said_of = say_confirmation(mode)
    about = element(
        "div",
        element("h3", mode.name),
        element("p", element("strong", f"{count:,}"), f" of {show_count(view.counts['failed'], 'failure')}", class_="numbers"),
        count_bar(count, largest, "bad"),
        pair,
        element("p", said_of, class_="quiet") if said_of else None,
        _terms(mode),
    )
    shown = explain_mode(mode) if mode.breakdown else None
    sentences = None if shown else sentence_list(view.cases(mode.sample_ids, SENTENCES), answers=not one_pair)
    said = element("div", shown, sentences, element("p", link) if link else None)
    return element("li", about, said)


def _terms(mode: FailureMode) -> Child:
    if not mode.terms:
        return None
    return element("p", element("span", "telling words ", class_="word"), ((element("code", term), " ") for term in mode.terms[:8]))


__all__ = ["failure_section", "slice_section", "slice_table"]

"""What failed, counted once a problem, and where: the slices that do worse than the rest beyond chance."""

from synthloop.core.report import FailureMode
from synthloop.core.score import SliceResult
from synthloop.surfaces.figures import show_chance, show_count, show_gap, show_interval, show_share
from synthloop.surfaces.html.charts import Mark, Scale, axis, count_bar, interval_chart, scale_over
from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.html.page import section
from synthloop.surfaces.html.sentences import answer_pair, sentence_list
from synthloop.surfaces.html.tables import Column, table
from synthloop.surfaces.view import ReportView, show_value

SENTENCES = 6
MODES = 12
SLICES = 12
SIGNIFICANT = 0.05
"""A slice is called worse below this q-value: at most this share of such slices is there by chance."""


def failure_section(view: ReportView) -> Child:
    """Return the problems, the most frequent first, each with its sentences."""
    if not view.modes:
        lead = (
            "Nothing failed."
            if not view.counts["failed"]
            else f"{show_count(view.counts['failed'], 'sample')} failed; they were not grouped."
        )
        return section("failures", "What failed", lead)
    grouped = len({sample_id for mode in view.modes for sample_id in mode.sample_ids})
    lead = f"{show_count(len(view.modes), 'problem')} {'hits' if len(view.modes) == 1 else 'hit'} {show_count(grouped, 'sample')}."
    rest = len(view.modes) - MODES
    more = element("p", f"{show_count(rest, 'smaller problem')} more: see the samples page.", class_="quiet") if rest > 0 else None
    largest = len(view.modes[0].sample_ids)
    cards = element("ol", (_mode_card(view, mode, largest) for mode in view.modes[:MODES]), class_="modes")
    return section("failures", "What failed", lead, cards, more)


def slice_section(view: ReportView) -> Child:
    """Return the slices that do worse than everything outside them, beyond chance, as a forest plot."""
    slices = view.report.worst_slices(SLICES, SIGNIFICANT)
    if not view.report.slices:
        return None
    if not slices:
        lead = f"None of {show_count(len(view.report.slices), 'slice')} does worse than the rest beyond chance (q ≤ {SIGNIFICANT})."
        return section("slices", "Where it fails", lead)
    lead = (
        f"Slices that do worse than everything outside them, beyond chance: q ≤ {SIGNIFICANT} over {len(view.report.slices):,} slices. "
        "Filled: inside the slice. Hollow: outside."
    )
    scale = scale_over(bound for found in slices for bound in (found.inside.low, found.outside.low))
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
    gap = (found.inside.value or 0.0) - (found.outside.value or 0.0)
    marked = "inside" if gap < 0 and found.q_value <= SIGNIFICANT else "plain"
    marks = (Mark(metric=found.inside, kind=marked), Mark(metric=found.outside, kind="outside"))
    return (
        element("span", found.slice.name, class_="name"),
        interval_chart(scale, marks),
        (show_share(found.inside.value), element("small", show_interval(found.inside))),
        (show_share(found.outside.value), element("small", show_interval(found.outside))),
        show_gap(gap),
        f"{found.inside.n:,}",
        show_chance(found.q_value),
    )


def _mode_card(view: ReportView, mode: FailureMode, largest: int) -> Markup:
    count = len(mode.sample_ids)
    one_pair = mode.expected is not None or mode.got is not None
    pair = element("p", answer_pair(show_value(mode.expected), show_value(mode.got))) if one_pair else None
    link = element("a", f"All {count:,} in the samples page", href=f"samples.html#problem={mode.id}") if count > SENTENCES else None
    about = element(
        "div",
        element("h3", mode.name),
        element("p", element("strong", f"{count:,}"), f" of {show_count(view.counts['failed'], 'failure')}", class_="numbers"),
        count_bar(count, largest, "bad"),
        pair,
        _confirmation(mode),
        _terms(mode),
    )
    said = element("div", sentence_list(view.cases(mode.sample_ids, SENTENCES), answers=not one_pair), element("p", link) if link else None)
    return element("li", about, said)


def _confirmation(mode: FailureMode) -> Child:
    if mode.confirmed is None:
        return None
    word = element("strong", "Confirmed" if mode.confirmed else "Not confirmed")
    return element("p", word, f": {mode.neighbors_failed:,} of {show_count(mode.neighbors_tried, 'fresh neighbor')} failed", class_="quiet")


def _terms(mode: FailureMode) -> Child:
    if not mode.terms:
        return None
    return element("p", element("span", "telling words ", class_="word"), ((element("code", term), " ") for term in mode.terms[:8]))


__all__ = ["SIGNIFICANT", "failure_section", "slice_section", "slice_table"]

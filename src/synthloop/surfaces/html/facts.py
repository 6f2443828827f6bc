"""What a reader needs to trust the figures: every slice, what was dropped, what could not be scored, how the run was made."""

from collections import Counter
from collections.abc import Iterable, Mapping

from synthloop.core.report import Report
from synthloop.core.score import MetricValue, SliceResult
from synthloop.surfaces.figures import show_count, show_interval, show_share, show_time
from synthloop.surfaces.html.charts import count_bar, scale_over
from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.html.failures import slice_table
from synthloop.surfaces.html.page import section
from synthloop.surfaces.html.sentences import clip
from synthloop.surfaces.html.tables import Column, facts, table
from synthloop.surfaces.view import ReportView, outcome_of

_OF_SCORERS = ("mean:", "pass:")
"""How the names of metrics begin that are of a scorer, not of a label."""

SLICES = 300
"""Slices in the table, the most certain first, so that the page stays small."""


def attribute_section(view: ReportView) -> Child:
    """Return every slice, grouped by attribute: noise first, then in alphabetical order."""
    slices = view.report.slices[:SLICES]
    if not slices:
        return None
    groups: dict[str, list[SliceResult]] = {}
    for found in slices:
        groups.setdefault(" and ".join(sorted(found.slice.where)), []).append(found)
    scale = scale_over(found.inside.low for found in slices)
    ordered = sorted(groups.items(), key=lambda group: (not group[0].startswith("nois"), group[0]))
    blocks = (_attribute_block(name, found, slice_table(tuple(found), scale)) for name, found in ordered)
    rest = len(view.report.slices) - len(slices)
    more = f" {show_count(rest, 'slice')} that differ less are left out." if rest else ""
    skipped = view.report.slices_skipped
    few = f" {show_count(skipped, 'value')} {'has' if skipped == 1 else 'have'} too few samples to say anything." if skipped else ""
    lead = f"Every attribute that samples carry, whether it matters or not. q is controlled over all slices.{more}{few}"
    return section("attributes", "By noise and other attributes", lead, blocks)


def curation_section(view: ReportView) -> Child:
    """Return why candidates were dropped."""
    if not view.dropped:
        return None
    total, largest = sum(view.dropped.values()), max(view.dropped.values())
    columns = (Column("Reason"), Column("", kind="chart"), Column("Samples", kind="number"), Column("Share", kind="number"))
    ordered = sorted(view.dropped.items(), key=lambda item: (-item[1], item[0]))
    rows = ((reason, count_bar(count, largest), f"{count:,}", show_share(count / total)) for reason, count in ordered)
    was = "was" if total == 1 else "were"
    lead = (
        f"{show_count(total, 'candidate')} {was} dropped before the app saw them; ",
        element("code", "synthloop dropped"),
        " shows each with its reason.",
    )
    return section("curation", "What curation dropped", lead, table(columns, rows))


def unscored_section(view: ReportView) -> Child:
    """Return what could not be scored, by behavior and by reason; it is never counted as 0."""
    behaviors = Counter(result.behavior_id for result in view.report.results if outcome_of(result) == "unscored")
    if not behaviors and not view.report.unscored_reasons:
        return None
    lead = f"{show_count(behaviors.total(), 'sample')} could not be scored at all: left out of every rate, never counted as failed."
    by_behavior = _count_table("Behavior", "Unscored samples", behaviors)
    by_reason = _count_table("Reason", "Answers", view.report.unscored_reasons)
    examples = facts((reason, clip(note)) for reason, note in view.report.unscored_notes.items())
    return section("unscored", "What could not be scored", lead, by_reason, examples if view.report.unscored_notes else None, by_behavior)


def _count_table(name: str, counted: str, counts: Mapping[str, int]) -> Child:
    if not counts:
        return None
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return table((Column(name), Column(counted, kind="number")), ((each, f"{count:,}") for each, count in ordered))


def metric_section(view: ReportView) -> Child:
    """Return all metrics of the run; those of single labels are folded away."""
    whole = [metric for metric in view.report.metrics if ":" not in metric.name or metric.name.startswith(_OF_SCORERS)]
    single = [metric for metric in view.report.metrics if metric not in whole]
    summary = element("summary", f"{show_count(len(single), 'metric')} of single labels")
    folded = element("details", summary, _metric_table(single)) if single else None
    return section("metrics", "All metrics", None, _metric_table(whole), folded)


def _metric_table(metrics: Iterable[MetricValue]) -> Markup:
    columns = (
        Column("Metric"),
        Column("Value", kind="number"),
        Column("Interval", kind="number"),
        Column("Method"),
        Column("n", kind="number"),
        Column("Scenarios", kind="number"),
        Column("Unscored", kind="number"),
    )
    return table(columns, map(_metric_row, metrics))


def _metric_row(metric: MetricValue) -> tuple[Child, ...]:
    method = metric.method if metric.method != "none" else "–"
    counts = (f"{metric.n:,}", f"{metric.clusters:,}", f"{metric.unscored:,}")
    return metric.name.replace("_", " "), show_share(metric.value), show_interval(metric), method, *counts


def run_section(view: ReportView) -> Child:
    """Return how the run was made."""
    report = view.report
    shown = [view.samples[result.sample_id] for result in report.results if result.sample_id in view.samples]  # not those of the gate
    origins = Counter(sample.lineage.origin for sample in shown)
    pairs: list[tuple[str, Child]] = [
        ("Project", report.project or "–"),
        ("App", report.app),
        ("App version", element("code", report.app_version)),
        ("Made", show_time(report.made_at)),
        ("Seed", str(report.seed)),
        ("Split", report.split or "all that was accepted"),
        ("Samples", f"{len(report.results):,}"),
        ("Scenarios", f"{len({result.scenario_id for result in report.results}):,}"),
        ("Repeats", _repeats(report)),
        ("Origin of samples", ", ".join(f"{count:,} {origin}" for origin, count in sorted(origins.items())) or "–"),
        ("Report", element("code", report.id)),
    ]
    return section("run", "How it was made", None, facts(pairs))


def _attribute_block(name: str, found: list[SliceResult], content: Markup) -> Markup:
    lowest = min(found, key=lambda result: result.inside.value if result.inside.value is not None else 1.0)
    hint = f" {show_count(len(found), 'value')}; lowest: {lowest.slice.name} at {show_share(lowest.inside.value)}"
    return element("details", element("summary", element("strong", name), element("small", hint)), content, open=name.startswith("nois"))


def _repeats(report: Report) -> str:
    counts = sorted({len(result.passes) for result in report.results})
    return " to ".join(str(count) for count in (counts[0], counts[-1])[: len(counts)]) if counts else "–"


__all__ = ["attribute_section", "curation_section", "metric_section", "run_section", "unscored_section"]

"""The first page, the most important things first."""

from synthloop.surfaces.html.behaviors import behavior_section, confusion_section
from synthloop.surfaces.html.comparison import baseline_section, variant_section
from synthloop.surfaces.html.conversations import conversation_section, curve_section
from synthloop.surfaces.html.element import element, join
from synthloop.surfaces.html.facts import attribute_section, curation_section, metric_section, run_section, unscored_section
from synthloop.surfaces.html.failures import failure_section, slice_section
from synthloop.surfaces.html.page import masthead, page
from synthloop.surfaces.html.verdict import verdict_section
from synthloop.surfaces.view import ReportView

SECTIONS = (
    ("Versions", "curve", curve_section),
    ("Conversations", "conversations", conversation_section),
    ("Failures", "failures", failure_section),
    ("Slices", "slices", slice_section),
    ("Behaviors", "behaviors", behavior_section),
    ("Confusion", "confusion", confusion_section),
    ("Baseline", "baseline", baseline_section),
    ("Variants", "variants", variant_section),
    ("Attributes", "attributes", attribute_section),
    ("Dropped", "curation", curation_section),
    ("Unscored", "unscored", unscored_section),
    ("Metrics", "metrics", metric_section),
    ("Run", "run", run_section),
)
"""Name in the navigation, anchor, and what builds the section; one without content is left out."""


def overview_page(view: ReportView) -> str:
    """Return the first page as HTML."""
    built = [(name, anchor, join(build(view))) for name, anchor, build in SECTIONS]
    links = [element("a", name, href=f"#{anchor}") for name, anchor, content in built if content]
    links.append(element("a", "All samples", href="samples.html"))
    body = (
        element("a", "Skip to the report", href="#verdict", class_="skip"),
        masthead(view.report, links),
        element("main", verdict_section(view), (content for _, _, content in built), id="report"),
    )
    decision = f"{view.gate.decision}: " if view.gate else ""
    return page(f"{decision}{view.report.app} · {view.report.project or 'synthloop'}", body, ("theme.js",))


__all__ = ["overview_page"]

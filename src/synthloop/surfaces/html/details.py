"""The second page: every sample, to search and filter. The samples stand beside it in chunks of script, which work without a server."""

from pathlib import Path

import msgspec

from synthloop.adapters.files import write_atomically
from synthloop.surfaces.html.element import Markup, element
from synthloop.surfaces.html.page import masthead, page
from synthloop.surfaces.html.sentences import clip
from synthloop.surfaces.view import ReportView

CHUNK = 1000
"""Samples in a chunk: about 200 KB."""

OUTCOMES = {"failed": 0, "unscored": 1, "passed": 2}
"""Outcome -> place in the list: what failed stands first."""


def write_details(view: ReportView, directory: Path) -> None:
    """Write `samples.html` and its chunks, and remove chunks of an older report."""
    chunks = directory / "samples"
    for stale in chunks.glob("chunk-*.js"):
        stale.unlink()
    rows = _rows(view)
    names: list[str] = []
    for at in range(0, len(rows), CHUNK):
        name = f"chunk-{at // CHUNK + 1:04}.js"
        write_atomically(chunks / name, b"addSamples(" + msgspec.json.encode(rows[at : at + CHUNK]) + b");\n")
        names.append(name)
    write_atomically(directory / "samples.html", _samples_page(view, names).encode())


def _rows(view: ReportView) -> list[tuple[str, ...]]:
    """Return what the page's script reads: outcome, behavior, text, expected, got, problem ids, attributes, sample id."""
    problems: dict[str, list[str]] = {}
    for mode in view.report.failure_modes:
        for sample_id in mode.sample_ids:
            problems.setdefault(sample_id, []).append(mode.id)
    rows: list[tuple[str, ...]] = []
    for sample_id in (result.sample_id for result in view.report.results):
        case, sample = view.case(sample_id), view.samples.get(sample_id)
        attributes = " · ".join(f"{name}={value}" for name, value in sorted(sample.attributes.items())) if sample else ""
        ids = " ".join(problems.get(sample_id, ()))
        rows.append(
            (case.outcome, case.behavior_id, clip(case.text), clip(case.expected), clip(case.got), ids, clip(attributes), sample_id)
        )
    return sorted(rows, key=lambda row: OUTCOMES[row[0]])


def _samples_page(view: ReportView, chunks: list[str]) -> str:
    loaders = [element("script", src=f"samples/{name}", defer=True) for name in chunks]
    body = (
        masthead(view.report, element("a", "Back to the report", href="index.html")),
        element("main", element("h1", "All samples"), _filters(view), _list(), id="report", data_total=len(view.report.results)),
        loaders,
    )
    return page(f"samples · {view.report.app}", body, ("theme.js", "samples.js"), chunks=True)


def _filters(view: ReportView) -> Markup:
    outcomes = [element("option", f"{name} ({count:,})", value=name) for name, count in view.counts.items()]
    behaviors = [element("option", found.behavior_id, value=found.behavior_id) for found in view.report.behaviors]
    problems = [element("option", f"{mode.name} ({len(mode.sample_ids):,})", value=mode.id) for mode in view.modes]
    return element(
        "form",
        element("label", "Text or attribute", element("input", type="search", id="words", placeholder="tomorrow, noise=typos …")),
        element("label", "Outcome", element("select", element("option", "all", value=""), outcomes, id="outcome")),
        element("label", "Behavior", element("select", element("option", "all", value=""), behaviors, id="behavior")),
        element("label", "Problem", element("select", element("option", "all", value=""), problems, id="problem")),
        class_="filters",
        role="search",
    )


def _list() -> Markup:
    return element(
        "div",
        element("p", "Loading …", id="found", class_="numbers", role="status"),
        element("ol", id="samples", class_="samples"),
        element(
            "nav",
            element("button", "Previous", type="button", id="previous"),
            element("span", id="place"),
            element("button", "Next", type="button", id="next"),
            class_="pager",
            aria_label="Pages",
        ),
        element("noscript", element("p", "This page needs scripts; the report itself does not.")),
    )


__all__ = ["write_details"]

"""A run as the surfaces write it: what a person reads in a terminal, in a CI job and in a merge request."""

from io import StringIO

import pytest
from rich.console import Console
from tests.snapshot.compare import check_snapshot
from tests.unit.surfaces.example_report import make_view

from synthloop.surfaces.annotations import AnnotationStyle, annotate
from synthloop.surfaces.html.overview import overview_page
from synthloop.surfaces.junit import render_junit
from synthloop.surfaces.markdown import render_markdown
from synthloop.surfaces.terminal import print_report
from synthloop.surfaces.view import ReportView


@pytest.fixture(scope="module")
def view() -> ReportView:
    return make_view(200)


@pytest.mark.parametrize("width", [80, 120])
def test_terminal(view: ReportView, width: int) -> None:
    written = StringIO()
    print_report(view, Console(file=written, width=width))
    check_snapshot(f"report-{width}.txt", written.getvalue())


def test_markdown(view: ReportView) -> None:
    check_snapshot("report.md", render_markdown(view))


def test_junit(view: ReportView) -> None:
    check_snapshot("report.junit.xml", render_junit(view))


@pytest.mark.parametrize("style", ["github", "plain"])
def test_annotations(view: ReportView, style: AnnotationStyle) -> None:
    files = {"out_of_scope": "behaviors/out_of_scope.yaml"}
    check_snapshot(f"annotations-{style}.txt", "\n".join(annotate(view, files, style)) + "\n")


def test_html(view: ReportView) -> None:
    check_snapshot("report.html", overview_page(view).replace("><", ">\n<"))

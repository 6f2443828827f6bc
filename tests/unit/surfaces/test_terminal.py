from io import StringIO

import msgspec
import pytest
from rich.console import Console
from tests.unit.surfaces.example_report import make_gate, make_report, make_samples, make_view

from synthloop.core.sample import Message
from synthloop.core.score import MetricValue
from synthloop.evaluate.comparison import compare_variants
from synthloop.surfaces.terminal import interval_bar, print_comparison, print_gate, print_report
from synthloop.surfaces.view import ReportView, view_of

MORE = tuple(MetricValue(name=name, value=0.5, n=300) for name in ("weighted_pass_rate", "accuracy"))


def printed(view: ReportView, width: int = 80) -> str:
    written = StringIO()
    print_report(view, Console(file=written, width=width))
    return written.getvalue()


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(len(line) for line in printed(make_view(300), width).splitlines()) <= width


def test_a_pipe_gets_no_colors() -> None:
    assert "\x1b" not in printed(make_view(100))


def test_samples_cannot_steer_the_terminal() -> None:
    samples = make_samples(60)
    hostile = Message(role="user", text="\x1b]0;owned\x07[red]gone[/red]\r\n\u202ereversed")
    view = view_of(make_report(samples), [msgspec.structs.replace(sample, messages=(hostile,)) for sample in samples])
    text = printed(view)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[red]gone[/red]" in text


def test_a_report_without_a_gate_or_failures_still_reads() -> None:
    report = msgspec.structs.replace(make_report(make_samples(40), "retrained"), failure_modes=(), slices=())
    text = printed(view_of(report))
    assert "FAIL" not in text
    assert "they were not grouped" in text


def test_a_gate_prints_what_failed_first() -> None:
    report = make_report(make_samples(60))
    written = StringIO()
    print_gate(make_gate(report, baseline=None), Console(file=written, width=100))
    lines = written.getvalue().splitlines()
    assert lines[0] == "✗ FAIL  naive: gate without a baseline"
    assert lines[-2] == "✓ pass  unscored"


@pytest.mark.parametrize(("width", "columns"), [(60, 1), (80, 0), (100, 2), (140, 2)])
def test_no_figure_of_a_variant_is_cut_off(width: int, columns: int) -> None:
    samples = make_samples(300)
    reports = [msgspec.structs.replace(report, metrics=(report.metrics[0], *MORE)) for report in map(make_report, [samples] * 2)]
    written = StringIO()
    print_comparison(reports, compare_variants(reports), Console(file=written, width=width))
    lines = written.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    if width >= 80:
        assert lines[0].endswith(" n")
        assert sum(metric.name in lines[0] for metric in MORE) == columns
        assert "…" not in lines[2]


@pytest.mark.parametrize("value", [None, 0.0, 1.0])
def test_interval_bar_has_its_width_at_the_edges(value: float | None) -> None:
    bar = interval_bar(MetricValue(name="accuracy", value=value, low=value, high=value, n=3), 17, 1.0, ascii_only=True)
    assert len(bar) == 17
    assert ("o" in bar) is (value is not None)

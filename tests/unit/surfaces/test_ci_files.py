"""What a CI system reads: JUnit XML, annotations, Markdown."""

from xml.etree.ElementTree import fromstring

import msgspec
from tests.unit.surfaces.example_report import make_gate, make_report, make_samples, make_view

from synthloop.core.report import GateResult
from synthloop.core.sample import Message
from synthloop.surfaces.annotations import annotate
from synthloop.surfaces.junit import render_junit
from synthloop.surfaces.markdown import render_markdown
from synthloop.surfaces.view import ReportView, view_of


def hostile_view(text: str) -> ReportView:
    samples = [msgspec.structs.replace(sample, messages=(Message(role="user", text=text),)) for sample in make_samples(60)]
    report = make_report(samples)
    return view_of(report, samples, gate=make_gate(report))


def test_junit_counts_behaviors_and_checks() -> None:
    root = fromstring(render_junit(make_view(100)))
    cases = root.findall(".//testcase")
    assert len(cases) == int(root.attrib["tests"]) == 8
    assert len(root.findall(".//failure")) == int(root.attrib["failures"])
    assert {case.attrib["classname"] for case in cases} == {"meeting-router.behaviors", "meeting-router.gate"}


def test_junit_stays_readable_whatever_a_sample_says() -> None:
    root = fromstring(render_junit(hostile_view("a\x00b]]>&<\x0b\ufffe")))
    assert root.findall(".//failure")


def test_a_behavior_without_a_score_is_an_error_not_a_failure() -> None:
    report = make_report(())
    root = fromstring(render_junit(view_of(report)))
    assert root.attrib["errors"] == "4"
    assert root.attrib["failures"] == "0"


def test_annotations_point_to_the_behaviors_file_and_stay_on_one_line() -> None:
    lines = list(annotate(hostile_view("one\ntwo::error::three"), {"out_of_scope": "b/out, of: scope.yaml"}, "github"))
    assert all("\n" not in line for line in lines)
    assert lines[2].startswith("::warning file=b/out%2C of%3A scope.yaml,line=1,title=behavior%3Aout_of_scope%3A too little data::")
    assert len(lines) == 3


def test_a_passed_gate_has_no_annotations() -> None:
    view = make_view(40)
    passed = GateResult(decision="pass", checks=(), app="naive")
    assert list(annotate(view_of(view.reports, gate=passed), {}, "plain")) == []
    assert list(annotate(view_of(view.reports), {}, "plain")) == []


def test_markdown_keeps_all_that_a_check_says() -> None:
    report = make_report(make_samples(60))
    gate = make_gate(report)
    wordy = msgspec.structs.replace(gate.checks[0], note=f"{'many words ' * 30}to the end")
    text = render_markdown(view_of(report, gate=msgspec.structs.replace(gate, checks=(wordy,))))
    assert "to the end" in text


def test_markdown_shows_markup_as_text() -> None:
    text = render_markdown(hostile_view("<img src=x> **bold** [link](http://x) | cell\n# title @ana"))
    assert "<img" not in text
    assert "\\*\\*bold\\*\\* \\[link\\](http://x) \\| cell # title \\@ana" in text

"""Conversations in the HTML report: the curve, the chat, what a problem needs; and nothing that was said becomes markup."""

import msgspec
from tests.unit.simulate.talking import a_behavior, hold, talks, waiter

from synthloop.core.json_value import JsonValue
from synthloop.core.report import Report
from synthloop.core.score import Score
from synthloop.core.transcript import Turn
from synthloop.evaluate.reporting import Run, make_report
from synthloop.evaluate.scorers.conversation import EndStateReached
from synthloop.surfaces.html.conversations import chat, conversation_section, curve_section
from synthloop.surfaces.view import view_of


def deaf(_: str, __: JsonValue) -> JsonValue:
    return {"messages": ["Which drink?"], "state": {"asks": "drink"}}


def report_on(version: str, *, good: bool) -> Report:
    behavior = a_behavior()
    samples = talks(behavior, 30)
    transcripts = [msgspec.structs.replace(hold(sample, waiter if good else deaf), app_version=version) for sample in samples]
    scores: list[Score] = [EndStateReached().score(sample, one) for sample, one in zip(samples, transcripts, strict=True)]
    run = Run(app="app", app_version=version, seed=1, made_at="2026-01-01T00:00:00Z")
    return make_report(run, samples, transcripts, scores, [behavior])


def test_the_curve_shows_earlier_versions_and_what_each_mended() -> None:
    old, new = report_on("a" * 12, good=False), report_on("b" * 12, good=True)
    shown = str(curve_section(view_of(new, earlier=[old])))
    assert "aaaaaaaa, 2026-01-01: 100% fail; bbbbbbbb" in shown
    assert f"bbbbbbbb: {sum(result.passes == (True,) for result in new.results)} mended, 0 broken since aaaaaaaa" in shown
    assert curve_section(view_of(new)) is None


def test_a_section_says_how_they_ended_and_how_far_they_came() -> None:
    shown = str(conversation_section(view_of(report_on("1", good=False))))
    assert "30 conversations of simulated users" in shown
    assert "the user ran out of patience" in shown or "the app went round in circles" in shown
    assert "Did the users behave as planned?" in shown
    for step in ("drink", "size", "end state"):
        assert step in shown


def test_a_single_user_who_gets_through_has_no_interval() -> None:
    report = report_on("1", good=True)
    assert report.talks is not None
    one = msgspec.structs.replace(report.talks.turns, value=4.0, low=None, high=None, n=1)
    alone = msgspec.structs.replace(report, talks=msgspec.structs.replace(report.talks, turns=one))
    assert "<dd>4</dd>" in str(conversation_section(view_of(alone)))


def test_what_was_said_never_becomes_markup() -> None:
    turns = [Turn(role="app", text="<script>alert(1)</script>", quick_replies=("<b>",)), Turn(role="user", text="", manners=("rude",))]
    shown = str(chat(turns))
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "(nothing)" in shown
    assert "rude" in shown


def test_of_a_long_conversation_the_end_is_shown() -> None:
    shown = str(chat([Turn(role="user", text=f"message {number}") for number in range(40)]))
    assert "26 messages before" in shown
    assert "message 39" in shown
    assert "message 25<" not in shown

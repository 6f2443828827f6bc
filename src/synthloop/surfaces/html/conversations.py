"""Conversations: the share that fails with each version of the app, how they end, how far they come, and the shortest that still fail."""

from collections.abc import Sequence
from itertools import pairwise

from synthloop.core.report import FailureMode, Report
from synthloop.core.score import MetricValue
from synthloop.core.talk_report import Funnel, FunnelStep, MannerCheck, TalkReport
from synthloop.core.transcript import Turn
from synthloop.surfaces.figures import show_count, show_interval, show_share
from synthloop.surfaces.html.charts import Mark, axis, interval_chart, scale_over
from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.html.page import section
from synthloop.surfaces.html.sentences import clip
from synthloop.surfaces.html.tables import Column, facts, table
from synthloop.surfaces.problem_lines import say_minimal, say_trigger
from synthloop.surfaces.talk_lines import END_WORDS
from synthloop.surfaces.view import ReportView
from synthloop.surfaces.wording import say_difference

_HEIGHT, _TOP, _BOTTOM = 260, 34, 34
"""Pixels of the curve: the whole, above 100 %, below 0 %."""

_BUBBLES = 14
"""Messages of a conversation that are shown: of a longer one its end."""


def curve_section(view: ReportView) -> Child:
    """Return the share of conversations that fail with each earlier version, or each variant, of the app; None where there is one alone."""
    variants, versions = _with_talks(view.reports), _with_talks((*view.earlier, view.report))
    shown = [(report, report.app) for report in variants]
    if len(variants) < 2:
        shown = [(report, f"{report.app_version[:8]}, {report.made_at[:10]}") for report in versions]
    if len(shown) < 2:
        return None
    lead = "Share of conversations that do not reach the end state. The same users talk with every version; whiskers are 95 % intervals."
    return section("curve", "Version by version", lead, draw_curve(shown), _moves(versions) if len(variants) < 2 else None)


def _with_talks(reports: Sequence[Report]) -> list[Report]:
    return [report for report in reports if report.talks is not None and report.pass_rate.value is not None]


def _moves(versions: Sequence[Report]) -> Markup:
    """Return what each version mended and broke of the one before."""
    from synthloop.evaluate.comparison import compare_reports  # noqa: PLC0415 - scipy, for the few runs that have an earlier version

    def say(before: Report, after: Report) -> Markup:
        change = compare_reports(before, after)
        said = f"{after.app_version[:8]}: {len(change.fixed):,} mended, {len(change.broken):,} broken since {before.app_version[:8]}; "
        return element("li", said, say_difference(change))

    return element("ul", (say(before, after) for before, after in pairwise(versions)), class_="moves")


def conversation_section(view: ReportView) -> Child:
    """Return how conversations ended and how far they came."""
    talks = view.report.talks
    if talks is None:
        return None
    lead = f"{show_count(talks.conversations, 'conversation')} of simulated users with the app."
    funnels = [part for funnel in talks.funnels for part in (element("h3", _name_funnel(funnel, talks)), funnel_table(funnel))]
    return section("conversations", "Conversations", lead, _figures(talks), ends_table(talks), funnels, _manners(talks.manners))


def chat(turns: Sequence[Turn]) -> Markup:
    """Return a conversation as bubbles: the app at the left, the user at the right."""
    skipped = len(turns) - _BUBBLES
    note = element("li", f"… {show_count(skipped, 'message')} before", class_="skipped") if skipped > 0 else None
    return element("ol", note, (_bubble(turn) for turn in turns[max(0, skipped) :]), class_="chat")


def explain_mode(mode: FailureMode) -> Child:
    """Return what is known of a problem of conversations: the condition, and the shortest conversation that shows it."""
    trigger = element("p", say_trigger(mode.trigger), class_="trigger") if mode.trigger else None
    if mode.minimal is None:
        return trigger
    note = mode.minimal.transcript.note
    end = element("p", END_WORDS[mode.minimal.transcript.end_reason], f": {note}" if note else "", class_="quiet")
    return (trigger, chat(mode.minimal.transcript.turns), end, element("p", say_minimal(mode.minimal), class_="quiet"))


def draw_curve(versions: Sequence[tuple[Report, str]]) -> Markup:
    """Draw failure rates over named versions, in order, joined by a line."""
    rates = [_fail(report.pass_rate) for report, _ in versions]
    places = [f"{100 * (at + 0.5) / len(rates):.2f}%" for at in range(len(rates))]
    grid = (
        (
            element("line", x1="0", x2="100%", y1=_place(share), y2=_place(share), class_="grid"),
            element("text", f"{share:.0%}", x="0", y=_place(share) - 4, class_="scale"),
        )
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    steps = zip(places, places[1:], rates, rates[1:], strict=False)
    joined = (element("line", x1=x1, x2=x2, y1=_place(one[0]), y2=_place(two[0]), class_="step") for x1, x2, one, two in steps)
    points = (_point(name, place, rate) for (_, name), place, rate in zip(versions, places, rates, strict=True))
    said = "; ".join(f"{name}: {rate[0]:.0%} fail" for (_, name), rate in zip(versions, rates, strict=True))
    return element("svg", grid, joined, points, class_="curve", height=_HEIGHT, role="img", aria_label=said)


def ends_table(talks: TalkReport) -> Markup:
    """Return end reasons with their shares."""
    scale = scale_over([0.0])
    columns = (
        Column("How they ended"),
        Column("Share", kind="chart", foot=axis(scale)),
        Column("Share", kind="number"),
        Column("n", kind="number"),
    )
    rows = (
        (
            END_WORDS[end.reason],
            interval_chart(scale, (Mark(metric=end.share, kind="plain" if end.reason == "end_state_reached" else "inside"),)),
            (show_share(end.share.value), element("small", show_interval(end.share))),
            f"{round((end.share.value or 0.0) * end.share.n):,}",
        )
        for end in talks.ends
    )
    return table(columns, rows)


def funnel_table(funnel: Funnel) -> Markup:
    """Return the steps of a funnel with the share that comes to each."""
    columns = (
        Column("Step"),
        Column("Reached", kind="chart"),
        Column("Reached", kind="number"),
        *(Column(name, kind="number") for name in ("Ended here", "Turned back")),
    )
    most = max((step.ended for step in funnel.steps), default=0)
    return table(columns, (_step_row(step, worst=0 < step.ended == most) for step in funnel.steps), class_="funnel")


def _step_row(step: FunnelStep, *, worst: bool) -> tuple[Child, ...]:
    width = f"{100 * (step.reached.value or 0.0):.2f}%"
    bar = element("svg", element("rect", width=width, height=14, rx=3, class_="bar plain"), class_="track", height=14, aria_hidden="true")
    ended = element("strong", f"{step.ended:,}", class_="worst") if worst else f"{step.ended:,}"
    return (element("span", step.name, class_="name"), bar, show_share(step.reached.value), ended, f"{step.turned_back:,}")


def _figures(talks: TalkReport) -> Markup:
    return facts(
        (
            (
                "The user's turns to the end state, median",
                "none reached it" if talks.turns.value is None else _say_turns(talks.turns),
            ),
            ("Spoiled by the simulated user", f"{show_share(talks.faults.value)}, left out of every rate"),
            ("Turns in which the user could make nothing of the app", show_share(talks.not_understood.value)),
        )
    )


def _say_turns(turns: MetricValue) -> str:
    bounds = "" if turns.low is None or turns.high is None else f" ({turns.low:g} to {turns.high:g})"  # one user alone gives none
    return f"{turns.value:g}{bounds}"


def _manners(manners: Sequence[MannerCheck]) -> Child:
    if not manners:
        return None
    columns = (Column("Manner"), *(Column(name, kind="number") for name in ("Planned", "Shown", "Users")))
    rows = (
        (
            check.manner.replace("_", " "),
            show_share(check.planned),
            (show_share(check.shown.value), element("small", show_interval(check.shown))),
            f"{check.users:,}",
        )
        for check in manners
    )
    summary = element("summary", "Did the users behave as planned?", element("small", "shares of the users' turns"))
    return element("details", summary, table(columns, rows))


def _name_funnel(funnel: Funnel, talks: TalkReport) -> str:
    whose = funnel.behavior_id if len(talks.funnels) > 1 else "How far they came"
    learnt = ", steps learnt from the conversations" if funnel.learnt else ""
    return f"{whose}: {show_count(funnel.conversations, 'conversation')}{learnt}"


def _bubble(turn: Turn) -> Markup:
    chips = (
        element("span", (element("span", reply, class_="chip") for reply in turn.quick_replies), class_="chips")
        if turn.quick_replies
        else None
    )
    manners = element("small", ", ".join(manner.replace("_", " ") for manner in turn.manners)) if turn.manners else None
    said = element("span", clip(turn.text) if turn.text else "(nothing)", class_="said")
    return element("li", said, chips, manners, class_="user" if turn.role == "user" else "app")


def _point(name: str, place: str, rate: tuple[float, float, float]) -> tuple[Child, ...]:
    value, low, high = rate
    return (
        element("line", x1=place, x2=place, y1=_place(low), y2=_place(high), class_="whisker"),
        element("circle", cx=place, cy=_place(value), r=4.5, class_="point"),
        element("text", f"{value:.0%}", x=place, y=_place(high) - 10, text_anchor="middle", class_="value"),
        element("text", name, x=place, y=_HEIGHT - 8, text_anchor="middle", class_="version"),
    )


def _fail(rate: MetricValue) -> tuple[float, float, float]:
    """Return the share that fails with its bounds."""
    value = rate.value or 0.0
    low, high = value if rate.low is None else rate.low, value if rate.high is None else rate.high
    return 1 - value, 1 - high, 1 - low


def _place(share: float) -> float:
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


__all__ = ["chat", "conversation_section", "curve_section", "draw_curve", "ends_table", "explain_mode", "funnel_table"]

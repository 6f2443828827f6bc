"""Conversations on a terminal: how they ended, how far they came, whether the users behaved as told, and single ones to read."""

from collections.abc import Iterable, Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from synthloop.core.sample import Sample
from synthloop.core.talk_report import Funnel, MannerCheck, TalkReport
from synthloop.core.transcript import EndReason, Transcript, Turn
from synthloop.surfaces.figures import show_count, show_interval, show_share

END_WORDS: Mapping[EndReason, str] = {
    "answered": "one question was answered",
    "end_state_reached": "reached the end state",
    "wrong_end_state": "the app ended it in the wrong state",
    "user_gave_up": "the user ran out of patience",
    "user_left": "the user left by itself",
    "turn_limit": "too many turns",
    "loop": "the app went round in circles",
    "app_silent": "the app said nothing",
    "policy_broken": "the app did what it must never do",
    "app_error": "the app raised an error",
    "app_timeout": "the app was too slow",
    "invalid_answer": "the app said what can't be read",
    "simulator_fault": "the simulated user was at fault",
    "end_check_failed": "the check of the end state raised",
    "budget": "the budget was spent",
}
"""End reason -> in words."""

_BAR = 24
_LONGEST = 400


def show_talks(talks: TalkReport) -> RenderableType:
    """Return all that a report says of conversations."""
    parts: list[RenderableType] = [
        Text.assemble(("Conversations", "bold underline"), f"  {show_count(talks.conversations, 'conversation')}"),
        _ends(talks),
    ]
    parts += [part for funnel in talks.funnels for part in (Text(), _funnel(funnel))]
    if talks.manners:
        parts += [Text(), _manners(talks.manners)]
    faults = f"spoiled by the simulated user: {show_share(talks.faults.value)} (left out of every rate)"
    unclear = f"turns in which the user could make nothing of the app: {show_share(talks.not_understood.value)}"
    parts += [Text(f"{faults}; {unclear}", style="dim")]
    return Group(*parts)


def show_transcript(transcript: Transcript, sample: Sample | None = None) -> RenderableType:
    """Return one conversation to read, with what the user meant and how it ended."""
    head = Text.assemble((transcript.id[:12], "bold"), f"  {transcript.app}  ", (END_WORDS[transcript.end_reason], "red"))
    if transcript.end_reason == "end_state_reached":
        head = Text.assemble((transcript.id[:12], "bold"), f"  {transcript.app}  ", (END_WORDS[transcript.end_reason], "cyan"))
    wants = ", ".join(f"{slot}={value}" for slot, value in sample.goal.slots.items()) if sample and sample.goal else ""
    lines: list[RenderableType] = [Text(f"wants {wants}", style="dim")] if wants else []
    lines += [show_turn(turn) for turn in transcript.turns]
    lines += [Text(transcript.note, style="dim")] if transcript.note else []
    return Group(head, Padding(Group(*lines), (0, 0, 1, 2), expand=False))


def show_turn(turn: Turn) -> Text:
    """Return one message with who said it."""
    who = Text("user  " if turn.role == "user" else "app   ", style="bold" if turn.role == "user" else "cyan")
    text = turn.text if len(turn.text) <= _LONGEST else f"{turn.text[:_LONGEST]}..."
    offered = f"  [{' | '.join(turn.quick_replies)}]" if turn.quick_replies else ""
    manners = f"  ({', '.join(turn.manners)})" if turn.manners else ""
    return Text.assemble(who, text or "(nothing)", (offered + manners, "dim"))


def _ends(talks: TalkReport) -> Table:
    table = _table("how they ended", "share", "interval", "n")
    for end in talks.ends:
        count = round((end.share.value or 0.0) * end.share.n)
        table.add_row(Text(END_WORDS[end.reason]), show_share(end.share.value), show_interval(end.share), f"{count:,}")
    return table


def _funnel(funnel: Funnel) -> Table:
    name = f"{funnel.behavior_id}: steps{' (learnt)' if funnel.learnt else ''}"
    table = _table(name, "", "reached", "ended here", "turned back")
    for step in funnel.steps:
        filled = round((step.reached.value or 0.0) * _BAR)
        bar = Text("█" * filled + "·" * (_BAR - filled), style="cyan")
        table.add_row(Text(step.name), bar, show_share(step.reached.value), f"{step.ended:,}", f"{step.turned_back:,}")
    return table


def _manners(manners: Iterable[MannerCheck]) -> Table:
    table = _table("manner", "planned", "shown", "interval", "users")
    for check in manners:
        planned, shown = show_share(check.planned), show_share(check.shown.value)
        table.add_row(Text(check.manner), planned, shown, show_interval(check.shown), f"{check.users:,}")
    return table


def _table(name: str, *numbers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    table.add_column(name, overflow="fold", min_width=12)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


__all__ = ["END_WORDS", "show_talks", "show_transcript", "show_turn"]

"""Problems of conversations in words: the condition that triggers one, the shortest conversation that shows it, and what that one needs."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from synthloop.core.conversation import Departure
from synthloop.core.problem import Minimal, Trigger
from synthloop.core.report import FailureMode
from synthloop.core.score import Slice
from synthloop.core.transcript import Turn
from synthloop.distill.problem_names import DOINGS
from synthloop.surfaces.figures import show_count, show_share
from synthloop.surfaces.wording import show_text

LINES = 16
"""Messages of a conversation that are shown; of a longer one its beginning and its end."""

_FIRST_LINES = 3
_LONGEST = 100
_TRAITS = {"noise": "noise", "quick replies": "typed answers", "opening": "its opening"}
_FEWEST_LEFT_OUT = 3
_QUICK_REPLIES = {"never": "never takes quick replies", "always": "takes every quick reply", "sometimes": "takes some quick replies"}


def show_explanation(mode: FailureMode) -> RenderableType | None:
    """Return what is known of a problem of conversations; None where nothing is."""
    lines: list[RenderableType] = [Text(say_trigger(mode.trigger))] if mode.trigger else []
    if mode.minimal:
        lines += [Text(say_minimal(mode.minimal)), Padding(Group(*_show_turns(mode.minimal.transcript.turns)), (0, 0, 0, 2), expand=False)]
    return Group(*lines) if lines else None


def say_share(mode: FailureMode, conversations: int) -> str:
    """Say how many conversations a problem hits."""
    hit = len(mode.sample_ids)
    return f"{hit:,} of {show_count(conversations, 'conversation')} ({show_share(hit / conversations if conversations else None)})"


def say_trigger(trigger: Trigger) -> str:
    """Say under which condition a problem appears, as far as that was tested.

    Example:
        >>> from synthloop.core.problem import Tally
        >>> say_trigger(Trigger(where={"user_changes_mind": "yes"}, inside=Tally(tried=77, failed=20), outside=Tally(tried=223),
        ...     lift=3.9, p_value=0.0, q_value=0.0, fresh_inside=Tally(tried=50, failed=41), fresh_outside=Tally(tried=50, failed=3),
        ...     held_up=True))
        'fails when the user changes its mind: 41 of 50; otherwise 3 of 50'
    """
    inside, outside = (trigger.inside, trigger.outside) if trigger.held_up is None else (trigger.fresh_inside, trigger.fresh_outside)
    counts = f"{inside.failed:,} of {inside.tried:,}; otherwise {outside.failed:,} of {outside.tried:,}"
    condition = say_condition(trigger)
    if trigger.held_up is None:
        return f"seems to fail when {condition}: {counts} (not tried on fresh conversations)"
    if trigger.held_up:
        return f"fails when {condition}: {counts}"
    return f"that it fails when {condition} did not hold up on fresh conversations: {counts}"


def say_condition(trigger: Trigger) -> str:
    """Say a condition in words.

    Example:
        >>> from synthloop.core.problem import Tally
        >>> where = {"channel": "online", "user_rude": "no"}
        >>> say_condition(Trigger(where=where, inside=Tally(), outside=Tally(), lift=1, p_value=1, q_value=1))
        'channel is online and the user never is rude'
    """
    return " and ".join(_say_attribute(name, value) for name, value in sorted(trigger.where.items()))


def say_slice(found: Slice) -> str:
    """Say which samples a slice has; what users are like in words, anything else as it is named.

    Example:
        >>> say_slice(Slice(where={"country": "Spain", "user_changes_mind": "yes"}))
        'country=Spain and the user changes its mind'
    """
    named = sorted(found.where.items())
    return " and ".join(_say_attribute(name, value) if name.startswith("user_") else f"{name}={value}" for name, value in named)


def say_minimal(minimal: Minimal) -> str:
    """Say what the shortest failing conversation needs, and how surely it fails."""
    if not minimal.reproduced:
        return f"not reproduced: the conversation was had again {show_count(minimal.tried, 'time')} and did not fail like this"
    needed = join_words([f"the user {_say_departure(each)}" for each in minimal.departures])
    what = f"needs that {needed}" if minimal.departures else "fails without any departure"
    traits = f", with {join_words([_say_trait(each, minimal) for each in minimal.traits])}" if minimal.traits else ""
    sure = f"{minimal.failed} of {minimal.tried} runs"
    is_shorter = minimal.turns < minimal.turns_before
    turns = f"{minimal.turns} of {show_count(minimal.turns_before, 'turn')}" if is_shorter else show_count(minimal.turns, "turn")
    shorter = f"{turns} left after {show_count(minimal.runs, 'run')}"
    return f"{what}{traits}: {sure}; {shorter}{'' if minimal.finished else ', perhaps not the shortest: no more runs were allowed'}"


def join_words(words: Sequence[str]) -> str:
    """Join some words as people do; several of the same are counted.

    Example:
        >>> join_words(["noise", "patience", "noise"])
        'noise (2 times) and patience'
    """
    counted = [f"{word} ({count} times)" if count > 1 else word for word, count in Counter(words).items()]
    return " and ".join(filter(None, (", ".join(counted[:-1]), *counted[-1:])))


def _say_attribute(name: str, value: str) -> str:
    manner = name.removeprefix("user_")
    if manner in DOINGS and name != manner:
        return f"the user {'never ' if value == 'no' else ''}{DOINGS[manner]}"
    if name == "user_quick_replies":
        return f"the user {_QUICK_REPLIES.get(value, value)}"
    return f"the user's {manner} is {value}" if name != manner else f"{name} is {value}"


def _say_trait(trait: str, minimal: Minimal) -> str:
    goal = minimal.sample.goal
    return f"a patience of {goal.patience}" if trait == "patience" and goal else _TRAITS.get(trait, trait)


def _say_departure(departure: Departure) -> str:
    about = ": ".join(filter(None, (departure.slot, departure.value)))
    return f"{DOINGS.get(departure.manner, departure.manner)}{f' ({about})' if about else ''}"


def _show_turns(turns: Sequence[Turn]) -> Iterator[Text]:
    left_out = len(turns) - LINES
    if left_out < _FEWEST_LEFT_OUT:
        yield from map(_show_turn, turns)
        return
    yield from map(_show_turn, turns[:_FIRST_LINES])
    yield Text(f"... {show_count(left_out, 'message')} ...", style="dim")
    yield from map(_show_turn, turns[_FIRST_LINES + left_out :])


def _show_turn(turn: Turn) -> Text:
    who = Text("user  " if turn.role == "user" else "app   ", style="bold" if turn.role == "user" else "cyan")
    return Text.assemble(who, show_text(turn.text, _LONGEST) or "(nothing)")


__all__ = ["LINES", "join_words", "say_condition", "say_minimal", "say_share", "say_slice", "say_trigger", "show_explanation"]

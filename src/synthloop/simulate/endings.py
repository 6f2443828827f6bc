"""Why a conversation ends here, if it does: what its last turn shows, without regard to who is to blame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from synthloop.core.conversation import EndState, Goal
from synthloop.core.end_state import Check, find_unmet
from synthloop.core.own_code import OwnCodeError
from synthloop.core.transcript import EndReason, Turn

LOOP = 3
"""Times in a row that the app says the same, and knows the same, until it goes round in circles."""

STANDSTILLS: frozenset[EndReason] = frozenset({"loop", "app_silent"})
"""End reasons that a user who leaves comes before."""

SILENCE = 2
"""Times in a row that the app says nothing until the user takes it for silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a conversation ended."""

    reason: EndReason
    note: str = ""


def find_ending(goal: Goal, wants: Mapping[str, str], turns: Sequence[Turn], checks: Mapping[str, Check]) -> Ending | None:
    """Return how a conversation ends after what the app said last; None where it goes on.

    Args:
        goal: What the user came for.
        wants: Slot -> value that it wants by now.
        turns: The conversation so far; the last turn is the app's.
        checks: The project's own checks of end states, by name.
    """
    try:
        for forbidden in goal.never:
            if not find_unmet(forbidden, wants, turns, checks):
                return Ending(reason="policy_broken", note=describe_forbidden(forbidden))
        unmet = find_unmet(goal.end, wants, turns, checks)
    except Exception as error:  # noqa: BLE001 - a project's own check may raise anything; it costs this one conversation and is shown
        said = str(error) if isinstance(error, OwnCodeError) else f"raised {type(error).__name__}: {error}"
        return Ending(reason="end_check_failed", note=f"the check of the end state {said}")
    if not unmet:
        return Ending(reason="end_state_reached")
    if turns[-1].done:
        return Ending(reason="wrong_end_state", note=unmet)
    return _find_standstill(turns)


def describe_forbidden(forbidden: EndState) -> str:
    """Return what must not happen and did, for a person."""
    given = {name: value for name, value in msgspec.structs.asdict(forbidden).items() if value}
    return "what must never happen did: " + ", ".join(f"{name} {value}" for name, value in given.items())


def _find_standstill(turns: Sequence[Turn]) -> Ending | None:
    replies = _split_replies(turns)
    if len(replies) >= SILENCE and all(not "".join(turn.text for turn in reply) for reply in replies[-SILENCE:]):
        return Ending(reason="app_silent", note=f"it said nothing {SILENCE} times in a row")
    last = replies[-LOOP:]
    if len(last) == LOOP and all(_gist(reply) == _gist(last[0]) for reply in last):
        return Ending(reason="loop", note=f"it said the same {LOOP} times in a row")
    return None


def _split_replies(turns: Sequence[Turn]) -> list[list[Turn]]:
    """Return what the app said between two messages of the user, message by message."""
    replies: list[list[Turn]] = []
    before = ""
    for turn in turns:
        if turn.role == "app":
            replies[-1].append(turn) if before == "app" else replies.append([turn])
        before = turn.role
    return replies


def _gist(reply: Sequence[Turn]) -> tuple[object, ...]:
    return (*(" ".join(turn.text.casefold().split()) for turn in reply), str(reply[-1].state))


__all__ = ["LOOP", "SILENCE", "STANDSTILLS", "Ending", "describe_forbidden", "find_ending"]

"""Where a failed conversation broke, and what its user did there.

Conversations in which nothing moves on end in one of several ways (the app repeats itself, the user runs out of patience or of turns),
depending on the user's patience rather than on the app: they count as stuck, together.

Source: Higashinaka, Funakoshi, Kobayashi and Inaba, "The dialogue breakdown detection challenge", LREC 2016, for the notion; ours reads
what the simulated user meant and understood instead of guessing it from the texts.
"""

import re
from collections.abc import Sequence

from synthloop.core.conversation import Goal
from synthloop.core.end_state import read_path
from synthloop.core.json_value import JsonValue
from synthloop.core.masking import mask_values
from synthloop.core.problem import Breakdown
from synthloop.core.sample import Sample
from synthloop.core.transcript import EndReason, Transcript, Turn

STUCK = "stuck"
"""Kind of a breakdown in which nothing moves on."""

STANDSTILLS: frozenset[EndReason] = frozenset({"loop", "user_gave_up", "turn_limit"})
"""End reasons of conversations that are stuck."""

_APPS_FAULT: frozenset[EndReason] = frozenset(
    {"wrong_end_state", "app_silent", "policy_broken", "app_error", "app_timeout", "invalid_answer"}
)

BROKEN = STANDSTILLS | _APPS_FAULT
"""End reasons in which the app had a part."""

CONFIRMATION = "confirmation"
"""Place where the app wants to hear yes or no."""

UNTOLD = "untold"
"""What a user did who never told the slot that the end state lacks."""

_MANNER_OF_ACT = {"change": "changes_mind", "correct": "corrects_itself"}
_LEAVING = frozenset({"give-up"})
_LONGEST_PLACE = 60


def find_breakdown(sample: Sample, transcript: Transcript) -> Breakdown | None:
    """Return where a conversation broke; None where it did not, or where the app had no part in it.

    Args:
        sample: What was to be talked about; has a goal.
        transcript: One conversation of it.
    """
    reason, goal = transcript.end_reason, sample.goal
    if goal is None or reason not in BROKEN or (reason == "turn_limit" and goal.scripted_only):
        return None
    if reason == "wrong_end_state":
        path = transcript.note.split(" is ", maxsplit=1)[0]
        slot = _find_unmet_slot(goal, path, transcript.note)
        return Breakdown(behavior_id=sample.behavior_id, kind=reason, place=slot, doing=_find_culprit(transcript.turns, path, slot))
    stretch = find_stretch(transcript)
    kind = STUCK if reason in STANDSTILLS else reason
    if kind in ("app_error", "invalid_answer", "policy_broken"):
        place = _mask(transcript.note or (transcript.failure.message if transcript.failure else ""), sample, transcript)
        return Breakdown(behavior_id=sample.behavior_id, kind=kind, place=place, doing=doing_of(stretch[-1]) if stretch else "")
    place = _find_place(stretch[-1], sample, transcript) if stretch else "beginning"
    return Breakdown(behavior_id=sample.behavior_id, kind=kind, place=place, doing=doing_of(stretch[0]) if stretch else "")


def covers(pattern: Breakdown, found: Breakdown | None) -> bool:
    """Tell whether a breakdown is one of those that a pattern stands for; an empty place or doing stands for any."""
    return (
        found is not None
        and (pattern.behavior_id, pattern.kind) == (found.behavior_id, found.kind)
        and pattern.place in ("", found.place)
        and pattern.doing in ("", found.doing)
    )


def find_stretch(transcript: Transcript) -> list[Turn]:
    """Return the user's turns at the place where a conversation ended, in order: from the first that did not get it on."""
    pairs = [pair for pair in _pair_replies(transcript.turns) if pair[0].act not in _LEAVING]
    place = strip_lost(pairs[-1][0].understood) if pairs else ""
    begin = len(pairs)
    while begin and strip_lost(pairs[begin - 1][0].understood) == place:
        begin -= 1
    stretch = pairs[begin:]
    # what was answered well before the app repeated itself, or said that it was lost, did not bring it there
    first = _find_repetition(stretch) or _find_lost(stretch) if transcript.end_reason in STANDSTILLS else 0
    return [turn for turn, _ in stretch[first:]]


def _pair_replies(turns: Sequence[Turn]) -> list[tuple[Turn, str]]:
    """Return the user's turns, each with what the app said next."""
    pairs: list[tuple[Turn, str]] = []
    for turn in turns:
        if turn.role == "user":
            pairs.append((turn, ""))
        elif pairs:
            user, said = pairs[-1]
            pairs[-1] = (user, f"{said} {turn.text}".casefold().strip())
    return pairs


def _find_repetition(stretch: Sequence[tuple[Turn, str]]) -> int:
    """Return the place of the turn from which on the app said the same again and again; 0 where it did not."""
    first = len(stretch) - 1
    while first > 0 and stretch[first - 1][1] == stretch[-1][1]:
        first -= 1
    return first if first < len(stretch) - 1 else 0


def _find_lost(stretch: Sequence[tuple[Turn, str]]) -> int:
    """Return the place of the turn after which the app said that it was lost; 0 where it never did."""
    lost = next((at for at, (turn, _) in enumerate(stretch) if turn.understood != strip_lost(turn.understood)), 0)
    return max(0, lost - 1)


def strip_lost(understood: str) -> str:
    """Return what a user took the app's message for, without whether the app said that it was lost."""
    return understood.removeprefix("lost, ")


def doing_of(turn: Turn) -> str:
    """Return what the user did in a turn: the manner it showed, or what it meant."""
    manners = [manner for manner in turn.manners if manner != "quick_reply"]
    return manners[0] if manners else _MANNER_OF_ACT.get(turn.act, turn.act)


def _find_place(turn: Turn, sample: Sample, transcript: Transcript) -> str:
    understood = strip_lost(turn.understood)
    if understood.startswith("asks ") or understood == "confirms":
        return CONFIRMATION if understood == "confirms" else understood.removeprefix("asks ")
    asked = next((each.text for each in reversed(transcript.turns) if each.role == "app" and each.text), "")
    return f"“{_mask(asked, sample, transcript)}”" if asked else "beginning"


def _mask(text: str, sample: Sample, transcript: Transcript) -> str:
    values = {slot: {value} for slot, value in sample.goal.slots.items()} if sample.goal else {}
    for turn in transcript.turns:
        for slot, value in turn.slots.items():
            values.setdefault(slot, set()).add(value)
    masked = mask_values(text, values)
    return masked if len(masked) <= _LONGEST_PLACE else f"{masked[: _LONGEST_PLACE - 3]}..."


def _find_unmet_slot(goal: Goal, path: str, note: str) -> str:
    """Return the slot whose value the end state lacks; what it lacks in words, where it is no slot."""
    wanted = goal.end.state.get(path)
    named = re.fullmatch(r"\{(\w+)\}", wanted) if isinstance(wanted, str) else None
    masked = mask_values(note, {slot: (value,) for slot, value in goal.slots.items()})
    return named[1] if named else path if path in goal.end.state else masked


def _find_culprit(turns: Sequence[Turn], path: str, slot: str) -> str:
    """Return what the user did when the app took its last, wrong value; or when it told it another one later, which the app ignored."""
    said = [turn for turn in turns if turn.role == "user"]
    taken = _find_taken(turns, path)
    told = [(at, doing_of(turn)) for at, turn in enumerate(said) if slot in turn.slots]
    ignored = next((doing for at, doing in told if at > taken and doing != "deny"), "") if taken >= 0 else ""
    if ignored or 0 <= taken < len(said):
        return ignored or doing_of(said[taken])
    return next((doing for _, doing in reversed(told) if doing != "deny"), told[-1][1] if told else UNTOLD)


def _find_taken(turns: Sequence[Turn], path: str) -> int:
    """Return the number of the user's turn after which the app's state had at a path what it has in the end; -1 where it shows nothing."""
    values: list[tuple[int, JsonValue]] = []
    said = -1
    for turn in turns:
        said += turn.role == "user"
        if turn.role == "app" and turn.state is not None:
            values.append((said, read_path(turn.state, path)))
    if not values or values[-1][1] is None:
        return -1
    before = [at for at, (_, value) in enumerate(values) if value != values[-1][1]]
    return values[before[-1] + 1][0] if before else values[0][0]


__all__ = [
    "BROKEN",
    "CONFIRMATION",
    "STANDSTILLS",
    "STUCK",
    "UNTOLD",
    "covers",
    "doing_of",
    "find_breakdown",
    "find_stretch",
    "strip_lost",
]

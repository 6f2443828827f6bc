"""Problems of conversations in one line that a person understands."""

from collections.abc import Iterable, Mapping, Sequence

from synthloop.core.problem import Breakdown
from synthloop.core.transcript import EndReason
from synthloop.distill.breakdowns import UNTOLD

DOINGS: Mapping[str, str] = {
    "asks_back": "asks back",
    "wanders": "wanders off",
    "changes_mind": "changes its mind",
    "corrects_itself": "corrects itself",
    "claims_done": "claims that it is done",
    "returns_later": "comes back later",
    "gives_up": "leaves",
    "tells_less": "answers vaguely",
    "tells_more": "tells more than is asked",
    "rude": "is rude",
    "over_polite": "is over-polite",
    "open": "says what it came for",
    "inform": "answers in its words",
    "affirm": "says yes",
    "deny": "says that something is wrong",
    "nudge": "has nothing left to say",
    "answer": "answers another question",
    "do-not-know": "does not know",
    "script": "says its script",
    UNTOLD: "never told it",
}
"""What a user did -> in words, after `the user`."""

_KINDS: Mapping[EndReason, str] = {
    "loop": "loop",
    "user_gave_up": "user gives up",
    "turn_limit": "no end",
    "app_silent": "app says nothing",
    "app_timeout": "app is too slow",
    "app_error": "app error",
    "invalid_answer": "answer that can't be read",
    "policy_broken": "rule broken",
    "wrong_end_state": "wrong end state",
}
_MOST_NAMED = 3


def name_problem(reason: EndReason, found: Sequence[Breakdown], notes: Iterable[str]) -> str:
    """Return a problem's name, e.g. `loop at channel after the user asks back`.

    Args:
        reason: How most of its conversations ended.
        found: Where each of them broke; not empty.
        notes: Why each ended so.
    """
    return f"{_say_where(reason, found, set(notes))}{_say_doings(found)}"


def _say_where(reason: EndReason, found: Sequence[Breakdown], notes: set[str]) -> str:
    places = _list_frequent(one.place for one in found)
    kind = _KINDS.get(reason, reason)
    if reason == "wrong_end_state":
        lacking = next(iter(notes)) if len(notes) == 1 else f"{places} not as the user wants"
        return f"{kind}: {lacking}"
    if reason in ("app_error", "invalid_answer", "policy_broken"):
        return f"{kind}: {places}"
    return f"{kind} at {places}"


def _say_doings(found: Sequence[Breakdown]) -> str:
    doings = [DOINGS.get(one.doing, one.doing) for one in found if one.doing]
    if len(set(doings)) > _MOST_NAMED:
        return f", most often after the user {_order_frequent(doings)[0]}"
    return f" after the user {_list_frequent(doings)}" if doings else ""


def _list_frequent(names: Iterable[str]) -> str:
    """Return the most frequent of some names, and how many more there are."""
    ordered = _order_frequent(list(names))
    more = f" or {len(ordered) - _MOST_NAMED} more" if len(ordered) > _MOST_NAMED else ""
    shown = ordered[:_MOST_NAMED]
    return ", ".join(shown) + more if more or len(shown) < 2 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _order_frequent(names: Sequence[str]) -> list[str]:
    return sorted(set(names), key=lambda name: (-names.count(name), name))


__all__ = ["DOINGS", "name_problem"]

"""Whether a conversation has reached what its user came for, and what happened in it that must never happen."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from synthloop.core.conversation import EndState, ToolCall, ToolDemand
from synthloop.core.json_value import JsonValue
from synthloop.core.transcript import Turn

Check = Callable[[Sequence[Turn]], bool]
"""A project's own check of an end state: takes the turns so far."""

ANYTHING = "..."
"""Stands for any value but null."""

_SLOT = re.compile(r"\{(\w+)\}")


def find_unmet(end: EndState, wants: Mapping[str, str], turns: Sequence[Turn], checks: Mapping[str, Check]) -> str:
    """Return what a conversation still lacks of an end state, for a person; empty where it is reached.

    Args:
        end: What is demanded.
        wants: Slot -> value that the user wants now.
        turns: The conversation so far.
        checks: The project's own checks, by name.

    Raises:
        Exception: Whatever a check of the project's raises.

    Example:
        >>> end = EndState(state={"order.size": "{size}"})
        >>> said = Turn(role="app", text="One large it is.", state={"order": {"size": "Large"}})
        >>> find_unmet(end, {"size": "large"}, [said], {}), find_unmet(end, {"size": "small"}, [said], {})
        ('', 'order.size is "Large", not "small"')
    """
    if end.is_empty:
        return "no end state is given"
    return next(filter(None, _list_unmet(end, wants, turns, checks)), "")


def holds(pattern: str, turns: Iterable[Turn]) -> bool:
    """Tell whether a regular expression is found in any message of the app."""
    search = compile_pattern(pattern).search
    return any(turn.role == "app" and search(turn.text) for turn in turns)


def matches_state(wanted: Mapping[str, JsonValue], state: JsonValue, wants: Mapping[str, str]) -> bool:
    """Tell whether a state has every value that is wanted of it; nothing wanted is never matched."""
    return bool(wanted) and not any(_list_differences(wanted, state, wants))


def read_path(state: JsonValue, path: str) -> JsonValue:
    """Return what lies at a dotted path; None where there is nothing.

    Example:
        >>> read_path({"items": [{"name": "tea"}]}, "items.0.name")
        'tea'
    """
    found = state
    for part in path.split("."):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def fill_slots(value: JsonValue, wants: Mapping[str, str]) -> JsonValue:
    """Return a value with `{slot}` in its texts replaced by what the user wants; a text in braces that is no slot stays.

    Example:
        >>> fill_slots({"to": ["{city}"]}, {"city": "Oslo"})
        {'to': ['Oslo']}
    """
    if isinstance(value, str):
        return _SLOT.sub(lambda found: wants.get(found[1], found[0]), value)
    if isinstance(value, list):
        return [fill_slots(each, wants) for each in value]
    if isinstance(value, dict):
        return {key: fill_slots(each, wants) for key, each in value.items()}
    return value


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a compiled regular expression that does not regard case."""
    return re.compile(pattern, re.IGNORECASE)


def _list_unmet(end: EndState, wants: Mapping[str, str], turns: Sequence[Turn], checks: Mapping[str, Check]) -> Iterable[str]:
    said = [turn for turn in turns if turn.role == "app"]
    yield from _list_differences(end.state, said[-1].state if said else None, wants)
    calls = [call for turn in said for call in turn.tool_calls]
    for demand in end.tools:
        yield _find_call(demand, calls, wants)
    for pattern in end.says:
        filled = str(fill_slots(pattern, {name: re.escape(value) for name, value in wants.items()}))
        yield "" if holds(filled, said) else f"nothing it said matches {filled!r}"
    if end.done and not (said and said[-1].done):
        yield "the app did not end the conversation"
    if end.check and not checks[end.check](turns):
        yield f"{end.check} returned false"


def _list_differences(wanted: Mapping[str, JsonValue], state: JsonValue, wants: Mapping[str, str]) -> Iterable[str]:
    for path, value in wanted.items():
        got, filled = read_path(state, path), fill_slots(value, wants)
        if got is None if filled == ANYTHING else not _is_same(got, filled):
            yield f"{path} is {_show(got)}, not {_show(filled)}"


def _find_call(demand: ToolDemand, calls: Iterable[ToolCall], wants: Mapping[str, str]) -> str:
    named = [call for call in calls if call.name == demand.name]
    if not named:
        return f"{demand.name} was not called"
    misses = [next(iter(_list_differences(demand.arguments, call.arguments, wants)), "") for call in named]
    return "" if "" in misses else f"{demand.name} was called, but {misses[-1]}"


def _is_same(got: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(got, str) and isinstance(wanted, str):
        return _plain(got) == _plain(wanted)
    # a slot is always text; the app may well keep it as a number
    if isinstance(wanted, str) and isinstance(got, int | float) and not isinstance(got, bool):
        return _plain(f"{got:g}") == _plain(wanted)
    return got == wanted


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _show(value: JsonValue) -> str:
    return "missing" if value is None else f'"{value}"' if isinstance(value, str) else str(value)


__all__ = ["ANYTHING", "Check", "compile_pattern", "fill_slots", "find_unmet", "holds", "matches_state", "read_path"]

"""End states of apps that change a database: it must end as it would have after the right actions, whatever way the conversation took.

The right actions are replayed on a copy of the database by the project's own tools, and what comes out is compared by content. So order
does not matter where it makes no difference, and actions that change nothing don't count.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from synthloop.core.conversation import ToolCall
from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.transcript import Turn

Apply = Callable[[JsonValue, str, dict[str, JsonValue]], object]
"""The project's tools as one function: takes the database, the tool's name and its arguments, and changes the database in place. It raises
where a call is refused; what it had changed until then is taken back."""


def identify_state(state: JsonValue) -> str:
    """Return an id that two databases share exactly where they hold the same, whatever the order of their keys.

    Example:
        >>> identify_state({"orders": {"A": 1, "B": 2}}) == identify_state({"orders": {"B": 2, "A": 1}})
        True
    """
    return content_id("state", state)


def replay_actions(start: JsonValue, actions: Iterable[ToolCall], apply: Apply, *, refuse: bool = True) -> JsonValue:
    """Return the database after some actions; `start` is left as it is.

    Args:
        start: The database before, as plain JSON.
        actions: In order; their results are not looked at.
        apply: The project's tools.
        refuse: Whether an action that is refused is an error, as it is of right ones; else it changes nothing, as in a conversation.

    Raises:
        UsageError: An action was refused; says which and why.

    Example:
        >>> def apply(state, name, arguments):
        ...     state["orders"].pop(arguments["order"])
        >>> replay_actions({"orders": {"A": 1, "B": 2}}, [ToolCall(name="cancel", arguments={"order": "A"})], apply)
        {'orders': {'B': 2}}
    """
    kept = msgspec.json.encode(start)
    state: JsonValue = msgspec.json.decode(kept)
    for number, action in enumerate(actions, start=1):
        try:
            apply(state, action.name, action.arguments)
        except Exception as error:
            if refuse:
                what = f"action {number}, {action.name}({', '.join(f'{key}={value!r}' for key, value in action.arguments.items())})"
                raise UsageError(f"{what}, is refused: {type(error).__name__}: {error}. Fix: correct the action or the tool.") from error
            state = msgspec.json.decode(kept)
        else:
            kept = kept if refuse else msgspec.json.encode(state)
    return state


def same_as_replay(turns: Sequence[Turn], *, start: JsonValue, gold: Iterable[ToolCall], apply: Apply) -> bool:
    """Tell whether the tools that an app called leave the database as the right actions do: the body of a `check` of an end state.

    Args:
        turns: The conversation.
        start: The database before it.
        gold: The right actions.
        apply: The project's tools.

    Raises:
        UsageError: A right action is refused.
    """
    called = [call for turn in turns for call in turn.tool_calls]
    wanted = replay_actions(start, gold, apply)
    return identify_state(replay_actions(start, called, apply, refuse=False)) == identify_state(wanted)


__all__ = ["Apply", "identify_state", "replay_actions", "same_as_replay"]

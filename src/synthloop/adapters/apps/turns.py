"""What an app said in a turn of a conversation, in whichever form it says it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import msgspec

from synthloop.adapters.apps.usage import read_reply
from synthloop.adapters.apps.values import as_answer
from synthloop.core.ask import Answer
from synthloop.core.conversation import AppReply
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue
from synthloop.core.reply import Reply

_KEYS = frozenset(AppReply.__struct_fields__)


def read_turn(value: object, app: str, *, latency_s: float) -> Answer:
    """Return what a function or an object said in a turn as an answer whose value is an `AppReply`.

    Args:
        value: A `Reply`, a text, a list of texts (several messages), a dict with the keys of `AppReply`, or None for silence.
        app: Name of the app, for messages.
        latency_s: How long it took.

    Raises:
        AppError: It is none of these, or not JSON.

    Example:
        >>> read_turn(Reply(output=["One moment.", "Which size?"], quick_replies=["S", "L"]), "shop", latency_s=0.0).value
        {'messages': ['One moment.', 'Which size?'], 'quick_replies': ['S', 'L']}
    """
    if isinstance(value, Reply):
        counted = read_reply(replace(value, output=""), app, latency_s=latency_s)
        said = _read_parts(
            {
                "messages": _as_messages(value.output, app),
                "quick_replies": list(value.quick_replies),
                "tool_calls": [_as_call(call) for call in value.tool_calls],
                "state": value.state,
                "done": value.done,
            },
            app,
        )
        return Answer(value=said, usage=counted.usage)
    usage = read_reply("", app, latency_s=latency_s).usage
    if (parts := _find_parts(value)) is None:
        return Answer(value=_read_parts({"messages": _as_messages(value, app)}, app), usage=usage)
    return Answer(value=_read_parts({**parts, "messages": _as_messages(parts.get("messages"), app)}, app), usage=usage)


def _find_parts(value: object) -> dict[str, object] | None:
    """Return a dict with the keys of a reply; None where it is anything else."""
    if not isinstance(value, Mapping):
        return None
    given = cast("Mapping[object, object]", value)
    keys = {key for key in given if isinstance(key, str)}
    return {str(key): part for key, part in given.items()} if "messages" in keys and len(keys) == len(given) and keys <= _KEYS else None


def _as_messages(value: object, app: str) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple):
        several = cast("Sequence[object]", value)
        if all(isinstance(each, str) for each in several):
            return [str(each) for each in several]
    return [msgspec.json.encode(as_answer(cast("object", value), app)).decode()]


def _as_call(call: object) -> object:
    return msgspec.to_builtins(call) if isinstance(call, msgspec.Struct) else call


def _read_parts(parts: Mapping[str, object], app: str) -> JsonValue:
    plain = cast("dict[str, JsonValue]", as_answer(dict(parts), app))
    try:
        msgspec.convert(plain, AppReply)
    except msgspec.ValidationError as error:
        raise AppError(
            f"{app}: answered a turn with what is no reply: {error}. Fix: return text, a list of texts, or Reply(output=..., state=...).",
            reason="invalid_answer",
        ) from None
    return {key: value for key, value in plain.items() if key == "messages" or value not in (None, [], False)}


__all__ = ["read_turn"]

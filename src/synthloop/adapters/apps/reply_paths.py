"""Where the JSON of an endpoint or a program says what a conversational app replied."""

from dataclasses import dataclass, fields

from synthloop.adapters.apps.turns import read_turn
from synthloop.adapters.apps.usage import read_reply
from synthloop.adapters.apps.values import as_answer, follow_path
from synthloop.core.ask import Answer
from synthloop.core.json_value import JsonValue

_LISTS = frozenset({"messages", "quick_replies", "tool_calls"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPaths:
    """Dotted paths of the parts of a reply, where `*` stands for each item of a list, e.g. `*.buttons.*.title`; empty: it has no such part.

    What is not there is left out of the reply: endpoints leave out what is empty.
    """

    messages: str = ""
    """One text, or a list of them."""
    quick_replies: str = ""
    tool_calls: str = ""
    """Objects with `name`, `arguments` and `result`."""
    state: str = ""
    done: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether no path is given."""
        return not any(getattr(self, part.name) for part in fields(self))


def read_json(value: JsonValue, app: str, *, path: str, paths: ReplyPaths, in_turn: bool) -> Answer:
    """Return an app's JSON as an answer: an `AppReply` where it is a turn of a conversation.

    Args:
        value: What the app sent.
        app: Its name, for messages.
        path: Where the answer lies. In a turn it is a text, a list of texts, or an object with the keys of a reply.
        paths: Where the parts of a reply lie, counted from the whole value; with them `path` says where its messages lie, unless they do.
        in_turn: Whether it is a turn of a conversation.

    Raises:
        AppError: Nothing lies at `path`, or what lies there is no answer.

    Example:
        >>> sent = [{"text": "Which size?", "buttons": [{"title": "S"}, {"title": "L"}]}]
        >>> paths = ReplyPaths(messages="*.text", quick_replies="*.buttons.*.title")
        >>> read_json(sent, "shop", path="", paths=paths, in_turn=True).value
        {'messages': ['Which size?'], 'quick_replies': ['S', 'L']}
    """
    if paths.is_empty or (not in_turn and path):
        found = follow_path(value, path, app)
        return read_turn(found, app, latency_s=0.0) if in_turn else Answer(value=as_answer(found, app))
    parts = {part.name: _find(value, getattr(paths, part.name), part.name) for part in fields(paths) if getattr(paths, part.name)}
    messages = parts.get("messages") if paths.messages else follow_path(value, path, app)
    if not in_turn:
        return Answer(value=as_answer(messages[0] if isinstance(messages, list) and len(messages) == 1 else messages, app))
    return read_turn({**_drop_nulls(parts), "messages": messages}, app, latency_s=0.0)


def read_text(text: str, app: str, *, in_turn: bool, latency_s: float) -> Answer:
    """Return what an app wrote as an answer: an `AppReply` of one message where it is a turn of a conversation."""
    return (read_turn if in_turn else read_reply)(text, app, latency_s=latency_s)


def _drop_nulls(parts: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: part for name, part in parts.items() if part is not None}


def _find(value: JsonValue, path: str, part: str) -> JsonValue:
    found = _collect(value, path.split("."))
    if "*" in path.split(".") or (part in _LISTS and len(found) > 1):
        return [item for item in found if item is not None]
    return found[0] if found else None


def _collect(value: JsonValue, path: list[str]) -> list[JsonValue]:
    """Return all that lies at a path, in order."""
    if not path:
        return [value]
    part, *rest = path
    if part == "*":
        return [found for item in (value if isinstance(value, list) else []) for found in _collect(item, rest)]
    if isinstance(value, dict):
        return _collect(value[part], rest) if part in value else []
    if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
        return _collect(value[int(part)], rest)
    return []


__all__ = ["ReplyPaths", "read_json", "read_text"]

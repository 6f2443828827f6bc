"""What goes into an app and what may come out of it, the same for every kind of app."""

import math
from typing import cast

from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Message, Role

_CHAT_ROLES: dict[Role, str] = {"user": "user", "app": "assistant", "system": "system", "tool": "tool"}
_INTEGER_BITS = 63  # what every JSON and MessagePack reader can hold


def as_chat(messages: tuple[Message, ...]) -> list[JsonValue]:
    """Return messages in the form that chat interfaces share: `{"role": "user" | "assistant" | ..., "content": ...}`.

    Example:
        >>> as_chat((Message(role="app", text="Which day?"),))
        [{'role': 'assistant', 'content': 'Which day?'}]
    """
    return [{"role": _CHAT_ROLES[message.role], "content": message.text} for message in messages]


def as_answer(value: object, app: str) -> JsonValue:
    """Return an app's value as plain JSON: subclasses of `str`, `int` and `float` (numpy's too) and tuples become what they extend.

    Raises:
        AppError: It is None, or not JSON.

    Example:
        >>> as_answer({"route": ("schedule", 1)}, "router")
        {'route': ['schedule', 1]}
    """
    if value is None:
        raise _invalid(app, "answered None. Fix: return the answer; a function without `return` returns None.")
    try:
        return _as_json(value, app)
    except RecursionError:
        raise _invalid(app, "answered with a value that is nested too deeply, or contains itself.") from None


def follow_path(value: JsonValue, path: str, app: str) -> JsonValue:
    """Return what lies at a dotted path, e.g. `choices.0.message.content`; an empty path means the whole value.

    Raises:
        AppError: The path does not exist; says what was there instead.
    """
    found = value
    for place, part in enumerate(parts := path.split(".") if path else []):
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            where = ".".join(parts[:place]) or "the answer"
            raise _invalid(app, f"answered without {path!r}: {where} {_describe(found)}. Fix: correct the path, or the app.")
    return found


def _as_json(value: object, app: str) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _as_text(str(value), app)
    if isinstance(value, int | float):
        return _as_number(value, app)
    if isinstance(value, list | tuple):
        return [_as_json(item, app) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        return _as_object(cast("dict[object, object]", value), app)
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    raise _invalid(app, f"answered with a value of type {kind}. Fix: return text, or what JSON can say (numbers, true, lists, objects).")


def _as_text(text: str, app: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _invalid(
                app, f"answered with text that is not valid Unicode ({error.reason}). Fix: decode with errors='replace'."
            ) from None
    return text


def _as_number(value: float, app: str) -> int | float:
    if isinstance(value, int):
        if value.bit_length() > _INTEGER_BITS:
            raise _invalid(app, "answered with an integer of more than 64 bits. Fix: return it as text.")
        return int(value)
    if not math.isfinite(value):
        raise _invalid(app, f"answered with {value}, which JSON can't say. Fix: return a finite number or text.")
    return float(value)


def _as_object(value: dict[object, object], app: str) -> JsonValue:
    for key in value:
        if not isinstance(key, str):
            raise _invalid(app, f"answered with a dict whose key {key!r} is a {type(key).__name__}. Fix: use text as keys.")
    return {_as_text(str(key), app): _as_json(item, app) for key, item in value.items()}


def _describe(value: JsonValue) -> str:
    if isinstance(value, dict):
        return f"has the keys {', '.join(map(repr, list(value)[:8]))}" if value else "is an empty object"
    if isinstance(value, list):
        return f"is a list of {len(value)}"
    # never the value itself: an endpoint may send back the key that it was sent
    return "is null" if value is None else "is text" if isinstance(value, str) else "is no object"


def _invalid(app: str, what: str) -> AppError:
    return AppError(f"{app}: {what}", reason="invalid_answer")


__all__ = ["as_answer", "as_chat", "follow_path"]

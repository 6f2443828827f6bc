"""Reading an answer: its text, a value inside it, and when two values are the same."""

import unicodedata

import msgspec

from synthloop.core.json_value import JsonValue
from synthloop.core.transcript import Transcript


def read_path(value: JsonValue, path: str) -> JsonValue:
    """Return what stands at a dotted path, e.g. `choices.0.label`; keys of objects and positions in lists, counted from 0.

    An empty path returns `value` itself. A text is read as JSON where the path goes inside it.

    Raises:
        LookupError: Nothing stands there.

    Example:
        >>> read_path({"routes": [{"agent": "schedule"}]}, "routes.0.agent")
        'schedule'
    """
    for key in _keys(path):
        inside = parse_json(value) if isinstance(value, str) else value
        if isinstance(inside, dict) and key in inside:
            value = inside[key]
        elif isinstance(inside, list) and key.isdecimal() and int(key) < len(inside):
            value = inside[int(key)]
        else:
            raise LookupError(f"the answer has no {path!r}")
    return value


def parse_json(text: str) -> JsonValue:
    """Return what a text says as JSON, or None where it is not JSON."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def text_of(value: JsonValue) -> str:
    """Return a JSON value as text: a string as it is, nothing for None, everything else as JSON.

    Example:
        >>> text_of("hi"), text_of(None), text_of({"a": 1}), text_of(True)
        ('hi', '', '{"a":1}', 'true')
    """
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value, order="deterministic").decode()


def last_answer(transcript: Transcript) -> JsonValue:
    """Return the app's answer as data, or the text of its last turn where there is no data."""
    if transcript.output is not None:
        return transcript.output
    return next((turn.text for turn in reversed(transcript.turns) if turn.role == "app"), None)


def normalize_text(text: str, *, case: bool = True, punctuation: bool = True, accents: bool = False) -> str:
    """Return a text without the differences that do not matter: Unicode form, white space and, on request, more.

    Args:
        text: Any text.
        case: Ignore upper and lower case.
        punctuation: Replace punctuation by white space; letters, digits and symbols such as `$`, `%` and `+` stay.
        accents: Drop accents and other combining marks.

    Example:
        >>> normalize_text("  “Find_Document”!  ")
        'find document'
    """
    text = unicodedata.normalize("NFKC", text)
    if accents:
        text = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    if punctuation:
        text = "".join(" " if unicodedata.category(letter).startswith("P") and letter != "%" else letter for letter in text)
    return " ".join((text.casefold() if case else text).split())


def same_json(one: JsonValue, other: JsonValue) -> bool:
    """Return whether two JSON values are equal: 1 and 1.0 are, true and 1 are not, the order of keys does not matter.

    Example:
        >>> same_json({"a": 1, "b": [True]}, {"b": [True], "a": 1.0}), same_json(True, 1)
        (True, False)
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return one == other


def quote(value: JsonValue, limit: int = 80) -> str:
    """Return a value for a note: as JSON, cut to `limit` characters."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _keys(path: str) -> list[str]:
    plain = path.removeprefix("$").replace("[", ".").replace("]", "")
    return [key for key in plain.split(".") if key]


__all__ = ["last_answer", "normalize_text", "parse_json", "quote", "read_path", "same_json", "text_of"]

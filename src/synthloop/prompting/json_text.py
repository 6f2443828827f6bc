"""JSON out of what a model wrote: fenced or not, with words around it, with the slips that models make."""

import re
from typing import cast

import msgspec

from synthloop.core.json_value import JsonValue

_FENCE = re.compile(r"```[ \t]*[\w-]*[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)
_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class UnreadableError(ValueError):
    """There is no JSON in the text; the message says what is there instead."""


def read_json(text: str) -> JsonValue:
    r"""Return the JSON value that a text holds: as a whole, in a code fence, or as its first object or list.

    Trailing commas are forgiven. What ends in the middle is not completed: half an answer is no answer.

    Raises:
        UnreadableError: There is none.

    Example:
        >>> read_json('Sure! Here it is:\n```json\n{"texts": ["hi",],}\n```\nAnything else?')
        {'texts': ['hi']}
    """
    try:
        return cast("JsonValue", msgspec.json.decode(text))  # the usual case, at the price of one look
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    said = _THINKING.sub("", text)
    for part in (*_FENCE.findall(said), said):
        found = _read_part(part)
        if found is not msgspec.UNSET:
            return cast("JsonValue", found)
    raise UnreadableError(_describe(said))


def _read_part(part: str) -> object:
    start = min((place for place in (part.find("{"), part.find("[")) if place >= 0), default=-1)
    if start < 0:
        return msgspec.UNSET
    end = _find_end(part, start)
    if end < 0:
        return msgspec.UNSET
    body = part[start:end]
    for candidate in (body, _drop_trailing_commas(body)):
        try:
            return msgspec.json.decode(candidate)
        except msgspec.DecodeError:
            continue
    return msgspec.UNSET


def _find_end(text: str, start: int) -> int:
    """Return where the brackets that open at `start` are closed again, or -1."""
    masked = _STRING.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', text[start:])
    depth = 0
    for place, letter in enumerate(masked):
        depth += (letter in "{[") - (letter in "}]")
        if depth == 0:
            return start + place + 1
    return -1


def _drop_trailing_commas(text: str) -> str:
    kept: list[str] = []
    at = 0
    for found in _STRING.finditer(text):
        kept += [_TRAILING_COMMA.sub("", text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*kept, _TRAILING_COMMA.sub("", text[at:])])


def _describe(text: str) -> str:
    if not text.strip():
        return "the answer is empty"
    if "{" in text or "[" in text:
        return "the answer holds no complete JSON value"
    return "the answer holds no JSON at all"


__all__ = ["UnreadableError", "read_json"]

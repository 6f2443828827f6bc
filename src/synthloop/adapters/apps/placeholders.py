"""`{name}` in what is sent to an app: filled in once, and what was put in is never searched again."""

import re
from collections.abc import Callable, Mapping

import msgspec

from synthloop.core.json_value import JsonValue

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def fill(template: JsonValue, values: Mapping[str, JsonValue]) -> JsonValue:
    """Return `template` with its placeholders replaced; a text that is nothing but one becomes the value itself, and unknown ones stay.

    Example:
        >>> fill({"q": "{text}", "n": "{n}", "note": "said: {text}"}, {"text": 'a "quote" {n}', "n": 3})
        {'q': 'a "quote" {n}', 'n': 3, 'note': 'said: a "quote" {n}'}
    """
    return map_texts(template, lambda text: _fill_whole(text, values))


def fill_text(template: str, values: Mapping[str, JsonValue], write: Callable[[str], str] = str) -> str:
    """Return `template` with its placeholders replaced by text: what is no text as JSON, and each as `write` says.

    Example:
        >>> fill_text("--strict={strict} {unknown}", {"strict": True})
        '--strict=true {unknown}'
    """
    return _PLACEHOLDER.sub(lambda found: write(_as_text(values[found[1]])) if found[1] in values else found[0], template)


def has_placeholder(template: str, name: str) -> bool:
    """Return whether `{name}` stands in a template."""
    return any(found == name for found in _PLACEHOLDER.findall(template))


def names_in(template: JsonValue) -> frozenset[str]:
    """Return the names of all placeholders of a template.

    Example:
        >>> sorted(names_in({"id": "{session}", "said": ["{text}"]}))
        ['session', 'text']
    """
    if isinstance(template, dict):
        return names_in(list(template.values()))
    if isinstance(template, list):
        return frozenset(name for each in template for name in names_in(each))
    return frozenset(_PLACEHOLDER.findall(template)) if isinstance(template, str) else frozenset()


def map_texts(value: JsonValue, change: Callable[[str], JsonValue]) -> JsonValue:
    """Return a JSON value with every text in it, keys aside, replaced by what `change` makes of it."""
    if isinstance(value, dict):
        return {key: map_texts(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [map_texts(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def _fill_whole(template: str, values: Mapping[str, JsonValue]) -> JsonValue:
    whole = _PLACEHOLDER.fullmatch(template)
    return values[whole[1]] if whole and whole[1] in values else fill_text(template, values)


def _as_text(value: JsonValue) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


__all__ = ["fill", "fill_text", "has_placeholder", "map_texts", "names_in"]

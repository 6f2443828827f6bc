"""How a schema is said on the wire: natively, as a tool that has to be called, or in the prompt; and what a server was found to take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import msgspec

from synthloop.core.json_value import JsonValue

Structured = Literal["auto", "native", "tool", "prompt"]
"""How schemas are said; `auto` tries the three in that order and remembers what the server takes."""
Way = Literal["native", "tool", "prompt"]

WAYS: tuple[Way, ...] = ("native", "tool", "prompt")
TOOL = "answer"
"""What a schema is called where the wire wants a name."""

_MOST_KNOWN = 256
_MOST_MISSES = 3
_BEGINS_JSON = ("{", "[")


class SchemaRefusedError(Exception):
    """The server does not take schemas in the way in which it was sent; holds the server's words."""


@dataclass(slots=True, kw_only=True)
class KnownSchema:
    """A schema that was said before."""

    schema: Mapping[str, JsonValue]
    raw: msgspec.Raw
    """As JSON, encoded once."""
    strict: bool
    """Whether it allows no further fields and demands all that it names, as strict modes want it."""
    way: Way
    """How it is said."""
    kept: bool = False
    """Whether any answer was JSON yet."""
    misses: int = 0
    """Answers that were not, before any was."""


@dataclass(slots=True, kw_only=True)
class Schemas:
    """The schemas that a model was asked for. Servers refuse single schemas as well as whole ways, so each remembers its own way."""

    structured: Structured
    _known: dict[int, KnownSchema] = field(default_factory=dict[int, KnownSchema])
    """By identity: a shape keeps its schema, and is asked for thousands of times."""

    def find(self, schema: dict[str, JsonValue]) -> KnownSchema:
        """Return what is known of a schema."""
        known = self._known.get(id(schema))
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[id(schema)] = self._learn(schema)
        return known

    def ways_after(self, way: Way) -> tuple[Way, ...]:
        """Return the ways that are left where a server refuses one."""
        return WAYS[WAYS.index(way) + 1 :] if self.structured == "auto" else ()

    def note(self, known: KnownSchema, way: Way, text: str) -> None:
        """Take in an answer: the way in which it was asked for is taken by the server, unless its answers show that it was ignored.

        Some servers say nothing of what they do not know. Where the first answers are all no JSON, the next way is tried.
        """
        known.way = way
        if text.lstrip()[:1] in _BEGINS_JSON:
            known.kept = True
        elif not known.kept and (following := self.ways_after(way)):
            known.misses += 1
            if known.misses >= _MOST_MISSES:
                known.way, known.misses = following[0], 0

    def _learn(self, schema: dict[str, JsonValue]) -> KnownSchema:
        way: Way = self.structured if self.structured != "auto" else "native"
        if self.structured == "auto" and schema.get("type") != "object":
            way = "prompt"  # servers take nothing but objects
        raw = msgspec.Raw(msgspec.json.encode(schema))
        return KnownSchema(schema=schema, raw=raw, strict=_is_strict(schema), way=way)


def say_schema(known: KnownSchema) -> str:
    """Return the words that ask for an answer of a schema, for servers that know no other way."""
    return f"Answer with nothing but JSON that satisfies this JSON Schema:\n{bytes(known.raw).decode()}"


def add_to_last(messages: list[dict[str, Any]], words: str) -> None:
    """Put words below the last message."""
    messages[-1] = {**messages[-1], "content": f"{messages[-1]['content']}\n\n{words}"}


def _is_strict(schema: object) -> bool:
    return all(_is_closed(found) for found in _objects_in(schema))


def _is_closed(found: Mapping[str, Any]) -> bool:
    properties = cast("Mapping[str, Any]", found.get("properties") or {})
    return found.get("additionalProperties") is False and set(properties) == set(cast("list[str]", found.get("required") or []))


def _objects_in(schema: object) -> Iterator[Mapping[str, Any]]:
    """Yield every part of a schema that describes an object."""
    if isinstance(schema, list):
        for each in cast("list[object]", schema):
            yield from _objects_in(each)
    elif isinstance(schema, dict):
        part = cast("dict[str, Any]", schema)
        if part.get("type") == "object":
            yield part
        for each in part.values():
            yield from _objects_in(each)


__all__ = ["TOOL", "WAYS", "KnownSchema", "SchemaRefusedError", "Schemas", "Structured", "Way", "add_to_last", "say_schema"]

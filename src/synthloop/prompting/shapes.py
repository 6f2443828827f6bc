"""Shapes: what a structured answer must look like, and how it becomes a value."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

import msgspec

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue

T = TypeVar("T")


class MisshapenError(ValueError):
    """An answer is JSON, but not what was asked; the message is written for the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[T]):
    """What a structured answer must look like."""

    schema: dict[str, JsonValue]
    """JSON Schema, with all definitions inside it."""
    read: Callable[[JsonValue], T]
    """Turns a JSON value into what was asked for, or raises `MisshapenError`."""


def shape_of(kind: type[T]) -> Shape[T]:
    """Return the shape of a msgspec struct (a record), a dataclass or a pydantic class.

    Raises:
        UsageError: The type can't be said as a JSON Schema.

    Example:
        >>> from synthloop.core.record import Record
        >>> class Texts(Record):
        ...     texts: tuple[str, ...]
        >>> shape_of(Texts).read({"texts": ["hi"]}).texts
        ('hi',)
    """
    return cast("Shape[T]", _shape_of(kind))


@lru_cache(maxsize=256)
def _shape_of(kind: type[Any]) -> Shape[Any]:
    if hasattr(kind, "model_json_schema"):
        return Shape(schema=kind.model_json_schema(), read=_read_pydantic(kind))
    try:
        (found,), definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    except TypeError as error:
        raise UsageError(f"{kind!r} can't be asked of a model: {error}. Fix: use a record, a dataclass or a pydantic class.") from error
    return Shape(schema=_close(_inline(found, definitions)), read=_read_msgspec(kind))


def shape_of_schema(schema: dict[str, JsonValue]) -> Shape[JsonValue]:
    """Return the shape that a JSON Schema describes.

    Raises:
        UsageError: It is no valid JSON Schema.
    """
    from jsonschema import SchemaError  # noqa: PLC0415 - heavy, and only needed for schemas that users write
    from jsonschema.validators import validator_for  # noqa: PLC0415 - the same

    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
    except SchemaError as error:
        raise UsageError(f"the schema is no valid JSON Schema: {error.message}.") from error
    validator = kind(schema)

    def read(value: JsonValue) -> JsonValue:
        problem = next(iter(validator.iter_errors(value)), None)  # pyright: ignore[reportUnknownVariableType] - untyped library
        if problem is not None:
            raise MisshapenError(f"{problem.message} (at {problem.json_path})")
        return value

    return Shape(schema=schema, read=read)


def _read_msgspec(kind: type[T]) -> Callable[[JsonValue], T]:
    def read(value: JsonValue) -> T:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            raise MisshapenError(str(error)) from error

    return read


def _read_pydantic(kind: type[Any]) -> Callable[[JsonValue], Any]:
    def read(value: JsonValue) -> Any:
        try:
            return kind.model_validate(value)
        except ValueError as error:
            raise MisshapenError(str(error)) from error

    return read


def _inline(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, JsonValue]:
    """Return a schema whose root is an object, since providers refuse a root that is a reference."""
    root = schema
    if name := str(schema.get("$ref", "")).removeprefix("#/$defs/"):
        root = definitions[name]
    others = {key: value for key, value in definitions.items() if f'"#/$defs/{key}"' in msgspec.json.encode((root, definitions)).decode()}
    return {**root, "$defs": others} if others else dict(root)


def _close(schema: Any) -> Any:
    """Allow no further fields, as strict modes of providers demand."""
    if isinstance(schema, list):
        return [_close(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _close(value) for key, value in cast("dict[str, Any]", schema).items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed["additionalProperties"] = False
    return closed


__all__ = ["MisshapenError", "Shape", "shape_of", "shape_of_schema"]

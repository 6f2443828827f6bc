"""What JSON can say: the only untyped values that the records carry."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
else:
    # msgspec can't follow a recursive alias at run time; it decodes `Any` into exactly these types.
    JsonValue = Any

__all__ = ["JsonValue"]

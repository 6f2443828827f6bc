"""What everything that people write has in common."""

import math
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from synthloop.project.yaml_source import WrittenFloat, plain


class Written(BaseModel):
    """Base of everything that people write: unknown keys are refused and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True, use_attribute_docstrings=True)


def _as_text(value: object) -> object:
    """Return numbers and booleans as they were written: `1.50` is said as 1.50."""
    if isinstance(value, WrittenFloat):
        return value.text
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _check_printable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul_byte", "holds a NUL byte")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_check_printable)]
"""One or more characters, spaces around them removed."""

ValueText = Annotated[Text, BeforeValidator(_as_text, json_schema_input_type=str | int | float | bool)]
"""A value that ends up in a sentence: text, or a number as it was written."""

ChoiceText = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_check_printable),
    BeforeValidator(_as_text, json_schema_input_type=str | int | float | bool),
]
"""A value of a slot; empty where the sentence does without it."""

Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""Relative frequency; above 0."""

Share = Annotated[float, Field(ge=0, le=1)]
"""A fraction from 0 to 1, not a percentage."""


def _check_finite(value: Any) -> Any:
    """JSON has no word for infinity: it would be kept as null, and no answer could ever equal it."""
    if isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("finite_number", "not finite")
    for inner in cast("dict[str, Any]", value).values() if isinstance(value, dict) else ():
        _check_finite(inner)
    for inner in cast("list[Any]", value) if isinstance(value, list) else ():
        _check_finite(inner)
    return cast("Any", value)


AnyJson = Annotated[Any, AfterValidator(plain), AfterValidator(_check_finite)]


__all__ = ["AnyJson", "Share", "Text", "ValueText", "Weight", "Written"]

"""How a project file names a component."""

from typing import Annotated, Any, TypeAlias, cast

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _one_component(value: object) -> object:
    """Refuse everything but a name or a name with its parameters."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, dict) and len(cast("dict[str, object]", value)) == 1:
        ((name, parameters),) = cast("dict[str, object]", value).items()
        if isinstance(parameters, dict | None):
            return {name: cast("dict[str, object] | None", parameters) or {}}
    raise PydanticCustomError("component", "no component")


ComponentWritten: TypeAlias = Annotated[Any, BeforeValidator(_one_component, json_schema_input_type=str | dict[str, dict[str, Any]])]
"""`name`, `{name: {parameter: value}}` or `package.module:name`."""

__all__ = ["ComponentWritten"]

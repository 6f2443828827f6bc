"""What is bound to a function when it is made: closures, defaults, `functools.partial`, the object that a method belongs to."""

import functools
import inspect
from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any, cast


def state_of(value: object) -> object:
    """Return what tells a value from others of the same source: where a function stands in it, and everything that was bound to it.

    It is plain data as far as what was bound is; anything else (a client, a model) is left in it as it is.

    Raises:
        RecursionError: Something bound refers to itself.
        ValueError: A closure is read before it is complete.

    Example:
        >>> state_of(functools.partial(sorted, reverse=True))[2]
        {'reverse': True}
    """
    if isinstance(value, functools.partial):
        bound = cast("functools.partial[object]", value)
        return [state_of(bound.func), [state_of(each) for each in bound.args], _states_of(bound.keywords)]
    inner = inspect.unwrap(value) if callable(value) else value
    if inspect.ismethod(inner):
        return [state_of(inner.__func__), state_of(inner.__self__)]
    if isinstance(inner, FunctionType):
        return _state_of_function(inner)
    if isinstance(inner, ModuleType):
        return inner.__name__
    if hasattr(inner, "__dict__") and not inspect.isclass(inner):
        return [type(inner).__qualname__, _states_of(vars(inner))]
    return inner


def _state_of_function(function: FunctionType) -> object:
    cells = [state_of(cell.cell_contents) for cell in function.__closure__ or ()]
    defaults = [state_of(each) for each in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())]
    # two lambdas of one line have the same name and line, and differ in their columns
    return [function.__qualname__, [list(place) for place in function.__code__.co_positions()], cells, defaults]


def _states_of(values: Mapping[str, Any]) -> dict[str, object]:
    return {key: state_of(value) for key, value in values.items()}


__all__ = ["state_of"]

"""Python functions as tools of a model: what they take, read from their signatures, and calls of them that never raise."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any, cast

import msgspec
from pydantic import PydanticUserError, TypeAdapter, ValidationError
from pydantic_core import ArgsKwargs

from synthloop.adapters.apps.values import as_answer
from synthloop.core.conversation import ToolCall
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.model import CallWish, Tool


class Toolbox:
    """The tools of one conversation.

    Args:
        made: Functions; or an object, whose public methods are the tools and whose `state`, where it has one, is what the app shows.
        app: Name of the app, for messages.

    Raises:
        UsageError: A function has a parameter that JSON can't say, or two have the same name.

    Example:
        >>> def book(size: str) -> str:
        ...     "Book a table."
        ...     return f"booked {size}"
        >>> Toolbox([book], "chat").tools[0].parameters["required"]
        ['size']
    """

    def __init__(self, made: object, app: str) -> None:
        self._made = made
        self._app = app
        self._functions: dict[str, TypeAdapter[Any]] = {}
        found: list[Tool] = []
        for function in _functions_of(made):
            name = getattr(function, "__name__", type(function).__name__)
            if name in self._functions:
                raise UsageError(f"app {app!r}: two tools are called {name!r}. Fix: rename one.")
            self._functions[name], parameters = _read_signature(function, name, app)
            found.append(Tool(name=name, description=inspect.getdoc(function) or "", parameters=parameters))
        self.tools = tuple(found)

    @property
    def state(self) -> JsonValue:
        """What the app knows now; None where the tools show nothing.

        Raises:
            AppError: It is not JSON.
        """
        state = getattr(self._made, "state", None)
        return None if state is None or callable(state) else as_answer(state, self._app)

    def prepare(self, wish: CallWish) -> Callable[[], object]:
        """Return the call that a model wants, which may give something to await.

        Raises:
            ValueError: There is no such tool, or it can't be called like this; says why, for the model.
        """
        if wish.name not in self._functions:
            raise ValueError(f"there is no tool {wish.name!r}, only {', '.join(self._functions) or 'none'}")
        try:
            arguments = msgspec.json.decode(wish.arguments or "{}", type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise ValueError(f"the arguments can't be read: {error}") from None
        return lambda: self._functions[wish.name].validate_python(ArgsKwargs((), arguments))

    def record(self, wish: CallWish, result: object) -> ToolCall:
        """Return what was called and what came of it."""
        arguments: dict[str, JsonValue]
        plain: JsonValue
        try:
            arguments = msgspec.json.decode(wish.arguments or "{}", type=dict[str, Any])
        except msgspec.DecodeError:
            arguments = {"unreadable": wish.arguments}
        try:
            plain = None if result is None else as_answer(result, self._app)
        except AppError as error:
            plain = {"error": str(error)}
        return ToolCall(name=wish.name, arguments=arguments, result=plain)


def explain_call(error: Exception) -> str:
    """Return what went wrong with a call, for the model: wrong arguments by name, anything else as it was raised."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_url=False))
    return f"{type(error).__name__}: {error}"


def _functions_of(made: object) -> Iterable[Callable[..., object]]:
    if isinstance(made, list | tuple):
        return cast("Iterable[Callable[..., object]]", made)
    names = [name for name in dir(type(made)) if not name.startswith("_")]
    return [getattr(made, name) for name in names if inspect.isroutine(getattr(type(made), name))]


def _read_signature(function: Callable[..., object], name: str, app: str) -> tuple[TypeAdapter[Any], dict[str, JsonValue]]:
    try:
        adapter = TypeAdapter[Any](cast("Any", function))
        return adapter, adapter.json_schema()
    except (PydanticUserError, TypeError, ValueError) as error:
        why = str(error).partition("\n")[0]
        fix = "Fix: annotate its parameters with what JSON can say, and have no `*args`."
        raise UsageError(f"app {app!r}: the tool {name} can't be offered to a model: {why} {fix}") from error


__all__ = ["Toolbox", "explain_call"]

"""An app that is a Python function, called in this process."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

from synthloop.adapters.apps import stdout
from synthloop.adapters.apps.threads import DaemonThreads
from synthloop.adapters.apps.turns import read_turn
from synthloop.adapters.apps.usage import read_reply
from synthloop.adapters.apps.values import as_chat
from synthloop.core.ask import Answer, Ask, Request, TurnRequest
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.own_code import explain_raised, is_interrupt
from synthloop.core.sample import Message

Function = Callable[..., object]


@dataclass(slots=True, kw_only=True, eq=False)
class CallableApp:
    """A sync or async function as an app.

    It is called with the text of the last message, or with the whole conversation (as chat messages) where it has a parameter named
    `messages`; in a conversation with the state that it returned last as well, where it has one named `state`. The variant's variables
    come as keyword arguments, or all together where it has a parameter named `variables`. It returns text or any other JSON value, or a
    `Reply` that says what the answer cost too. What it prints goes to standard error.

    A sync function runs in a thread of its own and may be called by several threads at once; one that hangs is left behind in its thread.
    An async function runs in the engine's event loop and must not block it.

    Example:
        >>> import asyncio
        >>> from synthloop.core.ask import AppRequest
        >>> app = CallableApp(name="router", version="1", function=lambda text: text.split()[0])
        >>> ask = Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text="book it"),)))
        >>> asyncio.run(app.answer(ask)).value
        'book'
    """

    name: str
    version: str
    function: Function
    variables: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What this variant passes besides the message."""
    _prepare: Callable[[tuple[Message, ...], JsonValue], object] = field(init=False, repr=False)
    _is_async: bool = field(init=False)
    _threads: DaemonThreads[Answer] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._prepare = bind_function(self.function, self.variables, self.name)
        self._is_async = is_async(self.function)

    async def answer(self, ask: Ask) -> Answer:
        """Call the function.

        Raises:
            AppError: It raised, or returned something that is not JSON.
        """
        if self._threads is None:
            self._threads = DaemonThreads(self.name)
            stdout.install()
        request = ask.request
        return await (self._await(request) if self._is_async else self._threads.run(lambda: self._call(request)))

    async def close(self) -> None:
        """Let go of the threads and give standard output back."""
        if self._threads is not None:
            self._threads.close()
            self._threads = None
            stdout.uninstall()

    def _call(self, request: Request) -> Answer:
        with stdout.diverted():
            started_s = perf_counter()
            try:
                value = self._prepare(request.messages, _state_of(request))
            except BaseException as error:
                raise AppError(f"{self.name}: {explain_raised(error, self.function)}") from error
            return self._read(value, request, perf_counter() - started_s)

    async def _await(self, request: Request) -> Answer:
        with stdout.diverted():
            started_s = perf_counter()
            try:
                value = await cast("Awaitable[object]", self._prepare(request.messages, _state_of(request)))
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                if is_interrupt(error):
                    raise
                raise AppError(f"{self.name}: {explain_raised(error, self.function)}") from error
            return self._read(value, request, perf_counter() - started_s)

    def _read(self, value: object, request: Request, latency_s: float) -> Answer:
        read = read_turn if isinstance(request, TurnRequest) else read_reply
        return read(value, self.name, latency_s=latency_s)


def bind_function(function: Function, variables: Mapping[str, JsonValue], app: str) -> Callable[[tuple[Message, ...], JsonValue], object]:
    """Return a call of `function` that takes nothing but messages, and the state of a conversation, which most leave unheeded.

    Raises:
        UsageError: The function can't be called that way; says which parameter is in the way.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some builtins have none: they get the text alone
        return lambda messages, _: function(_last(messages))
    parameters = signature.parameters
    extra = {"variables": dict(variables)} if "variables" in parameters else dict(variables)
    stateful = "state" in parameters and "state" not in extra
    try:
        if "messages" in parameters:
            signature.bind(messages=[], **extra, **({"state": None} if stateful else {}))
        else:
            signature.bind("", **extra, **({"state": None} if stateful else {}))
    except TypeError as error:
        takes = f"{getattr(function, '__name__', function)}{signature}"
        raise UsageError(
            f"app {app!r}: {takes} can't be called with a message and the variables {sorted(variables)}: {error}. "
            f"Fix: give it one parameter for the text (or `messages`), and one for each variable (or `variables`)."
        ) from error

    def call(messages: tuple[Message, ...], state: JsonValue) -> object:
        given = {**extra, "state": state} if stateful else extra
        return function(messages=as_chat(messages), **given) if "messages" in parameters else function(_last(messages), **given)

    return call


def _last(messages: tuple[Message, ...]) -> str:
    return messages[-1].text if messages else ""


def _state_of(request: Request) -> JsonValue:
    return request.state if isinstance(request, TurnRequest) else None


def is_async(function: Function) -> bool:
    """Return whether calling `function` gives something to await: a coroutine function, or an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004 - not asking whether it is callable


__all__ = ["CallableApp", "Function", "bind_function", "is_async"]

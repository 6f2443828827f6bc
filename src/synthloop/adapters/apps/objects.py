"""An app that is a Python class: one object for each conversation."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, cast

from synthloop.adapters.apps import stdout
from synthloop.adapters.apps.python import is_async
from synthloop.adapters.apps.threads import DaemonThreads
from synthloop.adapters.apps.turns import read_turn
from synthloop.adapters.apps.values import as_chat
from synthloop.core.ask import Answer, Ask, TurnRequest
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.own_code import explain_raised, is_interrupt
from synthloop.core.sample import Message

Method = Callable[..., object]


@dataclass(slots=True, eq=False)
class _Held:
    """One conversation."""

    object: Any
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True, kw_only=True, eq=False)
class ObjectApp:
    """A class whose objects converse: each conversation has an object of its own, which keeps what it knows.

    It is made with the variant's variables as keyword arguments, and with `state` where the constructor takes one. `reply` is called with
    the text of each message (or with the whole conversation, as chat messages, where its parameter is called `messages`) and returns text,
    a list of texts, or a `Reply`. Where the app speaks first, `greet` says what. `close` is called at the end where there is one. Methods
    may be sync, in threads, or async, in the engine's event loop. Objects of several conversations work at the same time; one object is
    never called twice at once.

    Example:
        >>> import asyncio
        >>> class Counter:
        ...     def __init__(self): self.count = 0
        ...     def reply(self, text):
        ...         self.count += 1
        ...         return f"{self.count}. {text}"
        >>> app = ObjectApp(name="counter", version="1", make=Counter)
        >>> request = TurnRequest(messages=(Message(role="user", text="hello"),), session="s")
        >>> asyncio.run(app.answer(Ask(to="counter", version="1", request=request))).value
        {'messages': ['1. hello']}
    """

    name: str
    version: str
    make: Callable[..., object]
    """The class, or anything else that returns such an object."""
    variables: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    _takes_state: bool = field(init=False)
    _sessions: dict[str, _Held] = field(default_factory=dict[str, _Held], init=False, repr=False)
    _threads: DaemonThreads[object] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._takes_state = check_class(self.make, self.variables, self.name)

    @property
    def keeps_sessions(self) -> bool:
        """Always."""
        return True

    async def answer(self, ask: Ask) -> Answer:
        """Have the conversation's object answer; a single question is a conversation of its own.

        Raises:
            AppError: It raised, returned something unusable, or knows nothing of the conversation.
        """
        if self._threads is None:
            self._threads = DaemonThreads(self.name)
            stdout.install()
        request = ask.request
        if not isinstance(request, TurnRequest):
            held = await self._begin(None)
            return await self._reply(held, request.messages)
        if request.turn == 0:
            self._sessions[request.session] = await self._begin(request.state)
        if (held := self._sessions.get(request.session)) is None:
            raise AppError(f"{self.name}: knows nothing of this conversation; it was begun elsewhere", reason="session_lost")
        async with held.lock:
            return await (self._reply(held, request.messages) if request.messages else self._greet(held))

    async def end_session(self, session: str) -> None:
        """Let go of a conversation's object, after its `close` where it has one."""
        held = self._sessions.pop(session, None)
        if held is not None and callable(close := getattr(held.object, "close", None)):
            try:
                await self._call(close)
            except AppError:
                return  # the conversation is over; nothing that is said now changes it

    async def close(self) -> None:
        """Let go of all conversations and threads, and give standard output back."""
        for session in list(self._sessions):
            await self.end_session(session)
        if self._threads is not None:
            self._threads.close()
            self._threads = None
            stdout.uninstall()

    async def _begin(self, state: JsonValue) -> _Held:
        given = {"state": state} if self._takes_state else {}
        return _Held(await self._call(self.make, **self.variables, **given))

    async def _greet(self, held: _Held) -> Answer:
        greet = getattr(held.object, "greet", None)
        if not callable(greet):
            fix = "Fix: give the class a method `greet`, or drop `app_begins` from the conversation."
            raise AppError(f"{self.name}: is to speak first and has no `greet`. {fix}")
        return await self._turn(greet)

    async def _reply(self, held: _Held, messages: tuple[Message, ...]) -> Answer:
        reply = held.object.reply
        if "messages" in inspect.signature(reply).parameters:
            return await self._turn(reply, messages=as_chat(messages))
        return await self._turn(reply, messages[-1].text)

    async def _turn(self, method: Method, *arguments: object, **named: object) -> Answer:
        started_s = perf_counter()
        value = await self._call(method, *arguments, **named)
        return read_turn(value, self.name, latency_s=perf_counter() - started_s)

    async def _call(self, method: Method, *arguments: object, **named: object) -> object:
        def run() -> object:
            with stdout.diverted():
                return method(*arguments, **named)

        if self._threads is None:
            raise AssertionError("called after `close`")
        try:
            if not is_async(method):
                return await self._threads.run(run)
            with stdout.diverted():
                return await cast("Awaitable[object]", method(*arguments, **named))
        except AppError:
            raise
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if is_interrupt(error):
                raise
            raise AppError(f"{self.name}: {explain_raised(error, method)}") from error


def check_class(make: Callable[..., object], variables: Mapping[str, JsonValue], app: str) -> bool:
    """Return whether objects are made with a `state`.

    Raises:
        UsageError: The class has no `reply`, or can't be made with the variables.
    """
    shown = getattr(make, "__name__", str(make))
    if inspect.isclass(make) and not callable(getattr(make, "reply", None)):
        raise UsageError(
            f"app {app!r}: the class {shown} has no method `reply`. Fix: add `def reply(self, text)`, which answers a message."
        )
    try:
        signature = inspect.signature(make)
    except (TypeError, ValueError):
        return False
    takes_state = "state" in signature.parameters
    try:
        signature.bind(**variables, **({"state": None} if takes_state else {}))
    except TypeError as error:
        raise UsageError(
            f"app {app!r}: {shown}{signature} can't be made with the variables {sorted(variables)}: {error}. "
            "Fix: give every parameter a default, or name it under `variables`."
        ) from error
    return takes_state


__all__ = ["ObjectApp", "check_class"]

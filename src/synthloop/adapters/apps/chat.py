"""An app that is a language model with a system prompt and tools."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

import msgspec

from synthloop.adapters.apps import stdout
from synthloop.adapters.apps.threads import DaemonThreads
from synthloop.adapters.apps.tools import Toolbox, explain_call
from synthloop.core.ask import Answer, Ask, Request, TurnRequest
from synthloop.core.conversation import AppReply, ToolCall
from synthloop.core.errors import AppError, ModelError
from synthloop.core.json_value import JsonValue
from synthloop.core.model import CallWish, ModelReply, ModelRequest, ToolRound
from synthloop.core.own_code import explain_raised
from synthloop.core.ports import Model
from synthloop.core.sample import Message
from synthloop.core.usage import Usage, add_usage

_ATTEMPTS = 4
_LONGEST_REST_S = 30.0


@dataclass(slots=True, kw_only=True, eq=False)
class _Held:
    """One conversation."""

    toolbox: Toolbox
    rounds: list[ToolRound] = field(default_factory=list[ToolRound])
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True, kw_only=True, eq=False)
class ChatApp:
    """A model that is told what it is and may have tools called until it answers.

    Each conversation has tools of its own, made with the state that it starts with. What the model asks for wrongly (no such tool, other
    arguments, a tool that raises) it is told, and goes on. Failures of the endpoint that may pass are tried again here, since a turn of a
    conversation is not asked twice.
    """

    name: str
    version: str
    model: Model
    system: str = ""
    """What it is told before all messages; empty: nothing."""
    make_tools: Callable[..., object] | None = None
    """Is given the state that a conversation starts with and returns functions, or an object whose public methods are the tools."""
    most_calls: int = 8
    """How often in one turn it may have tools called before it answers."""
    _sessions: dict[str, _Held] = field(default_factory=dict[str, _Held], init=False, repr=False)
    _threads: DaemonThreads[object] | None = field(default=None, init=False, repr=False)

    @property
    def keeps_sessions(self) -> bool:
        """Whether it has tools: without, the messages tell all."""
        return self.make_tools is not None

    async def answer(self, ask: Ask) -> Answer:
        """Ask the model, have called what it wants, and return what it says; a single question is a conversation of its own.

        Raises:
            AppError: The model did not answer, or only had tools called; the tools can't be made; the conversation was begun elsewhere.
        """
        if self._threads is None:
            self._threads = DaemonThreads(self.name)
            stdout.install()
        held = await self._find(ask.request)
        async with held.lock:
            reply, usage = await self._reply(held, ask)
        if isinstance(ask.request, TurnRequest):
            return Answer(value=msgspec.json.decode(msgspec.json.encode(reply)), usage=usage)
        return Answer(value="".join(reply.messages), usage=usage)

    async def end_session(self, session: str) -> None:
        """Let go of a conversation's tools."""
        self._sessions.pop(session, None)

    async def close(self) -> None:
        """Let go of all conversations, of the threads and of the model."""
        self._sessions.clear()
        if self._threads is not None:
            self._threads.close()
            self._threads = None
            stdout.uninstall()
        await self.model.close()

    async def _find(self, request: Request) -> _Held:
        if not isinstance(request, TurnRequest):
            return await self._begin(None)
        if not request.session:
            return await self._begin(request.state)
        if request.turn == 0:
            self._sessions[request.session] = await self._begin(request.state)
        if (held := self._sessions.get(request.session)) is None:
            raise AppError(f"{self.name}: knows nothing of this conversation; it was begun elsewhere", reason="session_lost")
        return held

    async def _begin(self, state: JsonValue) -> _Held:
        if (make := self.make_tools) is None:
            return _Held(toolbox=Toolbox([], self.name))
        try:
            return _Held(toolbox=Toolbox(await self._call(lambda: make(state)), self.name))
        except (Exception, SystemExit) as error:
            raise AppError(f"{self.name}: the tools can't be made: {explain_raised(error, make)}") from error

    async def _reply(self, held: _Held, ask: Ask) -> tuple[AppReply, Usage]:
        system = (Message(role="system", text=self.system),) if self.system else ()
        request = ModelRequest(messages=(*system, *ask.request.messages), tools=held.toolbox.tools)
        calls: list[ToolCall] = []
        usages: list[Usage] = []
        for _ in range(self.most_calls + 1):
            said = await self._ask_model(msgspec.structs.replace(request, rounds=tuple(held.rounds)), ask.replica, usages)
            if not said.tool_calls:
                messages = (said.text or said.refusal,) if said.text or said.refusal else ()
                reply = AppReply(messages=messages, tool_calls=tuple(calls), state=held.toolbox.state)
                return reply, add_usage(usages)
            called = [await self._call_tool(held.toolbox, wish) for wish in said.tool_calls]
            results = tuple(msgspec.json.encode(call.result).decode() for call in called)
            held.rounds.append(ToolRound(after=len(request.messages), text=said.text, calls=said.tool_calls, results=results))
            calls += called
        fix = "Fix: raise `most_calls`, or tell it when to answer."
        raise AppError(f"{self.name}: had tools called {self.most_calls + 1} times in one turn and did not answer. {fix}")

    async def _ask_model(self, request: ModelRequest, replica: int, usages: list[Usage]) -> ModelReply:
        ask = Ask(to=self.model.name, version=self.model.version, request=request, replica=replica)
        for attempt in range(_ATTEMPTS):
            try:
                answer = await self.model.answer(ask)
                usages.append(answer.usage)
                return msgspec.convert(answer.value, ModelReply)
            except ModelError as error:
                if not error.retryable or attempt == _ATTEMPTS - 1:
                    raise AppError(f"{self.name}: {error}", reason=error.reason, fatal=error.fatal) from error
                await asyncio.sleep(min(error.retry_after_s or 0.5 * 2**attempt, _LONGEST_REST_S))
        raise AssertionError("the last attempt returns or raises")

    async def _call_tool(self, toolbox: Toolbox, wish: CallWish) -> ToolCall:
        try:
            return toolbox.record(wish, await self._call(toolbox.prepare(wish)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a tool raises is told to the model
            said = str(error) if type(error) is ValueError else explain_call(cast("Exception", error))
            return toolbox.record(wish, {"error": said})

    async def _call(self, function: Callable[[], object]) -> object:
        def run() -> object:
            with stdout.diverted():
                return function()

        if self._threads is None:
            raise AssertionError("called after `close`")
        value = await self._threads.run(run)
        if not inspect.isawaitable(value):
            return value
        with stdout.diverted():
            return await cast("Awaitable[object]", value)


__all__ = ["ChatApp"]

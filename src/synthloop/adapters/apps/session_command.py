"""An app that is a command and lives for a conversation: a line in for each message, a line out for each answer."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

import msgspec

from synthloop.adapters.apps.command import TAIL_BYTES, CommandApp, explain_code, quote_tail, start_command
from synthloop.adapters.apps.placeholders import fill_text
from synthloop.adapters.apps.processes import end, read_tail, wait_for_exit
from synthloop.adapters.apps.values import as_chat
from synthloop.core.ask import Answer, Ask, Request, TurnRequest
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue

_LAST_WORDS_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """The process of one conversation."""

    process: asyncio.subprocess.Process
    tail: asyncio.Task[bytes]
    """The end of standard error, once that is closed."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True, kw_only=True, eq=False)
class SessionCommandApp(CommandApp):
    r"""A command that is started once a conversation and killed, with everything it started, when that has ended.

    It is written one line for each message: the text with its line breaks as spaces, or, with `json`, `{"text": ..., "messages": [...],
    "state": ...}`, where `state` is what the conversation starts with and comes with the first line alone. It writes one line for each
    answer. Where the app speaks first, plain text begins with its line; with `json` it is written a line with an empty text. A turn that
    fails, or that nobody waits for any more, costs the process, since nobody knows which answer would come next.

    Example:
        >>> import sys
        >>> program = "import sys\nfor number, line in enumerate(sys.stdin): print(number, line.upper().strip(), flush=True)"
        >>> app = SessionCommandApp(name="shop", version="1", command=[sys.executable, "-c", program])
        >>> from synthloop.core.sample import Message
        >>> async def talk(*texts):
        ...     for turn, text in enumerate(texts):
        ...         request = TurnRequest(messages=(Message(role="user", text=text),), session="s", turn=turn)
        ...         answer = await app.answer(Ask(to="shop", version="1", request=request))
        ...     await app.close()
        ...     return answer.value
        >>> asyncio.run(talk("tea", "small"))
        {'messages': ['1 SMALL']}
    """

    _sessions: dict[str, _Held] = field(default_factory=dict[str, _Held], init=False, repr=False)

    @property
    def keeps_sessions(self) -> bool:
        """Always."""
        return True

    async def answer(self, ask: Ask) -> Answer:
        """Write a line to the conversation's process and read one; a single question is a conversation of its own.

        Raises:
            AppError: The process can't be started, ended, wrote something unusable or too much, or belongs to another run.
        """
        request = ask.request
        if not isinstance(request, TurnRequest):
            held = await self._begin()
            try:
                return await self._turn(held, request)
            finally:
                await _let_go(held)
        if request.turn == 0:
            await self.end_session(request.session)
            self._sessions[request.session] = await self._begin()
        if (held := self._sessions.get(request.session)) is None:
            raise AppError(f"{self.name}: knows nothing of this conversation; it was begun elsewhere", reason="session_lost")
        try:
            async with held.lock:
                return await self._turn(held, request)
        except (AppError, asyncio.CancelledError):
            await self.end_session(request.session)
            raise

    async def end_session(self, session: str) -> None:
        """Kill the process of a conversation, with everything it started."""
        if (held := self._sessions.pop(session, None)) is not None:
            await _let_go(held)

    async def close(self) -> None:
        """Kill all processes."""
        for session in list(self._sessions):
            await self.end_session(session)

    async def _begin(self) -> _Held:
        arguments = [fill_text(argument, self.variables) for argument in self._arguments]
        process = await start_command(
            arguments, app=self.name, folder=self.folder, environment=self._environment, longest_line=self.most_bytes
        )
        if process.stderr is None:
            raise AssertionError("started with three pipes")
        return _Held(process, asyncio.create_task(read_tail(process.stderr, TAIL_BYTES)))

    async def _turn(self, held: _Held, request: Request) -> Answer:
        started_s = perf_counter()
        line = await self._exchange(held, self._say(request))
        return self._parse(line, perf_counter() - started_s, in_turn=isinstance(request, TurnRequest))

    def _say(self, request: Request) -> bytes:
        text = request.messages[-1].text if request.messages else ""
        if not self.json:
            return f"{' '.join(text.splitlines())}\n".encode(errors="replace") if request.messages else b""
        said: dict[str, JsonValue] = {"text": text, "messages": as_chat(request.messages)}
        if isinstance(request, TurnRequest) and request.turn == 0:
            said["state"] = request.state
        return msgspec.json.encode(said) + b"\n"

    async def _exchange(self, held: _Held, said: bytes) -> bytes:
        """Write and read at the same time: a process may begin to answer before it has read all."""
        process = held.process
        if process.stdin is None or process.stdout is None:
            raise AssertionError("started with three pipes")
        writing = asyncio.create_task(_write(process.stdin, said))
        try:
            line = await process.stdout.readline()
        except ValueError as error:
            fix = "Fix: make it write the answer alone, or raise `most_bytes`."
            raise self._invalid(f"wrote a line of more than {self.most_bytes:,} bytes. {fix}") from error
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        if not line.endswith(b"\n"):
            raise AppError(f"{self.name}: {await _explain_end(held)}")
        return line


async def _write(stream: asyncio.StreamWriter, data: bytes) -> None:
    stream.write(data)
    await stream.drain()


async def _explain_end(held: _Held) -> str:
    """Return how a process ended that wrote no more; one that closed its output and lives on is left to be killed."""
    await asyncio.wait({asyncio.ensure_future(wait_for_exit(held.process)), held.tail}, timeout=_LAST_WORDS_S)
    tail = held.tail.result() if held.tail.done() else b""
    code = held.process.returncode
    how = "closed its standard output" if code is None else explain_code(code)
    return f"{how} in the middle of the conversation{quote_tail(tail)}"


async def _let_go(held: _Held) -> None:
    await end(held.process)
    held.tail.cancel()
    await asyncio.gather(held.tail, return_exceptions=True)


__all__ = ["SessionCommandApp"]

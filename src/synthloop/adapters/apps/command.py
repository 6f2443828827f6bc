"""An app that is a command: text in, text out."""

import asyncio
import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import msgspec

from synthloop.adapters.apps.placeholders import fill_text, has_placeholder
from synthloop.adapters.apps.processes import end, feed, kill_group, read_capped, read_tail, start, wait_for_exit
from synthloop.adapters.apps.reply_paths import ReplyPaths, read_json, read_text
from synthloop.adapters.apps.usage import UsagePaths, read_usage
from synthloop.adapters.environment import read_variables
from synthloop.core.ask import Answer, Ask, TurnRequest
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue

_ALWAYS_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SYSTEMROOT")
_LONGEST_LINE = 65536
TAIL_BYTES = 2000
"""How much of the end of standard error is kept for messages."""


@dataclass(slots=True, kw_only=True, eq=False)
class CommandApp:
    """A command that is started once an ask.

    The last message's text goes to its standard input, or into the arguments where one contains `{text}`. What it writes to standard
    output, without the line end, is the answer. No shell is involved. It runs in a session of its own; when it ends, is too slow or writes
    too much, everything it started is killed.

    Example:
        >>> import asyncio
        >>> from synthloop.core.ask import AppRequest
        >>> from synthloop.core.sample import Message
        >>> app = CommandApp(name="echo", version="1", command="echo I heard {text}")
        >>> ask = Ask(to="echo", version="1", request=AppRequest(messages=(Message(role="user", text="book it"),)))
        >>> asyncio.run(app.answer(ask)).value
        'I heard book it'
    """

    name: str
    version: str
    command: str | Sequence[str]
    """Program and arguments; a string is split as a shell would."""
    variables: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What this variant passes besides the message: `{name}` in an argument stands for the variable of that name."""
    json: bool = False
    """Whether standard output is JSON."""
    path: str = ""
    """Dotted path of the answer within the JSON; empty: all of it."""
    reply: ReplyPaths = field(default_factory=ReplyPaths)
    """Where that JSON says what a conversation needs besides."""
    usage: UsagePaths = field(default_factory=UsagePaths)
    """Where that JSON says what the answer cost; needs `json`."""
    environment: Sequence[str] = ()
    """Environment variables that are passed on, besides the ordinary ones such as PATH and HOME."""
    folder: Path | None = None
    """Where it runs; None: the current folder."""
    most_bytes: int = 1_000_000
    """Most that it may write to standard output."""
    _arguments: tuple[str, ...] = field(init=False, repr=False)
    _environment: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._arguments = split_command(self.command, self.name)
        ordinary = {name: os.environ[name] for name in _ALWAYS_PASSED if name in os.environ}
        self._environment = {**ordinary, **read_variables(self.environment, f"app {self.name!r}")}

    async def answer(self, ask: Ask) -> Answer:
        """Run the command.

        Raises:
            AppError: It can't be started, ends with another code than 0, writes too much or something unusable.
        """
        text = ask.request.messages[-1].text if ask.request.messages else ""
        values = {**self.variables, "text": text}
        arguments = [fill_text(argument, values) for argument in self._arguments]
        to_stdin = "" if any(has_placeholder(argument, "text") for argument in self._arguments) else text
        started_s = perf_counter()
        process = await start_command(arguments, app=self.name, folder=self.folder, environment=self._environment)
        try:
            written, tail, too_much = await _communicate(process, to_stdin.encode(errors="replace"), self.most_bytes)
        finally:
            await end(process)
        latency_s = perf_counter() - started_s
        if too_much:
            raise self._invalid(f"wrote more than {self.most_bytes:,} bytes. Fix: make it write the answer alone, or raise `most_bytes`.")
        if process.returncode:
            raise AppError(f"{self.name}: {explain_code(process.returncode)}{quote_tail(tail)}")
        return self._parse(written, latency_s, in_turn=isinstance(ask.request, TurnRequest))

    async def close(self) -> None:
        """Do nothing: no command outlives its ask."""

    def _parse(self, written: bytes, latency_s: float, *, in_turn: bool) -> Answer:
        try:
            text = written.decode()
        except UnicodeDecodeError as error:
            raise self._invalid(f"wrote bytes that are not UTF-8 ({error.reason} at byte {error.start}).") from error
        if not self.json:
            return read_text(text.rstrip("\r\n"), self.name, in_turn=in_turn, latency_s=latency_s)
        try:
            value: JsonValue = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise self._invalid(f"wrote invalid JSON ({error}). It begins: {text[:200]!r}") from error
        answer = read_json(value, self.name, path=self.path, paths=self.reply, in_turn=in_turn)
        return msgspec.structs.replace(answer, usage=read_usage(value, self.usage, latency_s=latency_s))

    def _invalid(self, what: str) -> AppError:
        return AppError(f"{self.name}: {what}", reason="invalid_answer")


async def start_command(
    arguments: Sequence[str], *, app: str, folder: Path | None, environment: Mapping[str, str], longest_line: int = _LONGEST_LINE
) -> asyncio.subprocess.Process:
    """Return a process with three pipes, in a session of its own.

    Raises:
        AppError: It can't be started; says how to fix it.
    """
    pipe = asyncio.subprocess.PIPE
    try:
        launch = asyncio.create_subprocess_exec(
            *arguments,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            cwd=folder,
            env=environment,
            limit=longest_line,
            start_new_session=True,
        )
        return await start(launch)
    except FileNotFoundError as error:
        fix = "Fix: correct `command`, or install the program."
        raise AppError(f"{app}: there is no {error.filename!r}. {fix}", reason="unreachable") from error
    except PermissionError as error:
        fix = "Fix: `chmod +x` it, or start it through its interpreter."
        raise AppError(f"{app}: {arguments[0]!r} may not be run. {fix}", reason="unreachable") from error
    except (OSError, ValueError) as error:  # an argument list that is too long; a NUL byte in the text
        raise AppError(f"{app}: can't be started with this text: {error}. Fix: take the text from standard input.") from error


def split_command(command: str | Sequence[str], app: str) -> tuple[str, ...]:
    """Return program and arguments.

    Raises:
        UsageError: The command is empty, or has a quote that is never closed.
    """
    try:
        arguments = tuple(shlex.split(command) if isinstance(command, str) else command)
    except ValueError as error:
        raise UsageError(f"app {app!r}: `command` can't be split: {error}. Fix: close the quote, or write a list.") from error
    if not arguments or not arguments[0]:
        raise UsageError(f"app {app!r}: `command` is empty. Fix: name a program.")
    return arguments


async def _communicate(process: asyncio.subprocess.Process, data: bytes, most_bytes: int) -> tuple[bytes, bytes, bool]:
    """Return what was written, the end of standard error, and whether it was too much."""
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise AssertionError("started with three pipes")
    overflows: list[bool] = []

    def stop() -> None:
        overflows.append(True)
        kill_group(process)

    streams = asyncio.gather(
        feed(process.stdin, data), read_capped(process.stdout, most_bytes, stop), read_tail(process.stderr, TAIL_BYTES)
    )
    ended = asyncio.create_task(wait_for_exit(process))
    try:
        await asyncio.wait({streams, ended}, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            # what it left running must not keep the pipes open: the answer is complete
            kill_group(process)
        _, written, tail = await streams
        await process.wait()
    finally:
        streams.cancel()
        ended.cancel()
        await asyncio.gather(streams, ended, return_exceptions=True)
    return written, tail, bool(overflows)


def explain_code(code: int) -> str:
    """Return how a process ended, for a person."""
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"


def quote_tail(tail: bytes) -> str:
    """Return what a process said on standard error, as the end of a message."""
    said = tail.decode(errors="replace").strip()
    return f"; it said: {said}" if said else " and said nothing on standard error"


__all__ = ["TAIL_BYTES", "CommandApp", "explain_code", "quote_tail", "split_command", "start_command"]

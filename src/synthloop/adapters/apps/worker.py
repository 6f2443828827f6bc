"""The process in which an isolated app runs: reads texts, one JSON line each, and writes answers the same way.

Started as `python -m synthloop.adapters.apps.worker LOCATION VARIABLES MEMORY_MB`, in the folder that the app is imported from.
"""

import asyncio
import ctypes
import inspect
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from synthloop.adapters.apps.python import Function, bind_function
from synthloop.adapters.apps.turns import read_turn
from synthloop.adapters.apps.usage import read_reply
from synthloop.core.ask import Answer, Failure, Request, TurnRequest
from synthloop.core.errors import AppError, LoopError
from synthloop.core.json_value import JsonValue
from synthloop.core.own_code import explain_raised
from synthloop.core.record import Record
from synthloop.core.registry import load_attribute
from synthloop.core.sample import Message
from synthloop.core.usage import Usage

_PR_SET_PDEATHSIG = 1


class Read(Protocol):
    """Reads what the app returned."""

    def __call__(self, value: object, app: str, *, latency_s: float) -> Answer:
        """Return it as an answer."""
        ...


class WorkerRequest(Record):
    """One call of the app."""

    messages: tuple[Message, ...]
    state: JsonValue = None
    """What the app is given besides, in a conversation."""
    is_turn: bool = False
    """Whether it is a turn of a conversation."""


class WorkerReply(Record):
    """What the app answered."""

    value: JsonValue = None
    usage: Usage = Usage()
    """What it said that the answer cost; how long it took is measured by the parent."""
    failure: Failure | None = None
    spent: bool = False
    """True where the process is of no use any more and should be replaced."""
    retryable: bool = False
    """True where a fresh process may answer."""


def make_request(request: Request) -> WorkerRequest:
    """Return what a worker has to know of a request."""
    if isinstance(request, TurnRequest):
        return WorkerRequest(messages=request.messages, state=request.state, is_turn=True)
    return WorkerRequest(messages=request.messages)


def serve(location: str, variables: dict[str, JsonValue], requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until there are no more."""
    decode = msgspec.json.Decoder(WorkerRequest).decode
    try:
        function = load_attribute(location)
        prepare = bind_function(function, variables, location)
    except LoopError as error:
        _send(replies, WorkerReply(failure=Failure(reason="error", message=str(error)), spent=True))
        return
    for line in requests:
        request = decode(line)
        read = read_turn if request.is_turn else read_reply
        _send(replies, _call(partial(prepare, request.messages, request.state), function, location, read))


def _call(call: Callable[[], object], function: Function, location: str, read: Read) -> WorkerReply:
    try:
        value = call()
        if inspect.isawaitable(value):
            value = asyncio.run(_wait_for(value))
        answer = read(value, location, latency_s=0.0)
        return WorkerReply(value=answer.value, usage=answer.usage)
    except AppError as error:
        return WorkerReply(failure=Failure(reason=error.reason, message=str(error)))
    except MemoryError:
        return WorkerReply(failure=Failure(reason="error", message="ran out of memory"), spent=True, retryable=True)
    except BaseException as error:  # noqa: BLE001 - a user's code may raise anything, `sys.exit` included
        return WorkerReply(failure=Failure(reason="error", message=explain_raised(error, function)))


async def _wait_for(value: Awaitable[object]) -> object:
    return await value


def _send(replies: BinaryIO, reply: WorkerReply) -> None:
    replies.write(msgspec.json.encode(reply) + b"\n")
    replies.flush()


def _confine(memory_mb: int) -> None:
    """Limit memory, leave Ctrl-C to the parent, and end with the parent however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if memory_mb:
        limit = memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Run as a process."""
    location, variables, memory_mb = sys.argv[1:4]
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # what the app itself reads is empty, and what it prints goes to standard error, from C code and child processes too
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.path.insert(0, str(Path.cwd()))
    _confine(int(memory_mb))
    serve(location, msgspec.json.decode(variables), requests, replies)


if __name__ == "__main__":
    main()

__all__ = ["Read", "WorkerReply", "WorkerRequest", "main", "make_request", "serve"]

"""An app that is a Python function, called in processes of its own: for apps that leak memory or hang for good."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import msgspec

from synthloop.adapters.apps.processes import end, start, wait_for_exit
from synthloop.adapters.apps.worker import WorkerReply, WorkerRequest, make_request
from synthloop.core.ask import Answer, Ask, Failure
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue

_LONGEST_LINE = 64 * 1024 * 1024
_decode = msgspec.json.Decoder(WorkerReply).decode


@dataclass(slots=True, kw_only=True, eq=False)
class IsolatedApp:
    """A function as an app, called as `CallableApp` calls it, but in a few worker processes that are kept and used again.

    A call that is cancelled, or a worker that runs out of memory or dies, costs that worker; the next call gets a fresh one.
    """

    name: str
    version: str
    location: str
    """The function, as `module:function`."""
    variables: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    folder: Path | None = None
    """Where `module` is imported from; None: the current folder."""
    memory_mb: int = 0
    """Most memory a worker may address, in MiB; 0: no limit. Scientific libraries reserve a few hundred before they do anything."""
    workers: int = 2
    """Most processes at once."""
    _idle: list[Process] = field(default_factory=list[Process], init=False, repr=False)
    _slots: asyncio.Semaphore | None = field(default=None, init=False, repr=False)

    async def answer(self, ask: Ask) -> Answer:
        """Call the function in a free worker.

        Raises:
            AppError: It raised, returned something that is not JSON, ran out of memory, or its process died.
        """
        if self._slots is None:
            self._slots = asyncio.Semaphore(self.workers)
        async with self._slots:
            worker = self._idle.pop() if self._idle else await self._start()
            started_s = perf_counter()
            reusable = False
            try:
                reply = await self._exchange(worker, make_request(ask.request))
                reusable = not reply.spent
            finally:
                if reusable:
                    self._idle.append(worker)
                else:
                    await end(worker)
        if reply.failure is not None:
            raise AppError(f"{self.name}: {reply.failure.message}", reason=reply.failure.reason, retryable=reply.retryable)
        usage = msgspec.structs.replace(reply.usage, latency_s=perf_counter() - started_s)
        return Answer(value=reply.value, usage=usage)

    async def close(self) -> None:
        """End all workers."""
        idle, self._idle, self._slots = self._idle, [], None
        for worker in idle:
            await end(worker)

    async def _start(self) -> Process:
        variables = msgspec.json.encode(dict(self.variables)).decode()
        # -P: a file of the project that is called like a standard module must not break the worker's own imports
        arguments = ("-P", "-m", "synthloop.adapters.apps.worker", self.location, variables, str(self.memory_mb))
        launch = asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdin=PIPE, stdout=PIPE, cwd=self.folder, limit=_LONGEST_LINE, start_new_session=True
        )
        return await start(launch)

    async def _exchange(self, worker: Process, request: WorkerRequest) -> WorkerReply:
        if worker.stdin is None or worker.stdout is None:
            raise AssertionError("started with two pipes")
        with suppress(BrokenPipeError, ConnectionResetError):  # one that ended may have said why before
            worker.stdin.write(msgspec.json.encode(request) + b"\n")
            await worker.stdin.drain()
        try:
            line = await worker.stdout.readline()
        except ConnectionResetError:
            line = b""
        except ValueError as error:
            raise AppError(f"{self.name}: answered with more than {_LONGEST_LINE:,} bytes.", reason="invalid_answer") from error
        if line.endswith(b"\n"):
            return _decode(line)
        await wait_for_exit(worker)
        code = worker.returncode or 0
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return WorkerReply(failure=Failure(reason="error", message=f"its process {how} while it was answering"), spent=True, retryable=True)


__all__ = ["IsolatedApp"]

"""Drives thousands of flows at once and answers what they ask."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sized
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from synthloop.core.ask import Answer, Ask, Flow
from synthloop.core.errors import UsageError
from synthloop.core.ports import Clock, Journal, Model, Port, SessionApp
from synthloop.engine.batch import TickBatch
from synthloop.engine.blocking import run_blocking
from synthloop.engine.budget import Budget, Purse
from synthloop.engine.clock import SystemClock
from synthloop.engine.garbage import collected_rarely
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.lane import Gate, Lane, PortUsage
from synthloop.engine.limits import Limits
from synthloop.engine.progress import Progress, ProgressState, SilentProgress, Speedometer
from synthloop.engine.sessions import Session, Sessions, lose_session, session_of

T = TypeVar("T")

_LOOK_AHEAD = 1024
_LOOK_AHEAD_PER_SLOT = 16
"""Results are delivered in order: one call that is tried again, for a second or more, must not keep many slots waiting behind it."""
_FAILURES_REMEMBERED = 10_000
_TICK_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What one run did."""

    flows: int
    """Results delivered."""
    asks: int
    answered: int
    """Asks with an answer, wherever it came from."""
    reused: int
    """Of these, from the journal."""
    shared: int
    """Asks that were the same as another one and took its answer."""
    failed: int
    """Asks without an answer, those over budget included."""
    calls: int
    """Attempts, retries included."""
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    """None where nothing said what it cost."""
    elapsed_s: float
    budget_spent: str
    """Which caps were reached, for a person; empty where none was."""
    by_port: dict[str, PortUsage]
    """Port -> what it was asked and what that cost; ports that were not asked are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """Answers what flows ask, through the ports, within the limits and the budget, and remembers it in the journal.

    Example:
        >>> from synthloop.testing import ScriptedApp
        >>> engine = Engine(ports={"router": ScriptedApp(script={"hello": "hi"})})
        >>> engine.run([], sink=print).flows
        0
    """

    ports: Mapping[str, Port]
    """What answers, under the name that asks are addressed to."""
    journal: Journal = field(default_factory=lambda: SqliteJournal(path=None))
    """Where answers are kept. Only answers are: a failure of whatever kind is asked again by the next run, since its cause may lie outside
    the app's version (a key, a network, a setting)."""
    limits: Limits = field(default_factory=Limits)
    limits_by_port: Mapping[str, Limits] = field(default_factory=dict[str, Limits])
    """For ports that need other ones."""
    budget: Budget = field(default_factory=Budget)
    purse: Purse | None = None
    """What was spent of the budget by earlier runs, and is added to; None: this run's budget is its own."""
    gates: dict[str, Gate] | None = None
    """What earlier runs learned of how much each endpoint bears, and is added to by runs one after another; None: this run begins anew."""
    progress: Progress = field(default_factory=SilentProgress)
    clock: Clock = field(default_factory=SystemClock)
    seed: int = 0
    """Used for the waits before retries alone."""

    def run(self, flows: Iterable[Flow[T]], sink: Callable[[T], None], *, total: int | None = None) -> RunSummary:
        """Drive all flows to their end and hand each result to `sink`, in the order of `flows`.

        Flows are taken from the iterable as they are needed, so memory does not grow with their number. However the run ends, what was
        answered is in the journal, and delivered results are a gapless beginning of all results: the same run again goes on from there.
        Works inside a notebook's running event loop too.

        Args:
            flows: Pieces of work, not yet started.
            sink: Called for every result, from the event loop.
            total: Number of flows, for progress; taken from `flows` where it has a length.

        Raises:
            KeyboardInterrupt: Ctrl-C; what was in flight is cancelled.
            CallError: A port hangs or can't be reached at all.
            StoreError: The journal can't be written.
            UsageError: A flow asks a port that does not exist.
        """
        return run_blocking(lambda: self.run_async(flows, sink, total=total))

    async def run_async(self, flows: Iterable[Flow[T]], sink: Callable[[T], None], *, total: int | None = None) -> RunSummary:
        """Do what `run` does, as a coroutine."""
        known = len(flows) if total is None and isinstance(flows, Sized) else total
        return await _Run(self, iter(flows), sink, known).go()


class _Run(Generic[T]):
    """One run: a fixed number of workers, each driving one flow at a time."""

    def __init__(self, engine: Engine, flows: Iterator[Flow[T]], sink: Callable[[T], None], total: int | None) -> None:
        self._engine = engine
        self._flows = enumerate(flows)
        self._sink = sink
        self._total = total
        self._started_s = engine.clock.monotonic()
        self._purse = engine.purse or Purse(budget=engine.budget, started_s=self._started_s)
        self._before = replace(self._purse)
        self._gates: dict[str, Gate] = {}
        self._lanes = {name: self._lane(name, port) for name, port in engine.ports.items()}
        self._seats = {name: asyncio.Semaphore(lane.limits.sessions) for name, lane in self._lanes.items() if lane.limits.sessions}
        self._recall = TickBatch(self._read)
        self._commit = TickBatch(self._write)
        self._pending: dict[str, asyncio.Future[Answer]] = {}
        self._answering: set[asyncio.Task[Answer]] = set()
        self._failures: dict[str, Answer] = {}
        self._finished: dict[int, T] = {}
        self._room = asyncio.Semaphore(max(_LOOK_AHEAD, _LOOK_AHEAD_PER_SLOT * self._count_slots()))
        self._speed = Speedometer()
        self._delivered = self._asks = self._reused = self._shared = self._failed = 0

    def _lane(self, name: str, port: Port) -> Lane:
        engine = self._engine
        limits = engine.limits_by_port.get(name, engine.limits)
        # models behind one endpoint share its limits; whatever else answers has its own
        gate = self._gate(f"endpoint {port.endpoint}" if isinstance(port, Model) else f"port {name}", limits)
        return Lane(
            port=port,
            limits=limits,
            gate=gate,
            purse=self._purse,
            clock=engine.clock,
            seed=engine.seed,
            may_go_on=lambda: any(not lane.is_open for lane in self._lanes.values()),
        )

    def _gate(self, key: str, limits: Limits) -> Gate:
        if key not in self._gates:
            known = self._engine.gates if self._engine.gates is not None else {}
            if key not in known or known[key].limits != limits:
                known[key] = Gate(limits=limits)
            known[key].reopen()
            self._gates[key] = known[key]
        return self._gates[key]

    async def go(self) -> RunSummary:
        async with self._ending():
            with collected_rarely():
                await self._go()
        return self._summary()

    async def _go(self) -> None:
        workers = [asyncio.create_task(self._work()) for _ in range(self._count_workers())]
        ticker = asyncio.create_task(self._tick())
        try:
            await asyncio.gather(*workers)
        finally:
            await _cancel([*workers, ticker, *self._answering])

    def _count_workers(self) -> int:
        """Return how many flows may be under way: with several ports so many that a slow one never keeps the others idle."""
        slots = self._count_slots()
        return max(64, 2 * slots) if len(self._gates) < 2 else max(_LOOK_AHEAD, 2 * slots)

    def _count_slots(self) -> int:
        return sum(gate.limits.in_flight for gate in self._gates.values())

    @asynccontextmanager
    async def _ending(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            try:
                self._commit.flush()
            finally:
                self._engine.progress.finish(self._state())
                for port in self._engine.ports.values():
                    await port.close()

    async def _work(self) -> None:
        while True:
            await self._room.acquire()
            index, flow = next(self._flows, (-1, None))
            if flow is None:
                self._room.release()
                return
            self._deliver(index, await self._drive(flow))

    async def _drive(self, flow: Flow[T]) -> T:
        sessions = Sessions()
        try:
            asks = next(flow)
            while True:
                asks = flow.send(await self._answer_all(asks, sessions))
        except StopIteration as stop:
            await asyncio.gather(*map(self._commit.submit, sessions.entries()))
            return stop.value
        finally:
            flow.close()
            await self._end(sessions)

    async def _end(self, sessions: Sessions) -> None:
        for name, session_id in sessions.live():
            port = self._engine.ports.get(name)
            if isinstance(port, SessionApp):
                await port.end_session(session_id)
        for session in sessions.by_id.values():
            session.stand_up()

    def _deliver(self, index: int, result: T) -> None:
        self._finished[index] = result
        while self._delivered in self._finished:
            self._sink(self._finished.pop(self._delivered))
            self._delivered += 1
            self._room.release()

    async def _answer_all(self, asks: tuple[Ask, ...], sessions: Sessions) -> tuple[Answer, ...]:
        if len(asks) == 1:
            return (await self._answer(asks[0], sessions),)
        together = [asyncio.create_task(self._answer(ask, sessions)) for ask in asks]
        for answering in together:
            self._answering.add(answering)
            answering.add_done_callback(self._answering.discard)
        return tuple(await asyncio.gather(*together))

    async def _answer(self, ask: Ask, sessions: Sessions) -> Answer:
        self._asks += 1
        key = ask.key()
        if session_of(ask):
            answer = await self._converse(ask, key, sessions.open(ask))
        elif (pending := self._pending.get(key)) is not None:
            self._shared += 1
            answer = await asyncio.shield(pending)
        elif (answer := self._failures.get(key)) is not None:
            self._shared += 1
        else:
            answer = await self._find(ask, key)
        self._failed += answer.failure is not None
        return answer

    async def _converse(self, ask: Ask, key: str, session: Session) -> Answer:
        """Answer a turn of a conversation that the app keeps the state of: all of it from the journal, or none."""
        if session.replayed or not session.entries:
            answer = await self._recall.submit(key)
            if answer is not None:
                self._reused += 1
                session.replayed = True
                return answer
            if session.replayed:
                return lose_session(ask)
        if not session.entries:
            await session.sit_down(self._seats.get(ask.to))
        answer = await self._lane_of(ask).ask(ask, key)
        session.entries.append((key, answer))
        if answer.failure is not None:
            session.failed = True
            session.stand_up()  # nothing more is asked of it, and what takes its place may need the room
        return answer

    async def _find(self, ask: Ask, key: str) -> Answer:
        """Recall an answer or ask for it; meanwhile others with the same key wait for this one."""
        future = self._pending[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await self._recall.submit(key)
            if answer is None:
                answer = await self._ask(ask, key)
            else:
                self._reused += 1
        except Exception as error:
            future.set_exception(error)
            future.exception()  # counts as heard: perhaps nobody else waits for it
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            future.cancel()
            del self._pending[key]

    async def _ask(self, ask: Ask, key: str) -> Answer:
        answer = await self._lane_of(ask).ask(ask, key)
        if answer.failure is None:
            await self._commit.submit((key, answer))
        elif len(self._failures) < _FAILURES_REMEMBERED:
            self._failures[key] = answer
        return answer

    def _lane_of(self, ask: Ask) -> Lane:
        lane = self._lanes.get(ask.to)
        if lane is None:
            raise UsageError(f"nothing is called {ask.to!r} here. Fix: name one of {', '.join(map(repr, sorted(self._lanes)))}.")
        return lane

    def _read(self, keys: list[str]) -> list[Answer | None]:
        found = self._engine.journal.read(keys)
        return [found.get(key) for key in keys]

    def _write(self, entries: list[tuple[str, Answer]]) -> list[None]:
        self._engine.journal.write(entries)
        return [None] * len(entries)

    async def _tick(self) -> None:
        while True:
            self._engine.progress.update(self._state())
            await asyncio.sleep(_TICK_S)

    def _state(self) -> ProgressState:
        now_s = self._engine.clock.monotonic()
        rate = self._speed.rate(now_s, self._delivered)
        left = None if self._total is None else max(0, self._total - self._delivered)
        return ProgressState(
            done=self._delivered,
            total=self._total,
            failed=self._failed,
            reused=self._reused,
            in_flight=sum(lane.in_flight for lane in self._lanes.values()),
            tokens=self._purse.tokens_in + self._purse.tokens_out,
            cost_usd=self._purse.cost_usd,
            elapsed_s=now_s - self._started_s,
            rate_per_s=rate,
            eta_s=left / rate if left is not None and rate > 0 else None,
        )

    def _summary(self) -> RunSummary:
        now_s = self._engine.clock.monotonic()
        return RunSummary(
            flows=self._delivered,
            asks=self._asks,
            answered=self._asks - self._failed,
            reused=self._reused,
            shared=self._shared,
            failed=self._failed,
            calls=self._purse.calls - self._before.calls,
            tokens_in=self._purse.tokens_in - self._before.tokens_in,
            tokens_out=self._purse.tokens_out - self._before.tokens_out,
            cost_usd=self._purse.cost_since(self._before),
            elapsed_s=now_s - self._started_s,
            budget_spent=self._purse.turned_away or self._purse.exhausted(now_s),
            by_port={name: lane.usage for name, lane in self._lanes.items() if lane.usage.calls},
        )


async def _cancel(running: list[asyncio.Task[Any]]) -> None:
    for coroutine in running:
        if not coroutine.cancelling():  # a second cancel would interrupt its cleaning up
            coroutine.cancel()
    await asyncio.gather(*running, return_exceptions=True)


__all__ = ["Engine", "RunSummary"]

"""One port with its limits: asks it, politely and stubbornly, until there is an answer or a failure."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from synthloop.core.ask import Answer, Ask, Failure, FailureReason
from synthloop.core.errors import CallError
from synthloop.core.ports import Clock, Port
from synthloop.core.usage import Usage
from synthloop.engine.budget import Purse
from synthloop.engine.circuit import Circuit
from synthloop.engine.limits import LONGEST_WAIT_S, Limits, Pace
from synthloop.engine.sessions import session_of
from synthloop.engine.window import Window

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


@dataclass(slots=True, kw_only=True)
class PortUsage:
    """What one port was asked in a run, and what that cost."""

    calls: int = 0
    """Attempts, retries included."""
    answered: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    """None where it did not say what it cost."""

    def book(self, usage: Usage) -> None:
        """Add what one answer cost."""
        self.answered += 1
        self.tokens_in += usage.tokens_in
        self.tokens_out += usage.tokens_out
        if usage.cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + usage.cost_usd


@dataclass(slots=True, kw_only=True, eq=False)
class Gate:
    """What the lanes of one endpoint share: slots, pace and circuit. Runs that follow each other may share it as well."""

    limits: Limits
    window: Window = field(init=False)
    pace: Pace = field(init=False)
    circuit: Circuit = field(init=False)

    def __post_init__(self) -> None:
        self.window = Window(most=self.limits.in_flight, learns=self.limits.learns)
        self.pace = Pace(per_minute=self.limits.per_minute, tokens_per_minute=self.limits.tokens_per_minute)
        self.circuit = Circuit(after=self.limits.circuit_after)

    def reopen(self) -> None:
        """Start a run: what was learned of slots and pace holds, but whether the port is there is found out anew."""
        self.window.begin()
        self.circuit = Circuit(after=self.limits.circuit_after)


@dataclass(slots=True, kw_only=True, eq=False)
class Lane:
    """Everything one run holds about one port."""

    port: Port
    limits: Limits
    gate: Gate
    purse: Purse
    clock: Clock
    seed: int
    may_go_on: Callable[[], bool]
    """Whether any other port can still be asked: then the failure of this one does not stop the run."""
    in_flight: int = field(default=0, init=False)
    usage: PortUsage = field(default_factory=PortUsage, init=False)

    @property
    def is_open(self) -> bool:
        """Whether nothing is asked for now, because the port is not there."""
        return self.gate.circuit.last is not None

    async def ask(self, ask: Ask, key: str) -> Answer:
        """Return the answer, or one whose failure says why there is none.

        Raises:
            CallError: The port is not there at all, no other is either, and the run has to stop.
        """
        attempt = 0
        while True:
            attempt += 1
            outcome = await self._attempt(ask, attempt)
            if isinstance(outcome, Answer):
                return outcome
            if not outcome.retryable or attempt > self._retries_of(ask) or self.is_open:
                return _failed(outcome.reason, str(outcome), attempt)
            wait_s = max(outcome.retry_after_s or 0.0, self.limits.backoff(attempt, seed=self.seed, key=key))
            await asyncio.sleep(min(wait_s, LONGEST_WAIT_S, self._seconds_left()))

    def _retries_of(self, ask: Ask) -> int:
        # an app that keeps the state of a conversation may have heard the message although no answer came
        return 0 if session_of(ask) else self.limits.retries

    async def _attempt(self, ask: Ask, attempt: int) -> Answer | CallError:
        window = self.gate.window
        await window.enter()
        try:
            await self.gate.pace.wait(self._seconds_left())
            started_s = self.clock.monotonic()
            if not self.gate.circuit.admit(started_s):
                return self._turn_away(attempt)
            if reached := self.purse.exhausted(started_s):
                self.gate.circuit.release()
                self.purse.turned_away = reached
                return _failed("budget", f"not asked{' again' if attempt > 1 else ''}: the run's budget of {reached} is spent", attempt - 1)
            outcome = await self._count_and_call(ask, started_s)
        finally:
            window.leave()
        return self._take_error(outcome, started_s) if isinstance(outcome, CallError) else self._take_answer(outcome, attempt, started_s)

    async def _count_and_call(self, ask: Ask, started_s: float) -> Answer | CallError:
        self.purse.calls += 1
        self.usage.calls += 1
        self.purse.in_flight += 1
        self.in_flight += 1
        try:
            return await self._call(ask, self.purse.seconds_left(started_s))
        except asyncio.CancelledError:
            self.gate.circuit.release()
            raise
        finally:
            self.purse.in_flight -= 1
            self.in_flight -= 1

    def _take_answer(self, answer: Answer, attempt: int, started_s: float) -> Answer:
        now_s = self.clock.monotonic()
        self.gate.circuit.note(None, now_s)
        if answer.rest_s:
            self.gate.pace.rest(answer.rest_s)
        usage = answer.usage
        self.purse.book(usage)
        self.usage.book(usage)
        self.gate.pace.note_tokens(usage.tokens_in + usage.tokens_out)
        latency_s = usage.latency_s or now_s - started_s
        self.gate.window.note_answer(latency_s, now_s)
        usage = msgspec.structs.replace(usage, attempts=attempt, latency_s=latency_s)
        return msgspec.structs.replace(answer, usage=usage, rest_s=0.0)

    def _turn_away(self, attempt: int) -> Answer:
        """Answer for a port that is not there, without asking it.

        Raises:
            CallError: No other port is there either.
        """
        last = self.gate.circuit.last
        if last is None or not self.may_go_on():
            raise self._make_final(last)
        return _failed("unreachable", f"not asked, since it failed again and again. The last time: {last}", attempt - 1)

    async def _call(self, ask: Ask, seconds_left: float) -> Answer | CallError:
        limit_s = self.limits.timeout_s
        over_budget = seconds_left < limit_s
        scope = asyncio.timeout(min(seconds_left, limit_s))
        try:
            async with scope:
                return _check_answer(await self.port.answer(ask), self.port.name)
        except CallError as error:
            return error
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            return CallError(f"{self.port.name}: cancelled itself. Fix: catch asyncio.CancelledError where it waits for what it cancelled.")
        except Exception as error:  # noqa: BLE001 - the port may be anybody's object, and one bad ask must not cost the others
            if not (isinstance(error, TimeoutError) and scope.expired()):
                return CallError(f"{self.port.name}: raised {type(error).__name__}: {error}")
        if over_budget:
            return _failed("budget", "given up: the run's budget of seconds is spent", 1)
        return CallError(
            f"{self.port.name}: no answer within {limit_s:g} s. Fix: make it faster, or raise timeout_s.",
            reason="timeout",
            retryable=self.limits.retry_timeouts,
        )

    def _seconds_left(self) -> float:
        return self.purse.seconds_left(self.clock.monotonic())

    def _take_error(self, error: CallError, started_s: float) -> CallError:
        now_s = self.clock.monotonic()
        if error.retry_after_s is not None:
            self.gate.pace.rest(error.retry_after_s)
        if self.limits.learns and error.overloaded:
            self.gate.window.note_overload(started_s, now_s)
        if self.gate.circuit.note(error, now_s) and not self.may_go_on():
            raise self._make_final(error)
        return error

    def _make_final(self, error: CallError | None) -> CallError:
        if error is None:
            return CallError(f"{self.port.name}: can't be asked")
        again = "Answers so far are kept: the same command goes on from there."
        if error.fatal:
            return type(error)(
                f"{error} The run stopped, since no other call would fare better. ({again})", reason=error.reason, fatal=True
            )
        streak = self.gate.circuit.streak
        message = f"{self.port.name}: {streak} calls in a row failed in the same way; the run stopped. The last one: {error} ({again})"
        return type(error)(message, reason=error.reason)


def _is_cancelled() -> bool:
    current = asyncio.current_task()
    return current is None or current.cancelling() > 0


def _check_answer(answer: object, port: str) -> Answer:
    """Return an answer as the journal would give it back: the port may be anybody's object, and what can't be kept must not stop the run.

    Raises:
        CallError: It is no answer, or its value is not JSON.
    """
    if not isinstance(answer, Answer):
        what = f"returned {type(answer).__name__}, not synthloop.core.ask.Answer"
        raise CallError(f"{port}: {what}. Fix: return Answer(value=...).", reason="invalid_answer")
    try:
        return msgspec.structs.replace(answer, value=_decode(_encode(answer.value)))
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise CallError(
            f"{port}: answered with what JSON can't say: {error}. Fix: return text or plain values.", reason="invalid_answer"
        ) from error


def _failed(reason: FailureReason, message: str, attempts: int) -> Answer:
    return Answer(failure=Failure(reason=reason, message=message), usage=Usage(attempts=attempts))


__all__ = ["Gate", "Lane", "PortUsage"]

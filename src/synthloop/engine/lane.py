"""One port with its limits: asks it, politely and stubbornly, until there is an answer or a failure."""

import asyncio
from dataclasses import dataclass, field

import msgspec

from synthloop.core.ask import Answer, Ask, Failure, FailureReason
from synthloop.core.errors import CallError
from synthloop.core.ports import Clock, Port
from synthloop.core.usage import Usage
from synthloop.engine.budget import Purse
from synthloop.engine.limits import LONGEST_WAIT_S, Circuit, Limits, Pace

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


@dataclass(slots=True, kw_only=True, eq=False)
class Lane:
    """Everything one run holds about one port."""

    port: Port
    limits: Limits
    purse: Purse
    clock: Clock
    seed: int
    in_flight: int = field(default=0, init=False)
    _slots: asyncio.Semaphore = field(init=False)
    _pace: Pace = field(init=False)
    _circuit: Circuit = field(init=False)
    _broken: CallError | None = field(default=None, init=False)
    """Why nothing is asked any more."""

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.limits.in_flight)
        self._pace = Pace(per_minute=self.limits.per_minute)
        self._circuit = Circuit(after=self.limits.circuit_after)

    async def ask(self, ask: Ask, key: str) -> Answer:
        """Return the answer, or one whose failure says why there is none.

        Raises:
            CallError: The port is not there at all, and the run has to stop.
        """
        attempt = 0
        while True:
            attempt += 1
            outcome = await self._attempt(ask, attempt)
            if isinstance(outcome, Answer):
                return outcome
            if not outcome.retryable or attempt > self.limits.retries:
                return _failed(outcome.reason, str(outcome), attempt)
            wait_s = max(outcome.retry_after_s or 0.0, self.limits.backoff(attempt, seed=self.seed, key=key))
            await asyncio.sleep(min(wait_s, LONGEST_WAIT_S, self._seconds_left()))

    async def _attempt(self, ask: Ask, attempt: int) -> Answer | CallError:
        async with self._slots:
            await self._pace.wait(self._seconds_left())
            if self._broken is not None:
                raise self._broken
            started_s = self.clock.monotonic()
            if reached := self.purse.exhausted(started_s):
                return _failed("budget", f"not asked{' again' if attempt > 1 else ''}: the run's budget of {reached} is spent", attempt - 1)
            self.purse.calls += 1
            self.in_flight += 1
            try:
                outcome = await self._call(ask, self.purse.seconds_left(started_s))
            finally:
                self.in_flight -= 1
        if isinstance(outcome, CallError):
            self._take_note(outcome)
            return outcome
        self._circuit.note(None)
        self.purse.book(outcome.usage)
        latency_s = outcome.usage.latency_s or self.clock.monotonic() - started_s
        return msgspec.structs.replace(outcome, usage=msgspec.structs.replace(outcome.usage, attempts=attempt, latency_s=latency_s))

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

    def _take_note(self, error: CallError) -> None:
        if error.retry_after_s is not None:
            self._pace.rest(error.retry_after_s)
        if self._circuit.note(error):
            self._broken = type(error)(
                f"{self.port.name}: {self._circuit.streak} calls in a row failed in the same way; the run stopped. The last one: {error} "
                f"(Answers so far are kept: the same command goes on from there.)",
                reason=error.reason,
            )
            raise self._broken


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


__all__ = ["Lane"]

"""How politely one port is asked: how many at once, how often, how long, how stubbornly."""

import asyncio
import math
from dataclasses import dataclass

from synthloop.core.errors import CallError, UsageError
from synthloop.core.lineage import chance

LONGEST_WAIT_S = 300.0
"""Longest rest that a port may ask for, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one port.

    Raises:
        UsageError: A number is out of range; names all that are.
    """

    in_flight: int = 16
    """Most calls at once, at least 1."""
    per_minute: float | None = None
    """Most calls started a minute, evenly spaced, retries included; None: no limit."""
    timeout_s: float = 60.0
    """Longest time one attempt may take, in seconds."""
    retries: int = 2
    """Further attempts after one that failed in a way that may pass by itself."""
    retry_timeouts: bool = False
    """Whether an attempt that took too long is one of those. What hangs once mostly hangs again, and hanging is dear."""
    backoff_s: float = 0.5
    """Mean wait before the first retry, in seconds; it doubles each time and varies by half of itself."""
    backoff_max_s: float = 30.0
    circuit_after: int = 5
    """Stop the run when this many first calls all hang, or all fail to reach the app; ten times as many in a row later on. 0: never."""

    def __post_init__(self) -> None:
        rules = (
            (self.in_flight >= 1, "in_flight must be at least 1"),
            (self.per_minute is None or self.per_minute > 0, "per_minute must be above 0"),
            (self.timeout_s > 0, "timeout_s must be above 0"),
            (self.retries >= 0, "retries must not be negative"),
            (self.backoff_s >= 0 and self.backoff_max_s >= 0, "backoff_s and backoff_max_s must not be negative"),
            (self.circuit_after >= 0, "circuit_after must not be negative"),
        )
        if broken := [rule for met, rule in rules if not met]:
            raise UsageError(f"limits: {'; '.join(broken)}. Fix: correct the number, or leave it out.")

    def backoff(self, attempt: int, *, seed: int, key: str) -> float:
        """Return how long to wait after a failed attempt, in seconds.

        Args:
            attempt: Attempts so far, at least 1.
            seed: The run seed.
            key: Key of the ask: the same ask waits equally long in every run.
        """
        spread = chance(seed, "engine.backoff", key, attempt).uniform(0.5, 1.5)
        return min(self.backoff_s * 2.0 ** (attempt - 1) * spread, self.backoff_max_s)


@dataclass(slots=True, kw_only=True)
class Pace:
    """Spaces the starts of calls, and lets a port rest that asked for it."""

    per_minute: float | None
    _next_s: float = 0.0

    async def wait(self, at_most_s: float = math.inf) -> None:
        """Return when the next call may start, or when that much time is over."""
        if self.per_minute is None and not self._next_s:
            return
        loop = asyncio.get_running_loop()
        start_s = max(loop.time(), self._next_s)
        if self.per_minute is not None:
            self._next_s = start_s + 60.0 / self.per_minute
        await asyncio.sleep(min(max(0.0, start_s - loop.time()), at_most_s))

    def rest(self, seconds: float) -> None:
        """Start no call for that long."""
        until_s = asyncio.get_running_loop().time() + min(seconds, LONGEST_WAIT_S)
        self._next_s = max(self._next_s, until_s)


@dataclass(slots=True, kw_only=True)
class Circuit:
    """Notices a port that is not there, before every call has waited for it in vain."""

    after: int
    _answered: bool = False
    _kind: str = ""
    _streak: int = 0

    def note(self, error: CallError | None) -> bool:
        """Take in how an attempt went and return whether to stop the run.

        Only hanging and unreachable ports count: a port that answers with errors is there, and each of its errors is a finding.
        """
        if error is None or error.reason not in ("timeout", "unreachable"):
            self._answered, self._streak, self._kind = True, 0, ""
            return False
        self._streak = self._streak + 1 if error.reason == self._kind else 1
        self._kind = error.reason
        return 0 < self.after * (10 if self._answered else 1) <= self._streak

    @property
    def streak(self) -> int:
        """How many attempts in a row failed the same way."""
        return self._streak


__all__ = ["LONGEST_WAIT_S", "Circuit", "Limits", "Pace"]

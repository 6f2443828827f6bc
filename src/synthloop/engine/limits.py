"""How politely one port is asked: how many at once, how often, how long, how stubbornly."""

import asyncio
import math
from dataclasses import dataclass

from synthloop.core.errors import UsageError
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
    sessions: int | None = None
    """Most conversations open at once with a port that keeps their state, at least 1; None: as many as there are flows under way."""
    per_minute: float | None = None
    """Most calls started a minute, evenly spaced, retries included; None: no limit."""
    tokens_per_minute: float | None = None
    """Most tokens a minute, read and written; what a call will take is guessed from the calls before it. None: no limit."""
    learns: bool = False
    """Whether what is in flight adapts to how the port answers, between 1 and `in_flight`; see `synthloop.engine.window`."""
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
            (self.sessions is None or self.sessions >= 1, "sessions must be at least 1"),
            (self.per_minute is None or self.per_minute > 0, "per_minute must be above 0"),
            (self.tokens_per_minute is None or self.tokens_per_minute > 0, "tokens_per_minute must be above 0"),
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
    tokens_per_minute: float | None = None
    _next_s: float = 0.0
    _tokens_s: float = 0.0
    """When the tokens of all calls so far are paid off at the allowed rate."""
    _mean_tokens: float = 0.0

    async def wait(self, at_most_s: float = math.inf) -> None:
        """Return when the next call may start, or when that much time is over."""
        if self.per_minute is None and not self._next_s and self.tokens_per_minute is None:
            return
        loop = asyncio.get_running_loop()
        start_s = max(loop.time(), self._next_s, self._tokens_s)
        if self.per_minute is not None:
            self._next_s = start_s + 60.0 / self.per_minute
        self._spend(self._mean_tokens, start_s)
        await asyncio.sleep(min(max(0.0, start_s - loop.time()), at_most_s))

    def rest(self, seconds: float) -> None:
        """Start no call for that long."""
        until_s = asyncio.get_running_loop().time() + min(seconds, LONGEST_WAIT_S)
        self._next_s = max(self._next_s, until_s)

    def note_tokens(self, tokens: int) -> None:
        """Take in what a call took, in place of what was guessed for it."""
        if self.tokens_per_minute is None:
            return
        guessed, self._mean_tokens = self._mean_tokens, (0.9 * self._mean_tokens + 0.1 * tokens) if self._mean_tokens else float(tokens)
        self._spend(tokens - guessed, asyncio.get_running_loop().time())

    def _spend(self, tokens: float, now_s: float) -> None:
        if self.tokens_per_minute is not None:
            self._tokens_s = max(self._tokens_s, now_s) + 60.0 * tokens / self.tokens_per_minute


__all__ = ["LONGEST_WAIT_S", "Limits", "Pace"]

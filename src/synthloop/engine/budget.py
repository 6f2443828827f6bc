"""What a run may spend, and what it has spent."""

import math
from dataclasses import dataclass

from synthloop.core.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Hard caps of one run, or of several that share a purse; None means no cap.

    Once one is reached no further call starts; answers in the journal stay free. Calls and seconds are never exceeded. Tokens and money are
    only known when an answer is there: what is in flight is reckoned with at the mean cost so far, so a cap is hardly ever exceeded.
    """

    calls: int | None = None
    """Attempts, retries included."""
    tokens: int | None = None
    """Read and written together."""
    cost_usd: float | None = None
    """Counts only what apps and models say they cost."""
    seconds: float | None = None
    """Monotonic time since the run began."""

    @property
    def is_open(self) -> bool:
        """Whether there is no cap at all."""
        return self.calls is None and self.tokens is None and self.cost_usd is None and self.seconds is None


@dataclass(slots=True, kw_only=True)
class Purse:
    """Counts what one run spends against its budget."""

    budget: Budget
    started_s: float
    """Monotonic time at which the run began."""
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    """None until something said what it cost."""
    in_flight: int = 0
    """Calls that are waited for."""
    answered: int = 0
    """Answers that were booked."""
    turned_away: str = ""
    """Which cap the first call met that was not made for it, for a person; empty where none was."""

    def exhausted(self, now_s: float) -> str:
        """Return which cap is reached, for a person; empty where none is."""
        if self.budget.is_open:
            return ""
        caps = (
            ("calls", self.calls, self.budget.calls),
            ("tokens", self._foresee(self.tokens_in + self.tokens_out), self.budget.tokens),
            ("US dollars", self._foresee(self.cost_usd or 0.0), self.budget.cost_usd),
            ("seconds", now_s - self.started_s, self.budget.seconds),
        )
        reached = [f"{cap:,} {unit}" for unit, spent, cap in caps if cap is not None and spent >= cap]
        return " and ".join(reached)

    def _foresee(self, spent: float) -> float:
        """Return what will be spent once all that is in flight is answered, at the mean so far."""
        return spent + (spent / self.answered * self.in_flight if self.answered else 0.0)

    def seconds_left(self, now_s: float) -> float:
        """Return how long calls, and the waits between them, may still take; infinite where time is not capped."""
        return math.inf if self.budget.seconds is None else max(0.0, self.started_s + self.budget.seconds - now_s)

    def cost_since(self, before: "Purse") -> float | None:
        """Return what was spent in US dollars since an earlier copy of this purse; None where nothing said what it cost."""
        if self.cost_usd is None or self.cost_usd == before.cost_usd:
            return self.cost_usd if before.cost_usd is None else None
        return self.cost_usd - (before.cost_usd or 0.0)

    def book(self, usage: Usage) -> None:
        """Add what one answer cost; the call itself was counted when it started."""
        self.answered += 1
        self.tokens_in += usage.tokens_in
        self.tokens_out += usage.tokens_out
        if usage.cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + usage.cost_usd


__all__ = ["Budget", "Purse"]

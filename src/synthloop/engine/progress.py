"""How far a run is."""

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

_WINDOW_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressState:
    """A piece of work at one moment."""

    done: int
    """Flows whose result was delivered, or samples that were accepted."""
    total: int | None
    """All of them; None where nobody knows."""
    failed: int = 0
    """Asks without an answer."""
    reused: int = 0
    """Asks whose answer was in the journal."""
    dropped: int = 0
    """Candidates that curation dropped."""
    in_flight: int = 0
    """Calls that are waited for."""
    tokens: int = 0
    """Read and written so far, by all runs that share the budget."""
    cost_usd: float | None = None
    """Spent so far; None where nothing said what it cost."""
    elapsed_s: float
    rate_per_s: float
    """How many are done a second, over the last ten seconds."""
    eta_s: float | None
    """Seconds to go at that rate; None where nobody knows."""


class Progress(Protocol):
    """Whoever wants to be told. Called from the event loop a few times a second: it must return at once."""

    def update(self, state: ProgressState) -> None:
        """Show how far the run is."""
        ...

    def finish(self, state: ProgressState) -> None:
        """Show the end, however it came."""
        ...


@dataclass(frozen=True, slots=True)
class SilentProgress:
    """Shows nothing."""

    def update(self, state: ProgressState) -> None:
        """Do nothing."""

    def finish(self, state: ProgressState) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Speedometer:
    """Measures the rate over a sliding window, so that answers from the journal don't make the rest look fast for long."""

    _seen: deque[tuple[float, int]] = field(default_factory=deque[tuple[float, int]])

    def rate(self, now_s: float, done: int) -> float:
        """Take in a reading and return the rate over the window, a second."""
        self._seen.append((now_s, done))
        while len(self._seen) > 2 and now_s - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        then_s, before = self._seen[0]
        return (done - before) / (now_s - then_s) if now_s > then_s else 0.0


__all__ = ["Progress", "ProgressState", "SilentProgress", "Speedometer"]

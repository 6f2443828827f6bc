"""A clock that only moves when a test moves it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True, kw_only=True)
class FrozenClock:
    """A clock that stands still.

    Example:
        >>> clock = FrozenClock()
        >>> clock.advance(1.5)
        >>> clock.monotonic(), clock.now()
        (1.5, '2026-01-01T00:00:01.500000+00:00')
    """

    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    """Wall time when the clock was made."""
    elapsed_s: float = 0.0
    """How far it was moved."""

    def now(self) -> str:
        """Return the wall time as ISO 8601 in UTC."""
        return (self.start + timedelta(seconds=self.elapsed_s)).isoformat()

    def monotonic(self) -> float:
        """Return how far the clock was moved, in seconds."""
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        """Move both the wall time and the monotonic time forward."""
        self.elapsed_s += seconds

    def jump(self, seconds: float) -> None:
        """Move the wall time alone, forward or back, as a corrected system clock does."""
        self.start += timedelta(seconds=seconds)


__all__ = ["FrozenClock"]

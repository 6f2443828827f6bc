"""The real time."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clocks. Durations come from the monotonic one alone, so a corrected wall clock does no harm."""

    def now(self) -> str:
        """Return the wall time as ISO 8601 in UTC, to the second."""
        return datetime.now(UTC).isoformat(timespec="seconds")

    def monotonic(self) -> float:
        """Return seconds that never jump."""
        return time.monotonic()


__all__ = ["SystemClock"]

"""How far an order of samples is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from synthloop.core.ports import Clock
from synthloop.engine.progress import Progress, ProgressState, Speedometer
from synthloop.loop.spool import Judged, Spool

_LOOK_EVERY = 64
"""Candidates between two looks at the clock."""
_TELL_EVERY_S = 0.2


@dataclass(slots=True, kw_only=True)
class OrderProgress:
    """Tells, a few times a second, how many samples were accepted and dropped. Use it as a context manager, so that its end is told too."""

    progress: Progress
    clock: Clock
    ordered: int
    _accepted: int = 0
    _dropped: int = 0
    _started_s: float = field(init=False)
    _told_s: float = field(init=False)
    _speed: Speedometer = field(default_factory=Speedometer)

    def __post_init__(self) -> None:
        self._started_s = self._told_s = self.clock.monotonic()

    def watch(self, judged: Spool) -> Callable[[Judged], None]:
        """Return what keeps a judged candidate in `judged` and counts it."""

        def keep(pair: Judged) -> None:
            judged.append(pair)
            self._count(keep=pair[1].keep)

        return keep

    def _count(self, *, keep: bool) -> None:
        self._accepted += keep
        self._dropped += not keep
        if (self._accepted + self._dropped) % _LOOK_EVERY == 0 and self.clock.monotonic() - self._told_s >= _TELL_EVERY_S:
            self._told_s = self.clock.monotonic()
            self.progress.update(self._state())

    def _state(self) -> ProgressState:
        now_s = self.clock.monotonic()
        rate = self._speed.rate(now_s, self._accepted)
        return ProgressState(
            done=self._accepted,
            total=self.ordered,
            dropped=self._dropped,
            elapsed_s=now_s - self._started_s,
            rate_per_s=rate,
            eta_s=max(0, self.ordered - self._accepted) / rate if rate > 0 else None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.progress.finish(self._state())


__all__ = ["OrderProgress"]

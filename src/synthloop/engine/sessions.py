"""Conversations with apps that keep their state: an answer is worth nothing without those before it, so all are kept or none."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from synthloop.core.ask import Answer, Ask, Failure, TurnRequest

Entry = tuple[str, Answer]
"""Key and answer, as the journal takes them."""


@dataclass(slots=True, kw_only=True)
class Session:
    """One conversation with one app."""

    to: str
    entries: list[Entry] = field(default_factory=list[Entry])
    """What was answered, in order."""
    replayed: bool = False
    """Whether it comes from the journal, so that the app knows nothing of it."""
    failed: bool = False
    seat: asyncio.Semaphore | None = None
    """What it holds of the conversations that the port may have open at once; None: nothing."""

    async def sit_down(self, seats: asyncio.Semaphore | None) -> None:
        """Wait until the port has room for one more conversation."""
        if seats is not None and self.seat is None:
            await seats.acquire()
            self.seat = seats

    def stand_up(self) -> None:
        """Make room for another one. May be called more than once."""
        if self.seat is not None:
            self.seat.release()
            self.seat = None


@dataclass(slots=True)
class Sessions:
    """The conversations of one flow."""

    by_id: dict[str, Session] = field(default_factory=dict[str, Session])

    def open(self, ask: Ask) -> Session:
        """Return the session that an ask belongs to."""
        return self.by_id.setdefault(session_of(ask), Session(to=ask.to))

    def entries(self) -> Iterator[Entry]:
        """Yield what is to be kept of conversations that went through."""
        for session in self.by_id.values():
            if not session.failed and not session.replayed:
                yield from session.entries

    def live(self) -> Iterator[tuple[str, str]]:
        """Yield (port, session id) of conversations that an app holds."""
        for session_id, session in self.by_id.items():
            if not session.replayed:
                yield session.to, session_id


def session_of(ask: Ask) -> str:
    """Return the id of the conversation that an app keeps the state of; empty where it keeps none."""
    return ask.request.session if isinstance(ask.request, TurnRequest) else ""


def lose_session(ask: Ask) -> Answer:
    """Return the answer to a turn whose earlier turns the app knows nothing of."""
    message = f"{ask.to}: the conversation was begun in an earlier run and went on differently; it has to begin again"
    return Answer(failure=Failure(reason="session_lost", message=message))


__all__ = ["Entry", "Session", "Sessions", "lose_session", "session_of"]

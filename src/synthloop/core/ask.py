"""What a stage needs from outside (asks) and what comes back (answers).

A stage that needs the outside world is a generator: it yields a tuple of asks, which may be answered concurrently, and is sent
their answers in the same order. It never waits, retries or counts money; the engine does. The form is sans-I/O, as in httpx's
auth flows and h11.
"""

from collections.abc import Generator
from typing import Literal, TypeAlias, TypeVar

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.model import ModelRequest
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.core.usage import Usage

T = TypeVar("T")


class AppRequest(Record, tag="app"):
    """What the app under test is asked."""

    messages: tuple[Message, ...]


class TurnRequest(Record, tag="turn"):
    """The next turn of a conversation. Answered by an `AppReply`, or by a bare text."""

    messages: tuple[Message, ...]
    """The conversation so far, the user's new message last; empty where the app is to begin."""
    state: JsonValue = None
    """What the app is given besides: in the first turn the state to start with; later, for apps that keep nothing themselves, the state
    that they gave back."""
    session: str = ""
    """Id of the conversation, for apps that keep its state; empty: the app is told all that it needs. Answers of a session are journaled
    when the whole conversation has ended, since a conversation can't be taken up in its middle."""
    turn: int = 0
    """Number of the turn within the session, from 0."""


Request: TypeAlias = AppRequest | ModelRequest | TurnRequest
"""Everything that can be asked. Each kind is its own tagged record."""

FailureReason = Literal["timeout", "unreachable", "error", "invalid_answer", "refused", "budget", "session_lost"]
"""Too slow; nobody listens; it raised or reported an error; it can't be read; it would not answer; the budget is spent; the conversation
was begun in another run, and what the app knew of it is gone."""


class Ask(Record):
    """One question to the outside world."""

    to: str
    """Name of the port that answers: an app variant's name, a model's name."""
    version: str
    """What the answer depends on besides the request: the app's version. A changed version is always asked again."""
    request: Request
    replica: int = 0
    """Counts repeats of the same request, from 0, so that they stay distinct in the journal."""

    def key(self) -> str:
        """Return the id under which the journal keeps the answer.

        A model's version stands for all that it is, so another name for it in the project asks nothing again.
        """
        if isinstance(self.request, ModelRequest):
            return content_id("model", self.version, self.request, self.replica)
        return content_id(self)


class Failure(Record):
    """Why there is no answer."""

    reason: FailureReason
    message: str
    """What happened, where, and where possible how to fix it; without secrets."""


class Answer(Record):
    """What came back."""

    value: JsonValue = None
    failure: Failure | None = None
    """None where `value` is the answer."""
    usage: Usage = Usage()
    reused: bool = False
    """True where the journal had it and nobody was asked."""
    rest_s: float = 0.0
    """How long whoever answered wants to be left alone now, in seconds; not kept in the journal."""


Flow: TypeAlias = Generator[tuple[Ask, ...], tuple[Answer, ...], T]
"""A stage's piece of work: yields asks, is sent answers, returns a result."""


def drive(flow: Flow[T], answers: list[Answer]) -> T:
    """Run a flow with prepared answers, in order: how tests and notebooks use a flow without an engine.

    Raises:
        IndexError: The flow asked more than `answers` holds.
    """
    left = iter(answers)
    try:
        asks = next(flow)
        while True:
            batch = tuple(answer for _, answer in zip(asks, left, strict=False))
            if len(batch) < len(asks):
                raise IndexError(f"the flow asked {len(asks)} at once and only {len(batch)} answers were left")
            asks = flow.send(batch)
    except StopIteration as stop:
        return stop.value


__all__ = ["Answer", "AppRequest", "Ask", "Failure", "FailureReason", "Flow", "Request", "TurnRequest", "drive"]

"""Conversations with apps that keep their state: journaled as a whole, ended once, never tried again in their middle."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from synthloop.core.ask import Answer, Ask, Flow, TurnRequest
from synthloop.core.errors import AppError
from synthloop.core.ports import SessionApp
from synthloop.core.sample import Message
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine, RunSummary


@dataclass(slots=True)
class Counter:
    """Counts the messages of each session; knows nothing of sessions that it did not begin."""

    name: str = "app"
    version: str = "1"
    keeps_sessions: bool = True
    counts: dict[str, int] = field(default_factory=dict[str, int])
    ended: list[str] = field(default_factory=list[str])
    asked: int = 0
    fails_at: int = -1

    async def answer(self, ask: Ask) -> Answer:
        request = ask.request
        assert isinstance(request, TurnRequest)
        self.asked += 1
        if request.turn and request.session not in self.counts:
            raise AppError("app: no such session", reason="session_lost")
        if request.turn == self.fails_at:
            raise AppError("app: unlucky", retryable=True)
        self.counts[request.session] = self.counts.get(request.session, 0) + 1
        return Answer(value=self.counts[request.session])

    async def end_session(self, session: str) -> None:
        self.ended.append(session)
        del self.counts[session]

    async def close(self) -> None:
        """Hold nothing."""


def talk(session: str, texts: tuple[str, ...]) -> Flow[list[object]]:
    heard: list[object] = []
    for turn, text in enumerate(texts):
        request = TurnRequest(messages=(Message(role="user", text=text),), session=session, turn=turn)
        (answer,) = yield (Ask(to="app", version="1", request=request),)
        heard.append(answer.failure.reason if answer.failure else answer.value)
    return heard


@pytest.fixture
def run() -> Callable[..., tuple[list[list[object]], RunSummary]]:
    journal = SqliteJournal(path=None)

    def run_talks(app: Counter, *talks: Flow[list[object]]) -> tuple[list[list[object]], RunSummary]:
        heard: list[list[object]] = []
        summary = Engine(ports={"app": app}, journal=journal, limits=Limits(retries=3)).run(talks, heard.append)
        return heard, summary

    return run_talks


Run = Callable[..., tuple[list[list[object]], RunSummary]]


def test_sessions_do_not_mix_and_each_is_ended_once(run: Run) -> None:
    app = Counter()
    assert isinstance(app, SessionApp)
    heard, _ = run(app, *(talk(f"s{number}", ("a", "b", "c")) for number in range(50)))
    assert heard == [[1, 2, 3]] * 50
    assert sorted(app.ended) == sorted(f"s{number}" for number in range(50))
    assert app.counts == {}


def test_a_whole_conversation_is_taken_from_the_journal_and_the_app_hears_nothing(run: Run) -> None:
    run(Counter(), talk("s", ("a", "b", "c")))
    app = Counter()
    heard, summary = run(app, talk("s", ("a", "b", "c")))
    assert heard == [[1, 2, 3]]
    assert (app.asked, app.ended, summary.reused) == (0, [], 3)


def test_one_that_goes_on_differently_is_lost_rather_than_taken_up_in_its_middle(run: Run) -> None:
    run(Counter(), talk("s", ("a", "b", "c")))
    app = Counter()
    heard, _ = run(app, talk("s", ("a", "other")))
    assert heard == [[1, "session_lost"]]
    assert app.asked == 0


def test_one_with_a_failed_turn_is_neither_tried_again_nor_kept(run: Run) -> None:
    app = Counter(fails_at=1)
    heard, summary = run(app, talk("s", ("a", "b")))
    assert heard == [[1, "error"]]
    assert (summary.calls, app.ended) == (2, ["s"])
    again = Counter()
    heard, summary = run(again, talk("s", ("a", "b")))
    assert heard == [[1, 2]]
    assert summary.reused == 0


@dataclass(slots=True)
class Crowded(Counter):
    """Remembers how many conversations it had at once, and fails every third one in its second turn."""

    most: int = 0

    async def answer(self, ask: Ask) -> Answer:
        request = ask.request
        assert isinstance(request, TurnRequest)
        await asyncio.sleep(0)
        answer = await Counter.answer(self, ask)
        self.most = max(self.most, len(self.counts))
        if request.turn == 1 and int(request.session[1:]) % 3 == 0:
            raise AppError("app: unlucky")
        return answer


def test_no_more_conversations_are_open_at_once_than_the_port_may_have() -> None:
    app, heard = Crowded(), list[list[object]]()
    talks = [talk(f"s{number}", ("a", "b", "c")) for number in range(60)]
    Engine(ports={"app": app}, limits=Limits(sessions=4, circuit_after=0)).run(talks, heard.append)
    assert len(heard) == 60
    assert 1 < app.most <= 4 + 4  # those that failed make room just before they are ended
    assert app.counts == {}

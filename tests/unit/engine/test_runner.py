import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from synthloop.core.ask import Answer, AppRequest, Ask, Flow
from synthloop.core.errors import AppError, CallError, UsageError
from synthloop.core.ports import App
from synthloop.core.sample import Message
from synthloop.core.usage import Usage
from synthloop.engine.budget import Budget, Purse
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.limits import Limits
from synthloop.engine.progress import ProgressState
from synthloop.engine.runner import Engine
from synthloop.testing import FrozenClock, ScriptedApp

IMPATIENT = Limits(backoff_s=0.0, timeout_s=0.2)


def ask_of(text: str, replica: int = 0, to: str = "router") -> Ask:
    return Ask(to=to, version="1", request=AppRequest(messages=(Message(role="user", text=text),)), replica=replica)


def flow_of(*texts: str) -> Flow[tuple[Answer, ...]]:
    return (yield tuple(ask_of(text) for text in texts))


def always_ok(ask: Ask) -> str:
    return "ok"


def text_of(ask: Ask) -> str:
    return ask.request.messages[-1].text


def run(engine: Engine, *texts: str) -> list[Answer]:
    answers: list[Answer] = []
    engine.run([flow_of(text) for text in texts], sink=answers.extend)
    return answers


class SlowApp:
    """Answers after as many turns of the event loop as the text says, and remembers how many it was asked at once."""

    name = "router"
    version = "1"

    def __init__(self) -> None:
        self.now = self.most = 0

    async def answer(self, ask: Ask) -> Answer:
        self.now += 1
        self.most = max(self.most, self.now)
        for _ in range(int(text_of(ask))):
            await asyncio.sleep(0)
        self.now -= 1
        return Answer(value=text_of(ask))

    async def close(self) -> None:
        pass


def test_results_come_in_the_order_of_the_flows_whatever_is_ready_first() -> None:
    texts = [str(number) for number in range(40, 0, -1)]
    assert [answer.value for answer in run(Engine(ports={"router": SlowApp()}), *texts)] == texts


def test_no_more_is_in_flight_than_the_limit_says() -> None:
    app = SlowApp()
    run(Engine(ports={"router": app}, limits=Limits(in_flight=3)), *[str(number) for number in range(1, 30)])
    assert app.most == 3


def test_flows_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []
    delivered: list[int] = []
    ahead: list[int] = []

    def flows() -> Iterator[Flow[tuple[Answer, ...]]]:
        for number in range(3000):
            taken.append(number)
            ahead.append(len(taken) - len(delivered))
            yield flow_of(f"text {number}")

    engine = Engine(ports={"router": ScriptedApp(script=always_ok)})
    engine.run(flows(), sink=lambda _: delivered.append(1))
    assert len(delivered) == 3000
    assert max(ahead) < 1100


def test_asks_of_one_tuple_are_answered_in_their_order() -> None:
    results: list[tuple[Answer, ...]] = []
    Engine(ports={"router": SlowApp()}).run([flow_of("9", "1", "5")], sink=results.append)
    assert [answer.value for answer in results[0]] == ["9", "1", "5"]


def test_the_same_ask_is_asked_once_and_shared_and_replicas_stay_apart() -> None:
    app = ScriptedApp(name="router", script={"a": "x"})
    summary = Engine(ports={"router": app}).run([flow_of("a", "a"), flow_of("a")], sink=lambda _: None)
    assert (len(app.asked), summary.asks, summary.calls) == (1, 3, 1)
    assert summary.shared + summary.reused == 2

    def repeats() -> Flow[tuple[Answer, ...]]:
        return (yield (ask_of("a", 0), ask_of("a", 1)))

    app.asked.clear()
    Engine(ports={"router": app}).run([repeats()], sink=lambda _: None)
    assert len(app.asked) == 2


def test_the_same_failing_ask_is_asked_once_in_a_run_and_again_in_the_next(tmp_path: Path) -> None:
    app = ScriptedApp(name="router", script={"a": AppError("router: no", reason="error")})
    engine = Engine(ports={"router": app}, journal=SqliteJournal(path=tmp_path / "journal.sqlite"))
    first = engine.run([flow_of("a"), flow_of("a")], sink=lambda _: None)
    assert (len(app.asked), first.failed, first.answered) == (1, 2, 0)
    engine.run([flow_of("a")], sink=lambda _: None)
    assert len(app.asked) == 2


def test_a_second_run_asks_nothing_and_gives_equal_answers(tmp_path: Path) -> None:
    app = ScriptedApp(name="router", script={"a": "x", "b": {"route": ["y", 1]}})
    engine = Engine(ports={"router": app}, journal=SqliteJournal(path=tmp_path / "journal.sqlite"))
    first, second = run(engine, "a", "b"), run(engine, "a", "b")
    assert [(answer.value, answer.usage) for answer in first] == [(answer.value, answer.usage) for answer in second]
    assert [answer.reused for answer in first + second] == [False, False, True, True]
    assert len(app.asked) == 2


def test_a_changed_version_is_asked_again(tmp_path: Path) -> None:
    app = ScriptedApp(name="router", script={"a": "x"})
    engine = Engine(ports={"router": app}, journal=SqliteJournal(path=tmp_path / "journal.sqlite"))

    def flow(version: str) -> Flow[tuple[Answer, ...]]:
        return (yield (Ask(to="router", version=version, request=ask_of("a").request),))

    engine.run([flow("1")], sink=lambda _: None)
    engine.run([flow("2")], sink=lambda _: None)
    assert len(app.asked) == 2


def test_only_what_may_pass_is_tried_again_and_every_attempt_counts() -> None:
    failures = {"busy": 2, "broken": 1}

    def script(ask: Ask) -> str:
        text = text_of(ask)
        if failures[text]:
            failures[text] -= 1
            raise AppError(f"router: {text}", retryable=text == "busy")
        return "ok"

    app = ScriptedApp(name="router", script=script)
    busy, broken = run(Engine(ports={"router": app}, limits=IMPATIENT), "busy", "broken")
    assert (busy.value, busy.usage.attempts) == ("ok", 3)
    assert broken.failure is not None
    assert (broken.failure.reason, broken.failure.message, broken.usage.attempts) == ("error", "router: broken", 1)


def test_retries_end() -> None:
    app = ScriptedApp(name="router", script={"a": AppError("router: busy", retryable=True)})
    (answer,) = run(Engine(ports={"router": app}, limits=Limits(backoff_s=0.0, retries=3)), "a")
    assert answer.failure is not None
    assert (len(app.asked), answer.usage.attempts) == (4, 4)


def test_an_ask_that_takes_too_long_is_a_failure_and_costs_no_other() -> None:
    class Hanging(SlowApp):
        async def answer(self, ask: Ask) -> Answer:
            if text_of(ask) == "hang":
                await asyncio.sleep(60)
            return Answer(value="ok")

    hanging, fine = run(Engine(ports={"router": Hanging()}, limits=IMPATIENT), "hang", "a")
    assert hanging.failure is not None
    assert (hanging.failure.reason, fine.value) == ("timeout", "ok")
    assert hanging.failure.message == "router: no answer within 0.2 s. Fix: make it faster, or raise timeout_s."


def test_a_port_that_raises_what_it_should_not_fails_that_ask_alone() -> None:
    class Careless(SlowApp):
        async def answer(self, ask: Ask) -> Answer:
            if text_of(ask) == "a":
                raise TimeoutError("mine")
            return Answer(value="ok")

    careless, fine = run(Engine(ports={"router": Careless()}), "a", "b")
    assert careless.failure is not None
    assert (careless.failure.message, fine.value) == ("router: raised TimeoutError: mine", "ok")


@pytest.mark.parametrize("reason", ["unreachable", "timeout"])
def test_a_port_that_is_not_there_stops_the_run_early(reason: str) -> None:
    def script(ask: Ask) -> str:
        raise AppError("router: can't be reached", reason="unreachable" if reason == "unreachable" else "timeout", retryable=True)

    app = ScriptedApp(name="router", script=script)
    with pytest.raises(CallError, match="5 calls in a row failed in the same way; the run stopped") as caught:
        run(Engine(ports={"router": app}, limits=Limits(backoff_s=0.0, in_flight=2)), *[str(number) for number in range(100)])
    assert caught.value.reason == reason
    assert 5 <= len(app.asked) <= 6
    assert app.closed == 1


def test_whoever_waits_for_the_same_ask_hears_why_the_run_stopped() -> None:
    app = ScriptedApp(name="router", script={"a": AppError("router: can't be reached", reason="unreachable", retryable=True)})
    engine = Engine(ports={"router": app}, limits=Limits(backoff_s=0.001, circuit_after=2))
    with pytest.raises(AppError, match="2 calls in a row"):
        engine.run([flow_of("a", "a", "a"), flow_of("a"), flow_of("a", "a")], sink=lambda _: None)


def test_an_app_that_answers_with_errors_is_there() -> None:
    app = ScriptedApp(name="router", script=dict.fromkeys(map(str, range(50)), AppError("router: no")))
    answers = run(Engine(ports={"router": app}), *[str(number) for number in range(50)])
    assert [answer.failure is not None for answer in answers] == [True] * 50


def test_a_budget_of_calls_is_never_exceeded_and_the_next_run_goes_on(tmp_path: Path) -> None:
    app = ScriptedApp(name="router", script=always_ok)
    engine = Engine(ports={"router": app}, journal=SqliteJournal(path=tmp_path / "journal.sqlite"), budget=Budget(calls=7))
    texts = [str(number) for number in range(10)]
    answers: list[Answer] = []
    summary = engine.run([flow_of(text) for text in texts], sink=answers.extend)
    assert (len(app.asked), summary.calls, summary.failed, summary.budget_spent) == (7, 7, 3, "7 calls")
    over = [answer.failure for answer in answers if answer.failure is not None]
    assert {(failure.reason, failure.message) for failure in over} == {("budget", "not asked: the run's budget of 7 calls is spent")}
    again = engine.run([flow_of(text) for text in texts], sink=lambda _: None)
    assert (len(app.asked), again.reused, again.failed) == (10, 7, 0)


def test_runs_that_share_a_purse_share_the_budget() -> None:
    app = ScriptedApp(name="router", script=always_ok)
    purse = Purse(budget=Budget(calls=5), started_s=0.0)
    engine = Engine(ports={"router": app}, purse=purse, clock=FrozenClock())
    first = engine.run([flow_of(text) for text in "abc"], sink=lambda _: None)
    second = engine.run([flow_of(text) for text in "defg"], sink=lambda _: None)
    assert (first.calls, first.budget_spent, second.calls, second.failed, second.budget_spent) == (3, "", 2, 2, "5 calls")
    assert len(app.asked) == 5


def test_the_cost_of_a_run_is_what_it_added_to_the_purse() -> None:
    purse = Purse(budget=Budget(), started_s=0.0)
    before = replace(purse)
    assert purse.cost_since(before) is None
    purse.book(Usage(cost_usd=0.5))
    assert purse.cost_since(before) == 0.5
    later = replace(purse)
    assert purse.cost_since(later) is None
    purse.book(Usage(cost_usd=0.25))
    assert purse.cost_since(later) == 0.25


def test_budgets_of_money_and_tokens_stop_further_calls() -> None:
    class Paid(SlowApp):
        async def answer(self, ask: Ask) -> Answer:  # noqa: ARG002 - the port's shape
            return Answer(value="ok", usage=Usage(cost_usd=0.25, tokens_in=90, tokens_out=10))

    texts = [str(number) for number in range(10)]
    one_by_one = Limits(in_flight=1)
    flows = [flow_of(text) for text in texts]
    paid = Engine(ports={"router": Paid()}, limits=one_by_one, budget=Budget(cost_usd=1.0)).run(flows, sink=lambda _: None)
    assert (paid.calls, paid.cost_usd, paid.failed, paid.budget_spent) == (4, 1.0, 6, "1.0 US dollars")
    flows = [flow_of(text) for text in texts]
    read = Engine(ports={"router": Paid()}, limits=one_by_one, budget=Budget(tokens=250)).run(flows, sink=lambda _: None)
    assert (read.calls, read.tokens_in, read.tokens_out) == (3, 270, 30)


def test_a_budget_of_seconds_counts_monotonic_time_and_a_jump_of_the_wall_clock_does_no_harm() -> None:
    clock = FrozenClock()

    def script(ask: Ask) -> str:
        clock.advance(1.0)
        clock.jump(-86_400.0)
        return "ok"

    app = ScriptedApp(name="router", script=script)
    engine = Engine(ports={"router": app}, clock=clock, budget=Budget(seconds=4.0), limits=Limits(in_flight=1))
    summary = engine.run([flow_of(str(number)) for number in range(10)], sink=lambda _: None)
    assert (summary.calls, summary.elapsed_s, summary.failed) == (4, 4.0, 6)


def test_what_is_in_flight_when_the_seconds_are_spent_is_given_up() -> None:
    class Hanging(SlowApp):
        async def answer(self, ask: Ask) -> Answer:  # noqa: ARG002 - the port's shape
            await asyncio.sleep(60)
            return Answer(value="never")

    (answer,) = run(Engine(ports={"router": Hanging()}, budget=Budget(seconds=0.1)), "a")
    assert answer.failure is not None
    assert answer.failure.reason == "budget"


def test_nobody_of_that_name() -> None:
    def flow() -> Flow[tuple[Answer, ...]]:
        return (yield (ask_of("a", to="rooter"),))

    with pytest.raises(UsageError, match=r"nothing is called 'rooter' here. Fix: name one of 'router'"):
        Engine(ports={"router": ScriptedApp(script={})}).run([flow()], sink=lambda _: None)


def test_a_sink_that_raises_ends_the_run_and_what_was_answered_is_kept(tmp_path: Path) -> None:
    class FullError(Exception):
        pass

    def sink(_: tuple[Answer, ...]) -> None:
        raise FullError

    journal = SqliteJournal(path=tmp_path / "journal.sqlite")
    app = ScriptedApp(name="router", script=always_ok)
    engine = Engine(ports={"router": app}, journal=journal)
    with pytest.raises(FullError):
        engine.run([flow_of(str(number)) for number in range(20)], sink=sink)
    assert journal.count() == len(app.asked)


def test_it_runs_inside_a_running_event_loop_as_in_a_notebook() -> None:
    async def cell() -> list[Answer]:
        return run(Engine(ports={"router": ScriptedApp(script={"a": "x"})}), "a")

    assert asyncio.run(cell())[0].value == "x"


def test_errors_cross_over_from_the_thread_beside_a_running_event_loop() -> None:
    async def cell() -> None:
        run(Engine(ports={}), "a")

    with pytest.raises(UsageError):
        asyncio.run(cell())


def test_ports_have_their_own_limits() -> None:
    apps: dict[str, App] = {"a": SlowApp(), "b": SlowApp()}

    def flow(to: str, text: str) -> Flow[tuple[Answer, ...]]:
        return (yield (ask_of(text, to=to),))

    engine = Engine(ports=apps, limits=Limits(in_flight=2), limits_by_port={"b": Limits(in_flight=5)})
    engine.run([flow(to, str(number)) for number in range(1, 20) for to in apps], sink=lambda _: None)
    assert [app.most for app in apps.values() if isinstance(app, SlowApp)] == [2, 5]


def test_progress_is_told_how_far_the_run_is() -> None:
    class Notes:
        def __init__(self) -> None:
            self.updates: list[ProgressState] = []
            self.last: ProgressState | None = None

        def update(self, state: ProgressState) -> None:
            self.updates.append(state)

        def finish(self, state: ProgressState) -> None:
            self.last = state

    notes = Notes()
    app = ScriptedApp(name="router", script={"a": "x", "b": AppError("router: no")})
    run(Engine(ports={"router": app}, progress=notes), "a", "b")
    assert notes.updates[0].total == 2
    assert notes.last is not None
    assert (notes.last.done, notes.last.failed, notes.last.in_flight) == (2, 1, 0)

"""The engine meets ports that are anybody's objects: whatever one does, it costs one answer, and the run goes on."""

import asyncio
from typing import cast

import pytest

from synthloop.core.ask import Answer, AppRequest, Ask, Flow
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Message
from synthloop.engine.batch import TickBatch
from synthloop.engine.budget import Budget
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.testing import ScriptedApp


def ask_of(text: str, to: str = "router") -> Ask:
    return Ask(to=to, version="1", request=AppRequest(messages=(Message(role="user", text=text),)))


def flow_of(*asks: Ask) -> Flow[tuple[Answer, ...]]:
    return (yield asks)


def run(engine: Engine, *texts: str) -> list[Answer]:
    answers: list[Answer] = []
    engine.run([flow_of(ask_of(text)) for text in texts], sink=answers.extend)
    return answers


@pytest.mark.parametrize(
    "value", ["half a pair: \ud800", object(), 2**70, {1: {2: object()}}], ids=["surrogate", "object", "integer", "nested"]
)
def test_a_value_that_can_not_be_kept_is_a_failure(value: object) -> None:
    app = ScriptedApp(name="router", script=lambda ask: cast("JsonValue", value if ask.request.messages[0].text == "bad" else "fine"))
    bad, good = run(Engine(ports={"router": app}), "bad", "good")
    assert bad.failure is not None
    assert bad.failure.reason == "invalid_answer"
    assert bad.failure.message.startswith("router: answered with what JSON can't say")
    assert good.value == "fine"


def test_an_answer_looks_the_same_as_when_the_journal_gives_it_back() -> None:
    engine = Engine(ports={"router": ScriptedApp(name="router", script=lambda _: cast("JsonValue", {"labels": ("a", "b")}))})
    first, again = run(engine, "a"), run(engine, "a")
    assert first[0].value == again[0].value == {"labels": ["a", "b"]}
    assert (first[0].reused, again[0].reused) == (False, True)


class NoAnswer(ScriptedApp):
    async def answer(self, ask: Ask) -> Answer:
        self.asked.append(ask)
        return cast("Answer", "schedule")


class CancelsItself(ScriptedApp):
    async def answer(self, ask: Ask) -> Answer:
        self.asked.append(ask)
        helping = asyncio.ensure_future(asyncio.sleep(10))
        helping.cancel()
        await helping
        return Answer(value="never")


@pytest.mark.parametrize(("port", "said"), [(NoAnswer, "returned str, not"), (CancelsItself, "cancelled itself")])
def test_a_port_that_does_what_no_port_should_costs_its_own_answer(port: type[ScriptedApp], said: str) -> None:
    (answer,) = run(Engine(ports={"router": port(name="router", script={})}), "a")
    assert answer.failure is not None
    assert said in answer.failure.message


def test_an_error_of_the_journal_reaches_whoever_waits() -> None:
    def fail(items: list[int]) -> list[int]:
        raise ZeroDivisionError(len(items))

    async def wait() -> None:
        batch = TickBatch(fail)
        await asyncio.wait_for(asyncio.gather(batch.submit(1), batch.submit(2)), timeout=5)

    with pytest.raises(ZeroDivisionError, match="2"):
        asyncio.run(wait())


@pytest.mark.parametrize("rest_s", [30.0, float("inf")])
def test_no_wait_outlasts_the_budget(rest_s: float) -> None:
    busy = AppError("router: busy", retryable=True, retry_after_s=rest_s)
    app = ScriptedApp(name="router", script={"a": busy, "b": busy})
    engine = Engine(ports={"router": app}, budget=Budget(seconds=0.2), limits=Limits(in_flight=1))

    async def wait() -> list[Answer]:
        answers: list[Answer] = []
        await asyncio.wait_for(engine.run_async([flow_of(ask_of("a")), flow_of(ask_of("b"))], sink=answers.extend), timeout=10)
        return answers

    first, second = (answer.failure for answer in asyncio.run(wait()))
    assert first is not None
    assert second is not None
    assert (first.reason, first.message) == ("budget", "not asked again: the run's budget of 0.2 seconds is spent")
    assert (second.reason, second.message) == ("budget", "not asked: the run's budget of 0.2 seconds is spent")


class Late(ScriptedApp):
    async def answer(self, ask: Ask) -> Answer:
        await asyncio.sleep(0.05)
        self.asked.append(ask)
        return Answer(value="late")


def test_nothing_goes_on_after_a_run_that_broke() -> None:
    async def break_and_wait() -> Late:
        app = Late(name="router", script={})
        with pytest.raises(UsageError, match="nothing is called 'nobody'"):
            await Engine(ports={"router": app}).run_async([flow_of(ask_of("a"), ask_of("b", to="nobody"))], sink=print)
        await asyncio.sleep(0.1)
        return app

    app = asyncio.run(break_and_wait())
    assert (app.asked, app.closed) == ([], 1)

"""Models in the engine: shared limits, a bad endpoint that costs the others nothing, errors that no other call would escape."""

import asyncio

import pytest

from synthloop.core.ask import Answer, Ask, Flow
from synthloop.core.errors import ModelError
from synthloop.core.model import ModelRequest
from synthloop.core.sample import Message
from synthloop.core.usage import Usage
from synthloop.engine.budget import Budget
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.testing import ScriptedModel


class SlowModel:
    """Takes a while, and knows how many calls it had at once."""

    def __init__(self, name: str, endpoint: str = "", *, latency_s: float = 0.01, rest_s: float = 0.0) -> None:
        self.name, self.version, self.endpoint = name, name, endpoint or name
        self.latency_s, self.rest_s = latency_s, rest_s
        self.under_way: set[str] = set()
        """Names and texts of calls that are waited for; shared where models share a server."""
        self.most = self.calls = 0

    async def answer(self, ask: Ask) -> Answer:
        self.calls += 1
        self.under_way.add(ask.key())
        self.most = max(self.most, len(self.under_way))
        try:
            await asyncio.sleep(self.latency_s)
        finally:
            self.under_way.discard(ask.key())
        return Answer(value={"text": "ok"}, usage=Usage(tokens_in=5, tokens_out=5, cost_usd=0.5), rest_s=self.rest_s)

    async def close(self) -> None:
        pass


def ask_of(model: str, number: int) -> Ask:
    return Ask(to=model, version=model, request=ModelRequest(messages=(Message(role="user", text=f"{model} {number}"),)))


def flow(model: str, number: int) -> Flow[Answer]:
    return (yield (ask_of(model, number),))[0]


def run(engine: Engine, *flows: Flow[Answer]) -> list[Answer]:
    answers: list[Answer] = []
    engine.run(flows, sink=answers.append, total=len(flows))
    return answers


def test_models_behind_one_endpoint_share_its_limits() -> None:
    a, b = SlowModel("a", "https://host"), SlowModel("b", "https://host")
    b.under_way = a.under_way
    flows = [flow(name, number) for number in range(20) for name in ("a", "b")]
    run(Engine(ports={"a": a, "b": b}, limits=Limits(in_flight=3)), *flows)
    assert a.calls == b.calls == 20
    assert max(a.most, b.most) <= 3


def test_a_model_that_hangs_keeps_no_other_from_work() -> None:
    quick, slow = SlowModel("quick", latency_s=0.001), SlowModel("slow", latency_s=30.0)
    limits = {"slow": Limits(in_flight=2, timeout_s=0.2, circuit_after=2), "quick": Limits(in_flight=8)}
    flows = [flow("slow" if number % 2 else "quick", number) for number in range(600)]
    answers = run(Engine(ports={"quick": quick, "slow": slow}, limits_by_port=limits), *flows)
    assert [answer.failure is None for answer in answers[::2]] == [True] * 300
    assert {answer.failure.reason for answer in answers[1::2] if answer.failure} <= {"timeout", "unreachable"}
    assert slow.calls < 12


def test_a_wrong_key_stops_a_run_of_one_model_at_once_and_says_so() -> None:
    def refuse(_: ModelRequest) -> ModelError:
        return ModelError("writer: answered with HTTP 401. Fix: check the key.", fatal=True)

    model = ScriptedModel(name="writer", script=refuse)
    with pytest.raises(ModelError, match=r"check the key\. The run stopped, since no other call would fare better"):
        run(Engine(ports={"writer": model}, limits=Limits(in_flight=4)), *(flow("writer", number) for number in range(200)))
    assert len(model.asked) <= 4


def test_a_rest_that_an_answer_asks_for_is_kept_and_not_remembered() -> None:
    model = SlowModel("a", rest_s=0.05)
    engine = Engine(ports={"a": model}, limits=Limits(in_flight=1))
    summary_answers = run(engine, flow("a", 0), flow("a", 1))
    assert [answer.rest_s for answer in summary_answers] == [0.0, 0.0]
    assert all(answer.rest_s == 0.0 for answer in engine.journal.read([ask_of("a", 0).key()]).values())


def test_a_cap_in_money_reckons_with_what_is_in_flight() -> None:
    model = SlowModel("a")
    engine = Engine(ports={"a": model}, limits=Limits(in_flight=8), budget=Budget(cost_usd=10.0))
    summary = engine.run([flow("a", number) for number in range(100)], sink=lambda _: None)
    assert summary.budget_spent == "10.0 US dollars"
    assert summary.cost_usd is not None
    assert summary.cost_usd <= 10.0
    assert summary.by_port["a"].cost_usd == summary.cost_usd
    assert summary.by_port["a"].calls == model.calls


def test_a_run_begins_with_what_the_one_before_it_learned_and_finds_out_anew_whether_the_port_is_there() -> None:
    model = SlowModel("a", latency_s=0.02)
    engine = Engine(ports={"a": model}, limits=Limits(in_flight=128, learns=True), gates={})
    run(engine, *(flow("a", number) for number in range(128)))
    assert model.most < 128  # it begins with a quarter, and has no more to ask once it knows better
    run(engine, *(flow("a", number) for number in range(200, 700)))
    model.most = 0
    run(engine, *(flow("a", number) for number in range(700, 828)))
    assert model.most == 128

    def refuse(_: ModelRequest) -> ModelError:
        return ModelError("a: answered with HTTP 401. Fix: check the key.", fatal=True)

    wrong = ScriptedModel(name="a", script=refuse)
    for _ in range(2):
        with pytest.raises(ModelError, match="check the key"):
            run(Engine(ports={"a": wrong}, gates=engine.gates), flow("a", 2000))
    assert len(wrong.asked) == 2

"""The OpenAI-compatible adapter against a real server on loopback that goes wrong in every way that servers do."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Protocol

import pytest
from tests.servers.faults import FaultServer, serve

from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.adapters.models.prices import Price
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.model import ModelReply, ModelRequest
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.prompting.asking import read_answer
from synthloop.prompting.shapes import shape_of


class Two(Record):
    name: str
    size: int


SCHEMA = shape_of(Two).schema
SECRET = "sk-test-9f8e7d6c5b4a"


class Ready(Protocol):
    def __call__(self, *faults: str, path: str = "", key: str = "", **fields: Any) -> tuple[FaultServer, OpenAiModel]: ...


@pytest.fixture
def ready() -> Iterator[Ready]:
    """Start servers that always show the named fault, with a model in front of each."""
    with ExitStack() as stack:

        def make(*faults: str, path: str = "", key: str = "", **fields: Any) -> tuple[FaultServer, OpenAiModel]:
            server = FaultServer(shares=dict.fromkeys(faults, 1.0), key=key)
            address = stack.enter_context(serve(server))
            return server, OpenAiModel(name="writer", version="1", model="tiny", url=f"{address}{path}", **fields)

        yield make


def ask_of(text: str = "hello", schema: dict[str, JsonValue] | None = None, **parameters: JsonValue) -> Ask:
    request = ModelRequest(
        messages=(Message(role="system", text="Be brief."), Message(role="user", text=text)), schema=schema, parameters=parameters
    )
    return Ask(to="writer", version="1", request=request)


def answer(model: OpenAiModel, *asks: Ask) -> list[Answer]:
    async def run() -> list[Answer]:
        try:
            return [await model.answer(ask) for ask in asks]
        finally:
            await model.close()

    return asyncio.run(run())


def reply_of(found: Answer) -> ModelReply:
    reply, _ = read_answer(found)
    assert reply is not None
    return reply


def error_of(model: OpenAiModel, ask: Ask | None = None) -> ModelError:
    with pytest.raises(ModelError) as caught:
        answer(model, ask or ask_of())
    return caught.value


def test_a_question_is_answered_with_what_it_cost(ready: Ready) -> None:
    server, model = ready(price=Price(usd_per_million_in=1.0, usd_per_million_out=2.0), parameters={"temperature": 0.5})
    (found,) = answer(model, ask_of("hello", max_tokens=9))
    assert reply_of(found).text
    assert reply_of(found).served_by == "tiny"
    assert found.usage.tokens_in == 3
    assert found.usage.cost_usd == pytest.approx((3 * 1.0 + found.usage.tokens_out * 2.0) / 1e6)
    assert found.usage.latency_s > 0
    (body,) = server.bodies
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("tiny", 0.5, 9)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_a_base_address_may_have_v1_or_not(ready: Ready, path: str) -> None:
    _, model = ready(path=path)
    assert reply_of(answer(model, ask_of())[0]).text


@pytest.mark.parametrize("structured", ["native", "tool", "prompt"])
def test_a_schema_is_said_in_every_way(ready: Ready, structured: str) -> None:
    server, model = ready(structured=structured)
    value = json.loads(reply_of(answer(model, ask_of(schema=SCHEMA))[0]).text)
    assert shape_of(Two).read(value).size >= 0
    (body,) = server.bodies
    assert ("response_format" in body, "tools" in body) == (structured == "native", structured == "tool")


def test_a_server_that_refuses_schemas_is_asked_in_the_next_way_from_then_on(ready: Ready) -> None:
    server, model = ready()

    class Old(FaultServer):
        async def handle(self, request: Any) -> Any:
            self.shares = {"no-schema": 1.0} if "response_format" in await request.json() else {}
            return await FaultServer.handle(self, request)

    old = Old()
    with serve(old) as address:
        model = OpenAiModel(name="writer", version="1", model="tiny", url=address)
        found = answer(model, ask_of("a", SCHEMA), ask_of("b", SCHEMA))
    assert [json.loads(reply_of(each).text).keys() for each in found] == [{"name", "size"}] * 2
    assert [("response_format" in body, "tools" in body) for body in old.bodies] == [(True, False), (False, True), (False, True)]
    assert model.way == "tool"
    assert not server.asked


def test_a_schema_that_is_refused_for_good_says_what_to_set(ready: Ready) -> None:
    _, model = ready("no-schema", structured="native")
    error = error_of(model, ask_of(schema=SCHEMA))
    assert "Fix: set `structured: prompt`" in str(error)
    assert not error.retryable


FINAL: Mapping[str, str] = {
    "no-credit": "There is no credit left. Fix: top up the account",
    "402": "There is no credit left",
    "no-model": "Fix: check `model` and `url`",
    "page": "Fix: check `url`: something else listens there",
}


@pytest.mark.parametrize("fault", FINAL)
def test_what_no_other_call_would_escape_is_fatal(ready: Ready, fault: str) -> None:
    error = error_of(ready(fault)[1])
    assert error.fatal
    assert not error.retryable
    assert FINAL[fault] in str(error)


@pytest.mark.parametrize("fault", ["429", "429-after", "500", "503", "half-body", "reset"])
def test_what_may_pass_by_itself_is_retryable(ready: Ready, fault: str) -> None:
    error = error_of(ready(fault)[1])
    assert error.retryable
    assert not error.fatal
    assert error.retry_after_s == (0.05 if fault == "429-after" else None)


def test_a_prompt_that_is_too_long_is_final_for_this_call_alone(ready: Ready) -> None:
    error = error_of(ready("too-long")[1], ask_of(schema=SCHEMA))
    assert (error.retryable, error.fatal) == (False, False)
    assert "the prompt is longer than the model reads" in str(error)


def test_a_wrong_key_is_fatal_and_the_right_one_never_shows(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", SECRET)
    headers = {"Authorization": "Bearer ${MY_KEY}"}
    _, refused = ready(key="another", headers=headers)
    error = error_of(refused)
    assert error.fatal
    assert "Fix: check the key" in str(error)
    _, model = ready(key=SECRET, headers=headers)
    (found,) = answer(model, ask_of())
    shown = [str(error), repr(error), repr(model), repr(refused), repr(found), model.endpoint, repr(ask_of())]
    assert not any(SECRET in text for text in shown)


def test_a_key_that_is_not_set_is_said_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(UsageError, match=r"model 'writer': not set in the environment: MY_KEY\. Fix: `export MY_KEY"):
        OpenAiModel(name="writer", version="1", model="x", url="http://127.0.0.1", headers={"Authorization": "Bearer ${MY_KEY}"})


def test_wrong_counts_are_unknown_and_so_is_the_cost(ready: Ready) -> None:
    _, model = ready("wrong-usage", price=Price(usd_per_million_in=1.0, usd_per_million_out=2.0))
    usage = answer(model, ask_of())[0].usage
    assert (usage.tokens_in, usage.tokens_out, usage.cost_usd) == (0, 0, None)


@pytest.mark.parametrize("fault", ["drip", "same-id"])
def test_odd_but_whole_answers_are_answers(ready: Ready, fault: str) -> None:
    _, model = ready(fault)
    assert len(answer(model, ask_of("a"), ask_of("b"))) == 2


def test_an_answer_that_was_cut_says_so(ready: Ready) -> None:
    _, model = ready("cut")
    assert reply_of(answer(model, ask_of())[0]).finish == "length"


def test_nobody_there_is_unreachable() -> None:
    error = error_of(OpenAiModel(name="writer", version="1", model="x", url="http://127.0.0.1:9"))
    assert (error.reason, error.retryable) == ("unreachable", True)
    assert "can't be reached at http://127.0.0.1:9/v1/chat/completions" in str(error)


def test_a_proxy_of_the_environment_is_never_used_for_this_machine(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert reply_of(answer(ready()[1], ask_of())[0]).text


def test_a_cancelled_call_lets_go_at_once(ready: Ready) -> None:
    _, model = ready("hang")

    async def run() -> None:
        try:
            async with asyncio.timeout(0.1):
                await model.answer(ask_of())
        finally:
            await model.close()

    with pytest.raises(TimeoutError):
        asyncio.run(run())


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://host", "http://", ""])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="`url` is not an http"):
        OpenAiModel(name="writer", version="1", model="x", url=url)

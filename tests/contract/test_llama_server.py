"""The adapters against llama.cpp's real server, with a model of random weights: the protocol end to end, its schemas, its errors."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from tests.servers.llama import llama_server
from tests.unit.adapters.models.talking import KINDS, AnyModel, ask_of, make_model

from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError
from synthloop.core.json_value import JsonValue
from synthloop.core.model import ModelRef
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.prompting.asking import Question, Said, ask_structured
from synthloop.prompting.shapes import shape_of

SHORT: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"kind": {"enum": ["call", "review"]}, "count": {"type": "integer", "minimum": 1, "maximum": 9}},
    "required": ["kind", "count"],
    "additionalProperties": False,
}


class Order(Record):
    kind: Literal["call", "review"]
    urgent: bool


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    pytest.importorskip("xllamacpp", reason="llama.cpp's server has no wheel for this system")
    with llama_server() as address:
        yield address


def ask_all(model: AnyModel, *asks: Ask) -> list[Answer]:
    async def run() -> list[Answer]:
        try:
            return list(await asyncio.gather(*(model.answer(ask) for ask in asks)))
        finally:
            await model.close()

    return asyncio.run(run())


def fail(model: AnyModel, ask: Ask) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask_all(model, ask)
    return caught.value


def said(answer: Answer) -> dict[str, Any]:
    assert isinstance(answer.value, dict)
    return answer.value


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_asked_and_says_what_it_counted(url: str, kind: str) -> None:
    (answer,) = ask_all(make_model(kind, url), ask_of("hi", max_tokens=12))
    assert said(answer)["served_by"].endswith("noise.gguf")
    assert answer.usage.tokens_in > 10
    assert 0 < answer.usage.tokens_out <= 12


def test_without_a_name_it_serves_the_only_model_that_it_has(url: str) -> None:
    (answer,) = ask_all(make_model("openai", url, model=""), ask_of("hi", max_tokens=4))
    assert said(answer)["served_by"].endswith("noise.gguf")


def test_several_answers_are_several_asks_and_differ(url: str) -> None:
    asks = [ask_of("hi", replica=replica, max_tokens=24) for replica in range(8)]
    answers = ask_all(make_model("openai", url, parameters={"seed": 5, "temperature": 1.0}), *asks)
    texts = [said(answer)["text"] for answer in answers]
    assert len(set(texts)) == 8
    again = ask_all(make_model("openai", url, parameters={"seed": 5, "temperature": 1.0}), asks[3])
    assert said(again[0])["text"] == texts[3]


def test_a_schema_is_kept_to_by_weights_that_know_nothing(url: str) -> None:
    answers = ask_all(make_model("openai", url), *(ask_of("hi", schema=SHORT, replica=replica) for replica in range(6)))
    found = [json.loads(said(answer)["text"]) for answer in answers]
    assert all(set(each) == {"kind", "count"} and 1 <= each["count"] <= 9 for each in found)


def test_a_schema_that_it_refuses_is_said_in_the_prompt_in_the_end(url: str) -> None:
    odd: dict[str, JsonValue] = {"type": "object", "properties": {"a": {"type": "nonsense"}}}
    (answer,) = ask_all(make_model("openai", url), ask_of("hi", schema=odd, max_tokens=8))
    assert answer.usage.tokens_out > 0
    error = fail(make_model("openai", url, structured="native"), ask_of("hi", schema=odd))
    assert "unrecognized type nonsense" in str(error)
    assert "Fix: simplify the schema, or set `structured: auto`." in str(error)


def test_its_own_words_for_what_is_too_long_are_understood(url: str) -> None:
    error = fail(make_model("openai", url), ask_of("hi " * 9000))
    assert "exceeds the available context size" in str(error)
    assert "It is longer than the model reads. Fix:" in str(error)
    assert (error.retryable, error.fatal) == (False, False)


def test_what_is_cut_off_says_so(url: str) -> None:
    (answer,) = ask_all(make_model("openai", url), ask_of("hi", max_tokens=3, ignore_eos=True))
    assert said(answer)["finish"] == "length"


def test_the_engine_takes_structured_answers_from_it(url: str) -> None:
    model = make_model("openai", url)
    ref = ModelRef(name="clerk", version="1")
    questions = [
        Question(model=ref, messages=(Message(role="user", text=f"order {number}"),), parameters={"max_tokens": 400})
        for number in range(20)
    ]
    found: list[Said[Order]] = []
    summary = Engine(ports={"clerk": model}, limits=Limits(in_flight=8, learns=True, retries=8, backoff_s=0.01)).run(
        [ask_structured(question, shape_of(Order)) for question in questions], sink=found.append
    )
    assert summary.failed == 0
    assert all(isinstance(each.value, Order) for each in found)

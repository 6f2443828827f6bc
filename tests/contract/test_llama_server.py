"""llama.cpp's real server, with a model of random weights: the protocol end to end, its schemas, its errors."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.servers.llama import llama_server

from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError
from synthloop.core.model import ModelRef, ModelReply, ModelRequest
from synthloop.core.sample import Message
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.prompting.asking import Question, Said, ask_structured, read_answer
from synthloop.prompting.shapes import shape_of_schema

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"intent": {"enum": ["refund", "order"]}, "n": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["intent", "n"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with llama_server() as found:
        yield found


def model_at(address: str, **fields: Any) -> OpenAiModel:
    return OpenAiModel(name="noise", version="1", model="noise", url=address, **fields)


def ask_of(text: str, replica: int = 0, **parameters: Any) -> Ask:
    request = ModelRequest(messages=(Message(role="user", text=text),), parameters={"max_tokens": 24, **parameters})
    return Ask(to="noise", version="1", request=request, replica=replica)


def answer_all(model: OpenAiModel, *asks: Ask) -> list[Answer]:
    async def run() -> list[Answer]:
        try:
            return list(await asyncio.gather(*map(model.answer, asks)))
        finally:
            await model.close()

    return asyncio.run(run())


def reply_of(answer: Answer) -> ModelReply:
    reply, _ = read_answer(answer)
    assert reply is not None
    return reply


def test_several_answers_to_one_question_differ_and_are_counted(address: str) -> None:
    found = answer_all(model_at(address), *(ask_of("Say something.", replica, temperature=1.5) for replica in range(4)))
    assert len({reply_of(answer).text for answer in found}) > 1
    assert all(answer.usage.tokens_in > 0 and answer.usage.tokens_out == 24 for answer in found)
    assert {reply_of(answer).finish for answer in found} == {"length"}


def test_answers_keep_to_a_schema_even_if_the_model_is_noise(address: str) -> None:
    """The grammar holds whatever the weights say; where the server gives up on its own output, the question is asked again."""
    model = model_at(address, parameters={"max_tokens": 300})
    said: list[Said[Any]] = []
    flows = [
        ask_structured(
            Question(
                model=ModelRef(name=model.name, version=model.version),
                messages=(Message(role="user", text=f"Number {number}"),),
                replica=number,
            ),
            shape_of_schema(SCHEMA),
        )
        for number in range(6)
    ]
    Engine(ports={"noise": model}, limits=Limits(retries=8, backoff_s=0.01)).run(flows, sink=said.append)
    values = [each.value for each in said if each.value is not None]
    assert len(values) >= 4
    assert all(value["intent"] in ("refund", "order") and 0 <= value["n"] <= 9 for value in values)


def test_a_prompt_that_is_too_long_is_told_from_other_errors(address: str) -> None:
    with pytest.raises(ModelError, match="the prompt is longer than the model reads") as caught:
        answer_all(model_at(address), ask_of("hi " * 3000))
    assert not caught.value.retryable


def test_a_schema_that_the_server_can_not_read_is_said_in_the_next_way(address: str) -> None:
    model = model_at(address)
    broken: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "nonsense"}}, "required": ["a"]}
    request = ModelRequest(messages=(Message(role="user", text="hi"),), schema=broken, parameters={"max_tokens": 8})
    (found,) = answer_all(model, Ask(to="noise", version="1", request=request))
    assert model.way in ("tool", "prompt")
    assert reply_of(found).text or reply_of(found).finish == "length"


def test_another_address_of_the_same_server_is_no_chat_endpoint(address: str) -> None:
    model = OpenAiModel(name="noise", version="1", model="noise", url=f"{address}/nowhere")
    with pytest.raises(ModelError, match="Fix: check `model` and `url`") as caught:
        answer_all(model, ask_of("hi"))
    assert caught.value.fatal
    assert json.dumps(str(caught.value))

"""What every model has to do, shown on the fake and on each adapter against the real thing."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from aiohttp import web
from tests.servers.faults import FAULTS, FaultServer, serve
from tests.servers.llama import llama_server

from synthloop.adapters.models.anthropic import AnthropicModel
from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError
from synthloop.core.model import ModelRequest
from synthloop.core.ports import Model
from synthloop.core.sample import Message
from synthloop.testing import ScriptedModel
from synthloop.testing.model_contract import check_model

KINDS = ("scripted", "openai", "anthropic", "llama")


class Obedient(FaultServer):
    """Meets the fault that the last message names."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = await request.json()
        wish = str(body["messages"][-1]["content"])
        return (await FAULTS[wish](self, request, body) if wish in FAULTS else None) or await FaultServer.handle(self, request)


def ask_of(text: str) -> Ask:
    request = ModelRequest(messages=(Message(role="user", text=text),), parameters={"max_tokens": 16})
    return Ask(to="clerk", version="1", request=request)


def script(request: ModelRequest) -> str | ModelError:
    wish = request.messages[-1].text
    return ModelError("clerk: oops") if wish == "500" else wish


@contextmanager
def open_model(kind: str) -> Generator[Model]:
    if kind == "scripted":
        yield ScriptedModel(name="clerk", script=script)
        return
    if kind == "llama":
        pytest.importorskip("xllamacpp", reason="llama.cpp's server has no wheel for this system")
        with llama_server() as url:
            yield OpenAiModel(name="clerk", version="1", url=url)
        return
    with serve(Obedient()) as url:
        if kind == "anthropic":
            yield AnthropicModel(name="clerk", version="1", model="tiny", url=url, headers={})
        else:
            yield OpenAiModel(name="clerk", version="1", model="tiny", url=url)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_keeps_the_contract(kind: str) -> None:
    failing = ask_of("hi " * 5000) if kind == "llama" else ask_of("500")
    hanging = ask_of("hang") if kind in ("openai", "anthropic") else None
    with open_model(kind) as model:
        asyncio.run(check_model(model, answered=ask_of("go on"), failing=failing, hanging=hanging))


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_can_be_closed_and_used_again_in_another_event_loop(kind: str) -> None:
    async def body(model: Model) -> Answer:
        try:
            return await model.answer(ask_of("once"))
        finally:
            await model.close()

    with open_model(kind) as model:
        assert all(asyncio.run(body(model)).failure is None for _ in range(2))


@pytest.mark.parametrize("kind", KINDS)
def test_many_at_once_each_get_their_own_answer(kind: str) -> None:
    async def body(model: Model) -> list[Answer]:
        try:
            return await asyncio.gather(*(model.answer(ask_of(f'möve {number}\n"it" {{text}}')) for number in range(12)))
        finally:
            await model.close()

    with open_model(kind) as model:
        answers = asyncio.run(body(model))
    texts = [msgspec.convert(answer.value, dict[str, str])["text"] for answer in answers]
    assert len(set(texts)) == 12


class Vain(ScriptedModel):
    """Breaks the contract in one way."""

    broken: str = ""

    async def answer(self, ask: Ask) -> Answer:
        wish = ask.request.messages[-1].text
        if self.broken == "form" and wish == "go on":
            return Answer(value="bare text")
        if self.broken == "silent" and wish == "500":
            return Answer(value={"text": "all is well"})
        return await ScriptedModel.answer(self, ask)


@pytest.mark.parametrize(("broken", "rule"), [("form", "an answer is a ModelReply as JSON"), ("silent", "'500' raises ModelError")])
def test_the_contract_tells_who_breaks_it(broken: str, rule: str) -> None:
    vain = Vain(name="clerk", script=script)
    vain.broken = broken
    with pytest.raises(AssertionError, match=rule):
        asyncio.run(check_model(vain, answered=ask_of("go on"), failing=ask_of("500")))
    calm = ScriptedModel(name="clerk", script=script)
    with pytest.raises(AssertionError, match="'go on' hangs"):
        asyncio.run(check_model(calm, answered=ask_of("go on"), hanging=ask_of("go on")))

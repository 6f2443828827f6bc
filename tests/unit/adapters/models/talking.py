"""Models that talk to a real server on loopback."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from tests.servers.faults import FaultServer, serve

from synthloop.adapters.models.anthropic import AnthropicModel
from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError
from synthloop.core.json_value import JsonValue
from synthloop.core.model import ModelRequest
from synthloop.core.sample import Message

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AnyModel = OpenAiModel | AnthropicModel

KINDS = ("openai", "anthropic")
SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["text", "count"],
    "additionalProperties": False,
}


def ask_of(text: str, *, schema: dict[str, JsonValue] | None = None, replica: int = 0, **parameters: JsonValue) -> Ask:
    said = (Message(role="system", text="You are a clerk."), Message(role="user", text="hello"), Message(role="app", text="Yes?"))
    request = ModelRequest(messages=(*said, Message(role="user", text=text)), schema=schema, parameters=parameters)
    return Ask(to="clerk", version="1", request=request, replica=replica)


def make_model(kind: str, url: str, **settings: Any) -> AnyModel:
    given: dict[str, Any] = {"name": "clerk", "version": "1", "model": "small", "url": url, **settings}
    if kind == "anthropic":
        given = {"headers": dict[str, str](), **given}
        return AnthropicModel(**given)
    return OpenAiModel(**given)


def talk(handler: Handler, *asks: Ask, kind: str = "openai", path: str = "", **settings: Any) -> list[Answer]:
    """Ask a model behind a handler one thing after the other."""

    async def run() -> list[Answer]:
        server = web.Application()
        server.router.add_route("*", "/{tail:.*}", handler)
        runner = web.AppRunner(server, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        model = make_model(kind, f"http://127.0.0.1:{runner.addresses[0][1]}{path}", **settings)
        try:
            return [await model.answer(ask) for ask in asks]
        finally:
            await model.close()
            await runner.cleanup()

    return asyncio.run(run())


def meet(fault: str, *, kind: str = "openai", ask: Ask | None = None, **settings: Any) -> Answer:
    """Ask a model whose server has one fault; `none`: it has none."""

    async def run(url: str) -> Answer:
        model = make_model(kind, url, **settings)
        try:
            return await model.answer(ask or ask_of("how many?", schema=SCHEMA))
        finally:
            await model.close()

    with serve(FaultServer(shares={} if fault == "none" else {fault: 1.0}, key="the-right-key" if fault == "401" else "")) as url:
        return asyncio.run(run(url))


def fail(fault: str, **settings: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        meet(fault, **settings)
    assert str(caught.value).startswith("clerk: ")
    return caught.value


def fail_at(handler: Handler, ask: Ask | None = None, **settings: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        talk(handler, ask or ask_of("how many?"), **settings)
    return caught.value


def replying(status: int, body: str = "", kind: str = "application/json", **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(
            status=status, text=body, content_type=kind, headers={name.replace("_", "-"): said for name, said in headers.items()}
        )

    return handler


def completion(text: str = "three", **message: JsonValue) -> dict[str, Any]:
    whole = {"role": "assistant", "content": text, **message}
    return {"id": "1", "choices": [{"index": 0, "message": whole, "finish_reason": "stop"}]}

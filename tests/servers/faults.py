"""A server of chat completions and of Anthropic's messages that goes wrong on demand, and writes down what it was asked.

    python -m tests.servers.faults --port 8081 --log access.jsonl --latency 0.2 --share-429 0.01

What it answers depends on what it is asked alone: an object that fits the schema, with messages out of a small vocabulary. Every request
becomes one line of the log when it arrives, and another when its answer was sent whole: the log is the judge of what was paid twice.
"""

import argparse
import asyncio
import hashlib
import json
import random
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from aiohttp import web

_SAID = """
please move book cancel find show send share my our the that big small weekly sync review call deck notes plan budget room desk with for
from by before after ana tom priya omar friday monday tomorrow noon today again now asap quick new old first second last north south
"""
WORDS = tuple(_SAID.split())

Behave = Callable[["FaultServer", web.Request, dict[str, Any]], Awaitable[web.StreamResponse | None]]
"""Answers a request in its own way, or returns None to let it be answered well."""


@dataclass(slots=True, kw_only=True)
class FaultServer:
    """How the server behaves. Shares are of all requests, drawn by the hash of what was asked and how often that was."""

    latency_s: float = 0.0
    spread: float = 0.0
    """Latency varies by this share of itself, lognormally."""
    shares: dict[str, float] = field(default_factory=dict[str, float])
    """Fault -> share; see `FAULTS`."""
    burst_every: int = 0
    """Of so many requests in order of arrival, the last `burst_length` get 503; 0: none."""
    burst_length: int = 0
    most_at_once: int = 0
    """More at once get 429; 0: no limit."""
    respond: Callable[[dict[str, Any]], str | None] = lambda _body: None
    """Text that answers a request well; None: one that fits its schema, in words of chance."""
    call: Callable[[dict[str, Any]], list[tuple[str, Any]]] = lambda _body: []
    """Tools, as (name, arguments), that a request is answered with; none: it is answered with a text."""
    key: str = ""
    """Key that is wanted as a bearer token; empty: none."""
    log: Path | None = None
    now: int = 0
    most: int = 0
    asked: list[str] = field(default_factory=list[str])
    """Hash of every request that arrived, in order."""
    answered: list[str] = field(default_factory=list[str])
    """Hash of every request that was answered well."""
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    seen: dict[str, int] = field(default_factory=dict[str, int])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        raw = await request.read()
        body = json.loads(raw)
        name = hashlib.sha256(raw).hexdigest()[:16]
        self._note("asked", name, body)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            return await self._answer(request, body, name)
        finally:
            self.now -= 1

    async def _answer(self, request: web.Request, body: dict[str, Any], name: str) -> web.StreamResponse:
        sent = request.headers.get("Authorization", request.headers.get("x-api-key", ""))
        if self.key and sent.removeprefix("Bearer ") != self.key:
            said = {"message": f"Incorrect API key provided: {sent}", "code": "invalid_api_key"}
            return web.json_response({"error": said}, status=401)
        if self.burst_every and len(self.asked) % self.burst_every >= self.burst_every - self.burst_length:
            return web.json_response({"error": {"message": "overloaded"}}, status=503)
        if self.most_at_once and self.now > self.most_at_once:
            return web.json_response({"error": {"message": "too many at once"}}, status=429)
        attempt = self.seen[name] = self.seen.get(name, 0) + 1
        rng = random.Random(f"{name} {attempt}")
        await asyncio.sleep(self.latency_s * (rng.lognormvariate(0.0, self.spread) if self.spread else 1.0))
        fault = _draw(self.shares, rng)
        if fault and (response := await FAULTS[fault](self, request, body)) is not None:
            return response
        calls = self.call(body)
        said = say_calls(request, body, calls) if calls else say(request, complete(body, rng_of(body), self.respond(body)))
        response = web.json_response(said)
        self._note("answered", name, None)
        return response

    def _note(self, what: str, name: str, body: dict[str, Any] | None) -> None:
        (self.asked if what == "asked" else self.answered).append(name)
        if body is not None and len(self.bodies) < 10_000:
            self.bodies.append(body)
        if self.log is not None:
            with self.log.open("a") as file:
                file.write(f'{{"what": "{what}", "request": "{name}"}}\n')


def _draw(shares: dict[str, float], rng: random.Random) -> str:
    draw = rng.random()
    for fault, share in shares.items():
        draw -= share
        if draw < 0:
            return fault
    return ""


def rng_of(body: dict[str, Any]) -> random.Random:
    """Return the chance of a request: what is asked, and nothing else."""
    return random.Random(json.dumps(body.get("messages", ""), sort_keys=True))


def complete(body: dict[str, Any], rng: random.Random, text: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a completion; without a text, one that fits the schema that was asked for."""
    said = json.dumps(fill_schema(schema_of(body), rng)) if text is None else text
    tokens = sum(len(str(message["content"] or "")) // 4 for message in body["messages"])
    message: dict[str, Any] = {"role": "assistant", "content": said}
    if body.get("tools") and said.startswith("{"):
        message = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "answer", "arguments": said}}]}
    usage = {"prompt_tokens": tokens, "completion_tokens": len(said) // 4}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return {"id": "x", "object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage, **fields}


def say(request: web.Request, completion: dict[str, Any]) -> dict[str, Any]:
    """Return a completion in the protocol of the request."""
    if not request.path.endswith("/messages") or not completion["choices"]:
        return completion
    choice, usage = completion["choices"][0], completion["usage"]
    block: dict[str, Any] = {"type": "text", "text": choice["message"]["content"]}
    if choice["message"].get("tool_calls"):
        block = {"type": "tool_use", "name": "answer", "input": json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"])}
    reason = {"length": "max_tokens", "content_filter": "refusal"}.get(choice["finish_reason"], "end_turn")
    counts = {"input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens")}
    said = {"id": completion["id"], "type": "message", "model": completion["model"], "content": [block], "stop_reason": reason}
    return {**said, "usage": counts}


def say_calls(request: web.Request, body: dict[str, Any], calls: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an answer that wants tools called, in the protocol of the request; arguments that are text are sent as they are."""
    if request.path.endswith("/messages"):
        blocks = [{"type": "tool_use", "id": f"c{place}", "name": name, "input": given} for place, (name, given) in enumerate(calls)]
        counts = {"input_tokens": 1, "output_tokens": 1}
        return {"id": "x", "type": "message", "model": body["model"], "content": blocks, "stop_reason": "tool_use", "usage": counts}
    wished = [
        {
            "id": f"c{place}",
            "type": "function",
            "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
        }
        for place, (name, given) in enumerate(calls)
    ]
    choice = {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": wished}}
    counts = {"prompt_tokens": 1, "completion_tokens": 1}
    return {"id": "x", "object": "chat.completion", "model": body["model"], "choices": [choice], "usage": counts}


def schema_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema of a request, however it was said."""
    if "response_format" in body:
        return body["response_format"]["json_schema"]["schema"]
    if "output_config" in body:
        return body["output_config"]["format"]["schema"]
    if body.get("tools"):
        tool = body["tools"][0]
        return tool["function"]["parameters"] if "function" in tool else tool["input_schema"]
    said = str(body["messages"][-1]["content"]).partition("JSON Schema:\n")[2]
    return json.loads(said) if said else None


def fill_schema(schema: dict[str, Any] | None, rng: random.Random, root: dict[str, Any] | None = None) -> Any:
    """Return a value that fits a schema."""
    root = root or schema or {}
    schema = schema or {}
    if "$ref" in schema:
        return fill_schema(root["$defs"][schema["$ref"].rpartition("/")[2]], rng, root)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if schema.get("type") == "object":
        return {name: fill_schema(part, rng, root) for name, part in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [fill_schema(schema["items"], rng, root) for _ in range(5)]
    if schema.get("type") in ("integer", "number"):
        return rng.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 9)))
    return " ".join(rng.choices(WORDS, k=rng.randint(4, 12)))


def _refuse(status: int, message: str, **headers: str) -> Behave:
    async def behave(_server: FaultServer, _request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        return web.json_response({"error": {"message": message}}, status=status, headers=headers)

    return behave


def _say(text: Callable[[str], str], finish: str = "stop", **fields: Any) -> Behave:
    async def behave(_server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        good = json.dumps(fill_schema(schema_of(body), rng_of(body)))
        completion = complete(body, rng_of(body), text(good), **fields)
        for choice in completion["choices"]:
            choice["finish_reason"] = finish
        return web.json_response(say(request, completion))

    return behave


async def _hang(_server: FaultServer, _request: web.Request, _body: dict[str, Any]) -> web.StreamResponse | None:
    await asyncio.sleep(3600)
    return None


async def _reset(_server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Break off in the middle of the body."""
    said = json.dumps(say(request, complete(body, rng_of(body)))).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(said))})
    await response.prepare(request)
    await response.write(said[: len(said) // 2])
    assert request.transport is not None
    request.transport.abort()
    return response


async def _drip(_server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Answer well, a few bytes at a time."""
    said = json.dumps(say(request, complete(body, rng_of(body)))).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(said))})
    await response.prepare(request)
    for at in range(0, len(said), 64):
        await response.write(said[at : at + 64])
        await asyncio.sleep(0.005)
    return response


async def _page(_server: FaultServer, _request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
    return web.Response(text="<html><body>It works!</body></html>", content_type="text/html")


async def _refuse_schema(_server: FaultServer, _request: web.Request, body: dict[str, Any]) -> web.StreamResponse | None:
    found = [name for name in ("response_format", "output_config", "tools") if name in body]
    said = {"error": {"message": f"{', '.join(found)} json_schema is not supported by this model"}}
    return web.json_response(said, status=400) if found else None


async def _half(_server: FaultServer, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """A body that ends in the middle, though its length says that it is whole."""
    said = json.dumps(say(request, complete(body, rng_of(body))))
    return web.Response(text=said[: len(said) // 2], content_type="application/json")


FAULTS: dict[str, Behave] = {
    "429": _refuse(429, "slow down"),
    "429-after": _refuse(429, "slow down", **{"Retry-After": "0.05"}),
    "no-credit": _refuse(429, "You exceeded your current quota, insufficient_quota"),
    "402": _refuse(402, "payment required"),
    "500": _refuse(500, "oops"),
    "503": _refuse(503, "overloaded"),
    "too-long": _refuse(400, "This model's maximum context length is 2048 tokens, context_length_exceeded"),
    "no-model": _refuse(404, "The model `x` does not exist"),
    "529": _refuse(529, "Overloaded"),
    "no-schema": _refuse_schema,
    "hang": _hang,
    "reset": _reset,
    "drip": _drip,
    "page": _page,
    "cut": _say(lambda good: good[: len(good) // 2], "length"),
    "filtered": _say(lambda _good: "", "content_filter"),
    "empty": _say(lambda _good: ""),
    "no-choice": _say(lambda good: good, choices=[]),
    "no-usage": _say(lambda good: good, usage={}),
    "half-body": _half,
    "fenced": _say(lambda good: f"Sure!\n```json\n{good}\n```\nAnything else?"),
    "truncated": _say(lambda good: good[: len(good) // 2]),
    "gibberish": _say(lambda _good: "ok " * 60),
    "refusal": _say(lambda _good: "I'm sorry, but I can't help with that."),
    "wrong-usage": _say(lambda good: good, usage={"prompt_tokens": -5, "completion_tokens": "many"}),
    "same-id": _say(lambda good: good, id="the-same-for-all"),
}
"""Fault -> how it is done."""


def make_app(server: FaultServer) -> web.Application:
    """Return the web application of a server."""
    app = web.Application(client_max_size=64 * 1024**2)
    for path in ("/v1/chat/completions", "/v1/messages"):
        app.router.add_post(path, server.handle)
    app.router.add_get("/v1/models", _list_models)
    return app


async def _list_models(_: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [{"id": "tiny", "object": "model"}]})


@contextmanager
def serve(server: FaultServer, *, port: int = 0) -> Generator[str]:
    """Serve in a thread of its own and yield the base address, without `/v1`."""
    ready = Event()
    started: list[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        runner = web.AppRunner(make_app(server), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        over = asyncio.Event()
        started.append((f"http://127.0.0.1:{runner.addresses[0][1]}", asyncio.get_running_loop(), over))
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    ready.wait(10)
    address, loop, over = started[0]
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Serve chat completions that go wrong.")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--most-at-once", type=int, default=0)
    for fault in FAULTS:
        parser.add_argument(f"--share-{fault}", type=float, default=0.0)
    given = vars(parser.parse_args())
    shares = {fault: given[f"share_{fault.replace('-', '_')}"] for fault in FAULTS}
    server = FaultServer(latency_s=given["latency"], log=given["log"], most_at_once=given["most_at_once"], shares=shares)
    web.run_app(make_app(server), host="127.0.0.1", port=given["port"], print=None, access_log=None)


if __name__ == "__main__":
    main()

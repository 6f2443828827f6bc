"""What every app has to do, shown on the fake and on each adapter against the real thing."""

import asyncio
import sys
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from synthloop.adapters.apps.command import CommandApp
from synthloop.adapters.apps.http import HttpApp
from synthloop.adapters.apps.isolated import IsolatedApp
from synthloop.adapters.apps.python import CallableApp
from synthloop.core.ask import Answer, AppRequest, Ask
from synthloop.core.errors import AppError
from synthloop.core.ports import App
from synthloop.core.sample import Message
from synthloop.testing import ScriptedApp
from synthloop.testing.app_contract import check_app

KINDS = ("scripted", "sync", "async", "isolated", "http", "command")

SOURCE = """
import asyncio, time

def route(text):
    if text == "raise":
        raise KeyError("no route")
    if text == "hang":
        time.sleep(60)
    if text == "invalid":
        return {1, 2}
    return text.upper()

async def route_async(text):
    if text == "hang":
        await asyncio.sleep(60)
    return route(text)
"""

COMMAND = """
import sys, time
text = sys.stdin.buffer.read().decode()
if text == "raise":
    sys.exit("no route")
if text == "hang":
    time.sleep(60)
sys.stdout.buffer.write(b"\\xff" if text == "invalid" else text.upper().encode() + b"\\n")
"""


@dataclass(frozen=True)
class Bench:
    app: App
    stop: Callable[[], Awaitable[None]]


def ask_of(text: str) -> Ask:
    return Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text=text),)))


async def nothing() -> None:
    return None


async def answer_http(request: web.Request) -> web.Response:
    text = str((await request.json())["text"])
    if text == "raise":
        return web.Response(status=500, text="no route")
    if text == "hang":
        await asyncio.sleep(60)
    return web.Response(text="{oops" if text == "invalid" else f'{{"answer": "{text.upper()}"}}')


async def serve() -> tuple[str, web.AppRunner]:
    server = web.Application()
    server.router.add_post("/", answer_http)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}/", runner


def script(ask: Ask) -> str:
    text = ask.request.messages[-1].text
    if text in ("raise", "invalid"):
        raise AppError(f"router: {text}", reason="error" if text == "raise" else "invalid_answer")
    return text.upper()


async def open_bench(kind: str, folder: Path) -> Bench:
    (folder / "contract_router.py").write_text(textwrap.dedent(SOURCE))
    (folder / "router_command.py").write_text(textwrap.dedent(COMMAND))
    functions: dict[str, Callable[..., object]] = {}
    exec(compile(SOURCE, str(folder / "contract_router.py"), "exec"), functions)
    if kind == "http":
        url, runner = await serve()
        return Bench(HttpApp(name="router", version="1", url=url, path="answer"), runner.cleanup)
    apps: dict[str, Callable[[], App]] = {
        "scripted": lambda: ScriptedApp(name="router", script=script),
        "sync": lambda: CallableApp(name="router", version="1", function=functions["route"]),
        "async": lambda: CallableApp(name="router", version="1", function=functions["route_async"]),
        "isolated": lambda: IsolatedApp(name="router", version="1", location="contract_router:route", folder=folder),
        "command": lambda: CommandApp(name="router", version="1", command=[sys.executable, str(folder / "router_command.py")]),
    }
    return Bench(apps[kind](), nothing)


def check(kind: str, folder: Path, body: Callable[[App], Awaitable[None]]) -> None:
    async def main() -> None:
        bench = await open_bench(kind, folder)
        try:
            await body(bench.app)
        finally:
            await bench.app.close()
            await bench.stop()

    asyncio.run(main())


async def failing(app: App, text: str) -> AppError:
    with pytest.raises(AppError) as caught:
        await app.answer(ask_of(text))
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_an_app_answers_many_at_once_each_with_its_own_answer(kind: str, tmp_path: Path) -> None:
    async def body(app: App) -> None:
        texts = [f'möve {number}\n"it" {{text}}' if kind != "http" else f"möve {number}" for number in range(6)]
        answers: list[Answer] = await asyncio.gather(*(app.answer(ask_of(text)) for text in texts))
        assert [answer.value for answer in answers] == [text.upper() for text in texts]
        assert all(answer.failure is None and answer.usage.latency_s >= 0 for answer in answers)

    check(kind, tmp_path, body)


@pytest.mark.parametrize("kind", KINDS)
def test_an_app_keeps_the_contract(kind: str, tmp_path: Path) -> None:
    async def body(app: App) -> None:
        hanging = None if kind == "scripted" else ask_of("hang")
        await check_app(app, answered=ask_of("go on"), failing=ask_of("raise"), hanging=hanging)

    check(kind, tmp_path, body)


def test_the_contract_tells_who_breaks_it() -> None:
    silent = ScriptedApp(name="silent", script={"go on": None, "raise": "no"})
    with pytest.raises(AssertionError, match="'go on' is answered"):
        asyncio.run(check_app(silent, answered=ask_of("go on")))
    brave = ScriptedApp(name="brave", script={"go on": "ok", "raise": "no"})
    with pytest.raises(AssertionError, match="'raise' raises AppError"):
        asyncio.run(check_app(brave, answered=ask_of("go on"), failing=ask_of("raise")))
    with pytest.raises(AssertionError, match="'go on' hangs"):
        asyncio.run(check_app(brave, answered=ask_of("go on"), hanging=ask_of("go on")))


@pytest.mark.parametrize("kind", KINDS)
def test_an_unusable_answer_is_told_apart_from_an_error(kind: str, tmp_path: Path) -> None:
    async def body(app: App) -> None:
        assert (await failing(app, "raise")).reason == "error"
        assert (await failing(app, "invalid")).reason == "invalid_answer"

    check(kind, tmp_path, body)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "http"])  # the server lives in the first event loop
def test_an_app_can_be_closed_twice_and_used_again_in_another_event_loop(kind: str, tmp_path: Path) -> None:
    async def body(app: App) -> None:
        assert (await app.answer(ask_of("once"))).value == "ONCE"
        await app.close()
        await app.close()

    bench = asyncio.run(open_bench(kind, tmp_path))
    asyncio.run(body(bench.app))
    asyncio.run(body(bench.app))

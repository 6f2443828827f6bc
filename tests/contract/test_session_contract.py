"""What every app that keeps conversations has to do, shown on the fake and on each adapter against the real thing."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from synthloop.adapters.apps.http import EndCall, HttpApp
from synthloop.adapters.apps.objects import ObjectApp
from synthloop.adapters.apps.session_command import SessionCommandApp
from synthloop.core.ask import TurnRequest
from synthloop.core.errors import AppError
from synthloop.core.ports import SessionApp
from synthloop.testing import ScriptedChat
from synthloop.testing.session_contract import check_sessions

COMMAND = """
import sys
count = 0
for line in sys.stdin:
    if line.strip() == "raise":
        sys.exit("no route")
    count += 1
    print(count, line.strip(), flush=True)
"""


class Bot:
    def __init__(self) -> None:
        self.count = 0

    def reply(self, text: str) -> str:
        if text == "raise":
            raise KeyError("no route")
        self.count += 1
        return f"{self.count} {text}"


def script(request: TurnRequest) -> str:
    if request.messages[-1].text == "raise":
        raise AppError("chat: no route")
    return f"{request.turn + 1} {request.messages[-1].text}"


@asynccontextmanager
async def serving() -> AsyncGenerator[tuple[str, dict[str, Bot]]]:
    """Serve a bot for each conversation, and yield the address and the bots that are held."""
    bots: dict[str, Bot] = {}

    async def talk(request: web.Request) -> web.Response:
        sent = await request.json()
        bot = bots.setdefault(sent["session"], Bot())
        if sent["text"] == "raise":
            return web.Response(status=500, text="no route")
        return web.json_response({"text": bot.reply(sent["text"])})

    async def end(request: web.Request) -> web.Response:
        del bots[request.match_info["session"]]
        return web.Response(status=204)

    server = web.Application()
    server.router.add_post("/", talk)
    server.router.add_delete("/{session}", end)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/", bots
    finally:
        await runner.cleanup()


async def check(app: SessionApp) -> None:
    await check_sessions(app, one=["tea", "small", "yes"], other=["milk", "large", "no"], failing="raise")


@pytest.mark.parametrize("kind", ["scripted", "object", "command"])
def test_an_app_that_keeps_conversations_keeps_the_contract(kind: str) -> None:
    apps: dict[str, Callable[[], SessionApp]] = {
        "scripted": lambda: ScriptedChat(name="chat", script=script),
        "object": lambda: ObjectApp(name="chat", version="1", make=Bot),
        "command": lambda: SessionCommandApp(name="chat", version="1", command=[sys.executable, "-c", COMMAND]),
    }
    asyncio.run(check(apps[kind]()))


def test_an_endpoint_that_is_told_its_conversation_keeps_the_contract_and_is_left_empty() -> None:
    async def main() -> dict[str, Bot]:
        async with serving() as (url, bots):
            end = EndCall(url=url + "{session}")
            await check(HttpApp(name="chat", version="1", url=url, body={"session": "{session}", "text": "{text}"}, path="text", end=end))
            return dict(bots)

    assert asyncio.run(main()) == {}


class Shared:
    count = 0

    def reply(self, text: str) -> str:
        Shared.count += 1
        return f"{Shared.count} {text}"


class Reluctant(ScriptedChat):
    async def end_session(self, session: str) -> None:
        self.ended.append(session)


@pytest.mark.parametrize(
    ("app", "rule"),
    [
        (lambda: ObjectApp(name="chat", version="1", make=Shared), "conversations don't mix"),
        (lambda: ScriptedChat(script=["same"]), "answered differently"),
        (lambda: ScriptedChat(script=script, keeps_sessions=False), "it keeps sessions"),
        (lambda: Reluctant(name="chat", script=script), "a conversation that has ended is not taken up"),
        (lambda: ScriptedChat(script=lambda request: request.messages[-1].text), "'raise' raises AppError"),
    ],
)
def test_the_contract_tells_who_breaks_it(app: Callable[[], Any], rule: str) -> None:
    with pytest.raises(AssertionError, match=rule):
        asyncio.run(check(app()))

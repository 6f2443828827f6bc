"""Models as apps: tools of each conversation, on a real server of chat completions and of messages."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.servers.faults import FaultServer, serve
from tests.unit.adapters.models.talking import KINDS, make_model

from synthloop.adapters.apps.chat import ChatApp
from synthloop.adapters.apps.tools import Toolbox
from synthloop.core.ask import Answer, AppRequest, Ask, TurnRequest
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Message
from synthloop.testing.session_contract import check_sessions

NOTHING: dict[str, Any] = {}


class Cart:
    def __init__(self, start: JsonValue) -> None:
        self.state: dict[str, Any] = {"start": start, "items": []}

    def add(self, item: str, count: int = 1) -> int:
        """Put something into the cart."""
        self.state["items"].append([item, count])
        return len(self.state["items"])

    async def check_out(self) -> None:
        """Pay."""
        raise RuntimeError("the card was refused")


def texts_of(body: dict[str, Any]) -> list[str]:
    """Return what was said and what came of calls, whichever the protocol."""
    found: list[str] = []
    for message in body["messages"]:
        content = message["content"]
        found += [content] if isinstance(content, str) else [block["content"] for block in content or () if "content" in block]
    return found


def talk(kind: str, server: FaultServer, *texts: str, **settings: Any) -> list[Answer]:
    async def main(url: str) -> list[Answer]:
        given: dict[str, Any] = {"make_tools": Cart, **settings}
        app = ChatApp(name="shop", version="1", model=make_model(kind, url), system="You sell.", **given)
        said = [Message(role="user", text=text) for text in texts]
        try:
            requests = [TurnRequest(messages=tuple(said[: turn + 1]), session="s", turn=turn, state="open") for turn in range(len(said))]
            return [await app.answer(Ask(to="shop", version="1", request=request)) for request in requests]
        finally:
            await app.close()

    with serve(server) as url:
        return asyncio.run(main(url))


def calling(*calls: tuple[str, Any]) -> Callable[[dict[str, Any]], list[tuple[str, Any]]]:
    """Want tools called once, after the first message."""
    return lambda body: [] if len(texts_of(body)) > 2 else list(calls)


@pytest.mark.parametrize("kind", KINDS)
def test_tools_are_called_until_the_model_answers_and_what_was_called_is_told_with_every_later_message(kind: str) -> None:
    server = FaultServer(call=calling(("add", {"item": "tea"}), ("add", {"item": "milk", "count": 2})), respond=lambda _: "Added.")
    first, second = talk(kind, server, "tea and milk", "thanks")
    assert first.value == {
        "messages": ["Added."],
        "tool_calls": [
            {"name": "add", "arguments": {"item": "tea"}, "result": 1},
            {"name": "add", "arguments": {"item": "milk", "count": 2}, "result": 2},
        ],
        "state": {"start": "open", "items": [["tea", 1], ["milk", 2]]},
    }
    assert isinstance(second.value, dict)
    assert "tool_calls" not in second.value
    told = ["You sell.", "tea and milk", "1", "2", "thanks"]
    assert texts_of(server.bodies[-1]) == (told if kind == "openai" else told[1:])
    assert first.usage.tokens_in > 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("sell", {"item": "tea"}), "there is no tool 'sell', only add, check_out"),
        (("add", {"count": "many"}), "item: Missing required argument; count: Input should be a valid integer"),
        (("check_out", NOTHING), "RuntimeError: the card was refused"),
    ],
)
def test_what_is_wrong_with_a_call_is_told_to_the_model(kind: str, call: tuple[str, Any], told: str) -> None:
    server = FaultServer(call=calling(call), respond=lambda _: "Sorry.")
    (answer,) = talk(kind, server, "tea")
    assert told in texts_of(server.bodies[-1])[-1]
    assert isinstance(answer.value, dict)
    assert answer.value["messages"] == ["Sorry."]
    assert told in json.dumps(answer.value["tool_calls"])


def test_arguments_that_can_not_be_read_are_told_too() -> None:
    server = FaultServer(call=calling(("add", '{"item": ')), respond=lambda _: "Sorry.")
    (answer,) = talk("openai", server, "tea")
    assert "the arguments can't be read" in texts_of(server.bodies[-1])[-1]
    assert isinstance(answer.value, dict)
    assert answer.value["tool_calls"] != []


def test_a_model_that_only_has_tools_called_fails_the_turn() -> None:
    with pytest.raises(AppError, match="shop: had tools called 3 times in one turn and did not answer"):
        talk("openai", FaultServer(call=lambda _: [("add", {"item": "tea"})]), "tea", most_calls=2)


def test_a_failure_that_passes_is_tried_again_and_another_is_the_apps() -> None:
    server = FaultServer(respond=lambda _: "Hello.", burst_every=2, burst_length=1)
    answers = talk("openai", server, "tea", "milk")
    assert [answer.value for answer in answers] == [{"messages": ["Hello."], "state": {"start": "open", "items": []}}] * 2
    with pytest.raises(AppError, match="shop: clerk: "):
        talk("openai", FaultServer(shares={"no-model": 1.0}), "tea")


def test_without_tools_the_messages_tell_all_and_nothing_is_kept() -> None:
    async def main(url: str) -> tuple[bool, JsonValue]:
        app = ChatApp(name="shop", version="1", model=make_model("openai", url))
        ask = Ask(to="shop", version="1", request=AppRequest(messages=(Message(role="user", text="tea"),)))
        try:
            return app.keeps_sessions, (await app.answer(ask)).value
        finally:
            await app.close()

    server = FaultServer(respond=lambda _: "Hello.")
    with serve(server) as url:
        assert asyncio.run(main(url)) == (False, "Hello.")
    assert "tools" not in server.bodies[0]


def test_a_model_with_tools_keeps_the_contract_of_conversations() -> None:
    def call(body: dict[str, Any]) -> list[tuple[str, Any]]:
        last = body["messages"][-1]
        return [("add", {"item": last["content"]})] if last["role"] == "user" else []

    with serve(FaultServer(call=call, respond=lambda _: "Added.")) as url:
        app = ChatApp(name="shop", version="1", model=make_model("openai", url), make_tools=Cart)
        asyncio.run(check_sessions(app, one=["tea", "cake"], other=["milk", "bread"]))


def test_tools_that_can_not_be_offered_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="two tools are called 'tool'"):
        Toolbox([_tool(), _tool()], "shop")
    with pytest.raises(UsageError, match="the tool take can't be offered to a model"):
        Toolbox([take], "shop")


def take(what: Callable[[], None]) -> None: ...


def _tool() -> Callable[[], None]:
    def tool() -> None: ...

    return tool

"""Functions and classes that converse: what they are given, and what may come of it."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from synthloop.adapters.apps.objects import ObjectApp
from synthloop.adapters.apps.python import CallableApp
from synthloop.adapters.apps.turns import read_turn
from synthloop.core.ask import Answer, AppRequest, Ask, TurnRequest
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.reply import Reply
from synthloop.core.sample import Message


def turn(text: str, session: str = "", number: int = 0, state: JsonValue = None) -> Ask:
    messages = (Message(role="user", text=text),) if text else ()
    return Ask(to="app", version="1", request=TurnRequest(messages=messages, session=session, turn=number, state=state))


def answers(app: CallableApp | ObjectApp, *asks: Ask) -> list[JsonValue]:
    async def ask_all() -> list[Answer]:
        try:
            return [await app.answer(ask) for ask in asks]
        finally:
            await app.close()

    return [answer.value for answer in asyncio.run(ask_all())]


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("hi", {"messages": ["hi"]}),
        (["a", "b"], {"messages": ["a", "b"]}),
        (None, {"messages": []}),
        ("", {"messages": [""]}),
        (7, {"messages": ["7"]}),
        ({"route": "x"}, {"messages": ['{"route":"x"}']}),
        ({"messages": "hi", "done": True, "state": {"n": 1}}, {"messages": ["hi"], "done": True, "state": {"n": 1}}),
        ({"messages": ["hi"], "other": 1}, {"messages": ['{"messages":["hi"],"other":1}']}),
        (
            Reply(output="hi", tool_calls=[{"name": "f", "arguments": {"a": 1}}]),
            {"messages": ["hi"], "tool_calls": [{"name": "f", "arguments": {"a": 1}}]},
        ),
    ],
)
def test_a_turn_may_be_said_in_many_forms(said: object, reply: JsonValue) -> None:
    assert read_turn(said, "app", latency_s=0.0).value == reply


@pytest.mark.parametrize(
    "said",
    [
        Reply(output="hi", quick_replies=cast("Any", [1])),
        Reply(output="hi", tool_calls=["f"]),
        {"messages": "hi", "done": "yes"},
        Reply(output="hi", state=object()),
    ],
)
def test_what_is_no_reply_is_refused_with_what_is_wrong(said: object) -> None:
    with pytest.raises(AppError, match=r"app: answered"):
        read_turn(said, "app", latency_s=0.0)


def test_a_function_is_given_back_the_state_that_it_returned() -> None:
    def chat(text: str, state: Any) -> Reply:
        count = (state or {"n": 0})["n"] + 1
        return Reply(output=f"{count}: {text}", state={"n": count})

    app = CallableApp(name="app", version="1", function=chat)
    assert answers(app, turn("a"), turn("b", state={"n": 4})) == [
        {"messages": ["1: a"], "state": {"n": 1}},
        {"messages": ["5: b"], "state": {"n": 5}},
    ]


def test_a_function_of_messages_sees_the_whole_conversation_and_may_begin_it() -> None:
    def count(messages: list[Any]) -> str:
        return str(len(messages))

    app = CallableApp(name="app", version="1", function=count)
    assert answers(app, turn("a"), turn("")) == [{"messages": ["1"]}, {"messages": ["0"]}]


class Shop:
    made: list["Shop"] = []

    def __init__(self, currency: str = "EUR", state: Any = None) -> None:
        self.said: list[str] = []
        self.currency, self.state, self.closed = currency, state, False
        Shop.made.append(self)

    def greet(self) -> str:
        return f"Hello. Prices are in {self.currency}."

    def reply(self, text: str) -> Reply:
        if text == "boom":
            raise ValueError("unlucky")
        self.said.append(text)
        return Reply(output=", ".join(self.said), state=self.state, done=text == "bye")

    def close(self) -> None:
        self.closed = True


class AsyncShop:
    async def reply(self, messages: list[Any]) -> str:
        await asyncio.sleep(0)
        return str(len(messages))


@pytest.fixture(autouse=True)
def _forget() -> None:
    Shop.made.clear()


def test_each_conversation_has_an_object_of_its_own() -> None:
    app = ObjectApp(name="app", version="1", make=Shop, variables={"currency": "NOK"})
    said = answers(app, turn("", "s"), turn("a", "t", state={"vip": True}), turn("b", "s", 1), turn("c", "t", 1))
    assert said == [
        {"messages": ["Hello. Prices are in NOK."]},
        {"messages": ["a"], "state": {"vip": True}},
        {"messages": ["b"]},
        {"messages": ["a, c"], "state": {"vip": True}},
    ]
    assert [shop.closed for shop in Shop.made] == [True, True]


def test_methods_may_be_async_and_take_messages() -> None:
    assert answers(ObjectApp(name="app", version="1", make=AsyncShop), turn("a", "s")) == [{"messages": ["1"]}]


def test_a_single_question_is_a_conversation_of_its_own() -> None:
    ask = Ask(to="app", version="1", request=AppRequest(messages=(Message(role="user", text="a"),)))
    assert answers(ObjectApp(name="app", version="1", make=Shop), ask, ask) == [{"messages": ["a"]}] * 2


@pytest.mark.parametrize(
    ("ask", "message", "reason"),
    [
        (turn("a", "unknown", 3), "knows nothing of this conversation", "session_lost"),
        (turn("boom", "s"), r"raised ValueError: unlucky \(.*test_conversing_apps.py:\d+\)", "error"),
    ],
)
def test_what_goes_wrong_is_said(ask: Ask, message: str, reason: str) -> None:
    with pytest.raises(AppError, match=message) as raised:
        answers(ObjectApp(name="app", version="1", make=Shop), ask)
    assert raised.value.reason == reason


def test_an_app_that_is_to_begin_needs_a_greeting() -> None:
    with pytest.raises(AppError, match="has no `greet`"):
        answers(ObjectApp(name="app", version="1", make=AsyncShop), turn("", "s"))


class Mute:
    pass


def takes_much(name: str) -> Shop:
    return Shop(name)


@pytest.mark.parametrize(("make", "message"), [(Mute, "has no method `reply`"), (takes_much, "can't be made with the variables")])
def test_a_class_that_can_not_converse_is_refused_when_it_is_named(make: Callable[..., object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ObjectApp(name="app", version="1", make=make)

"""What an answer cost, as far as the app says."""

import asyncio
from pathlib import Path

import pytest

import synthloop as sl
from synthloop.adapters.apps.command import CommandApp
from synthloop.adapters.apps.isolated import IsolatedApp
from synthloop.adapters.apps.python import CallableApp
from synthloop.adapters.apps.usage import UsagePaths, read_reply, read_usage
from synthloop.core.ask import Answer, AppRequest, Ask
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue
from synthloop.core.ports import App
from synthloop.core.sample import Message
from synthloop.core.usage import Usage

ASK = Ask(to="router", version="1", request=AppRequest(messages=(Message(role="user", text="book it"),)))
PATHS = UsagePaths(tokens_in="usage.prompt_tokens", tokens_out="usage.completion_tokens", cost_usd="usage.cost")


def answer(app: App) -> Answer:
    async def main() -> Answer:
        try:
            return await app.answer(ASK)
        finally:
            await app.close()

    return asyncio.run(main())


def said_by(usage: Usage) -> tuple[int, int, float | None]:
    return usage.tokens_in, usage.tokens_out, usage.cost_usd


def route(text: str) -> sl.Reply:
    return sl.Reply(output=text.split(), cost_usd=0.25, tokens_in=9, tokens_out=1)


async def route_async(text: str) -> sl.Reply:
    return sl.Reply(output=text, tokens_in=9)


def test_a_function_says_what_its_answer_cost() -> None:
    got = answer(CallableApp(name="router", version="1", function=route))
    assert got.value == ["book", "it"]
    assert said_by(got.usage) == (9, 1, 0.25)


def test_what_a_reply_leaves_out_is_unknown() -> None:
    got = answer(CallableApp(name="router", version="1", function=route_async))
    assert got.value == "book it"
    assert said_by(got.usage) == (9, 0, None)
    assert got.usage.latency_s > 0


def test_a_bare_answer_says_nothing() -> None:
    assert said_by(read_reply("x", "router", latency_s=1.0).usage) == (0, 0, None)


def test_an_isolated_function_says_it_too(tmp_path: Path) -> None:
    (tmp_path / "costly_router.py").write_text(
        "import synthloop as sl\ndef route(text):\n    return sl.Reply(output=text, cost_usd=0.5, tokens_in=7)\n"
        "def refuse(text):\n    return sl.Reply(output=text, cost_usd='much')\n"
    )
    got = answer(IsolatedApp(name="router", version="1", location="costly_router:route", folder=tmp_path))
    assert (got.value, said_by(got.usage)) == ("book it", (7, 0, 0.5))
    assert got.usage.latency_s > 0
    with pytest.raises(AppError, match="cost_usd='much'"):
        answer(IsolatedApp(name="router", version="1", location="costly_router:refuse", folder=tmp_path))


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (sl.Reply(output="x", cost_usd=-1.0), "cost_usd=-1.0. Fix: give a number of 0 or more"),
        (sl.Reply(output="x", cost_usd=float("nan")), "cost_usd=nan"),
        (sl.Reply(output="x", cost_usd=True), "cost_usd=True"),
        (sl.Reply(output="x", tokens_in=-3), "tokens_in=-3. Fix: give a whole number of 0 or more, or None where it is unknown."),
        (sl.Reply(output="x", tokens_out=10**30), "tokens_out=1000"),
        (sl.Reply(output=None), "answered None"),
    ],
)
def test_a_reply_that_can_not_be_is_refused(reply: sl.Reply, says: str) -> None:
    with pytest.raises(AppError, match=r"^router: ") as caught:
        read_reply(reply, "router", latency_s=0.1)
    assert says in str(caught.value)
    assert caught.value.reason == "invalid_answer"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"usage": {"prompt_tokens": 12, "completion_tokens": 3.0, "cost": 0.002}}, (12, 3, 0.002)),
        ({"usage": {"prompt_tokens": 12, "cost": None}}, (12, 0, None)),
        ({"usage": {"prompt_tokens": "12", "completion_tokens": -1, "cost": "0.002"}}, (0, 0, None)),
        ({"usage": {"prompt_tokens": 1.5, "completion_tokens": True, "cost": 1e300}}, (0, 0, None)),
        ({"usage": []}, (0, 0, None)),
        ("text", (0, 0, None)),
    ],
)
def test_json_is_read_and_never_guessed(sent: JsonValue, read: tuple[int, int, float | None]) -> None:
    assert said_by(read_usage(sent, PATHS, latency_s=1.0)) == read


def test_a_command_says_what_its_answer_cost() -> None:
    written = '{"route": "schedule", "usage": {"prompt_tokens": 12, "completion_tokens": 3, "cost": 0.002}}'
    got = answer(CommandApp(name="router", version="1", command=["echo", written], json=True, path="route", usage=PATHS))
    assert got.value == "schedule"
    assert said_by(got.usage) == (12, 3, 0.002)
    assert got.usage.latency_s > 0

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from synthloop.adapters.apps.python import CallableApp
from synthloop.core.ask import Answer, AppRequest, Ask
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Message


def ask_of(*texts: str) -> Ask:
    return Ask(to="router", version="1", request=AppRequest(messages=tuple(Message(role="user", text=text) for text in texts)))


def app_of(function: Callable[..., object], **variables: JsonValue) -> CallableApp:
    return CallableApp(name="router", version="1", function=function, variables=variables)


def answer(app: CallableApp, *texts: str) -> JsonValue:
    async def main() -> Answer:
        try:
            return await app.answer(ask_of(*texts))
        finally:
            await app.close()

    return asyncio.run(main()).value


def echo(text: str) -> str:
    return text


def returning(value: object) -> Callable[[str], object]:
    def route(text: str) -> object:
        return value

    return route


def failing(function: Callable[..., object], text: str = "hello") -> AppError:
    with pytest.raises(AppError) as caught:
        answer(app_of(function), text)
    return caught.value


def test_it_gets_the_last_text() -> None:
    assert answer(app_of(echo), "first", "last") == "last"


def test_it_gets_the_conversation_where_it_asks_for_messages() -> None:
    def chat(messages: list[dict[str, str]]) -> list[str]:
        return [f"{message['role']}: {message['content']}" for message in messages]

    assert answer(app_of(chat), "first", "last") == ["user: first", "user: last"]


def test_it_gets_the_variables_of_its_variant() -> None:
    def one_each(text: str, model: str, top_k: int = 1) -> str:
        return f"{text} {model} {top_k}"

    def together(text: str, variables: dict[str, JsonValue]) -> JsonValue:
        return [text, variables]

    async def awaited(text: str, *, model: str) -> str:
        return text + model

    assert answer(app_of(one_each, model="small", top_k=3), "a") == "a small 3"
    assert answer(app_of(together, model="small"), "a") == ["a", {"model": "small"}]
    assert answer(app_of(awaited, model="small"), "a") == "asmall"


def test_an_object_with_an_async_call_is_awaited() -> None:
    class Router:
        async def __call__(self, text: str) -> str:
            return text.upper()

    assert answer(app_of(Router()), "a") == "A"


def test_a_function_that_cannot_take_the_variables_is_refused_at_once() -> None:
    def route(text: str) -> str:
        return text

    with pytest.raises(UsageError, match=r"app 'router': route\(text: str\) -> str can't be called with .* \['model'\]"):
        app_of(route, model="small")
    with pytest.raises(UsageError, match="Fix: give it one parameter for the text"):
        app_of(lambda: "nothing")


def test_a_raise_names_what_and_where() -> None:
    def route(text: str) -> str:
        return {"a": "b"}[text]

    error = failing(route, "c")
    assert error.reason == "error"
    assert not error.retryable
    assert str(error).startswith("router: raised KeyError: 'c' (")
    assert f"test_python_app.py:{route.__code__.co_firstlineno + 1})" in str(error)


def test_an_async_raise_names_what_and_where() -> None:
    async def route(text: str) -> str:
        await asyncio.sleep(0)
        raise ValueError(text)

    assert f"raised ValueError: hello (tests/unit/adapters/apps/test_python_app.py:{route.__code__.co_firstlineno + 2})" in str(
        failing(route)
    )


@pytest.mark.parametrize("error", [StopIteration(), SystemExit(3), asyncio.CancelledError(), KeyboardInterrupt(), RuntimeError()])
def test_whatever_a_sync_app_raises_stays_its_own(error: BaseException) -> None:
    def route(text: str) -> str:
        raise error

    assert f"router: raised {type(error).__name__}" in str(failing(route))


def test_sys_exit_in_an_async_app_stays_its_own() -> None:
    async def route(text: str) -> str:
        sys.exit("bye")

    assert "raised SystemExit: bye" in str(failing(route))


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "answered None. Fix: return the answer"),
        ({1, 2}, "a value of type set"),
        (b"bytes", "a value of type bytes"),
        (object(), "a value of type object"),
        ({"route": {1: "x"}}, "a dict whose key 1 is a int"),
        (float("nan"), "answered with nan, which JSON can't say"),
        (2**70, "an integer of more than 64 bits"),
        ("\ud800", "not valid Unicode"),
        (LOOP, "nested too deeply, or contains itself"),
    ],
)
def test_what_is_no_json_is_an_invalid_answer_that_says_why(value: object, says: str) -> None:
    error = failing(returning(value))
    assert error.reason == "invalid_answer"
    assert says in str(error)


def test_subclasses_and_tuples_become_plain_json() -> None:
    class Label(str):
        __slots__ = ()

    value = answer(app_of(returning({Label("route"): (Label("schedule"), True, 1, 0.5, None)})), "a")
    assert value == {"route": ["schedule", True, 1, 0.5, None]}
    assert isinstance(value, dict)
    assert {type(key) for key in value} == {str}


def test_what_it_prints_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    def route(text: str) -> str:
        sys.stdout.write("from a thread\n")
        started = threading.Thread(target=sys.stdout.write, args=["from a thread that it started\n"])
        started.start()
        started.join()
        return text

    async def route_async(text: str) -> str:
        sys.stdout.write("before waiting\n")
        await asyncio.sleep(0)
        sys.stdout.write("after waiting\n")
        return text

    async def both() -> None:
        first, second = app_of(route), app_of(route_async)
        running = asyncio.gather(first.answer(ask_of("a")), second.answer(ask_of("b")))
        await asyncio.sleep(0)
        sys.stdout.write("from the loop itself\n")
        await running
        await first.close()
        await second.close()
        sys.stdout.write("afterwards\n")

    real = sys.stdout
    asyncio.run(both())
    assert sys.stdout is real
    out, err = capsys.readouterr()
    assert out == "from the loop itself\nafterwards\n"
    assert sorted(err.splitlines()) == ["after waiting", "before waiting", "from a thread", "from a thread that it started"]


def test_hanging_calls_are_left_behind_until_there_are_too_many() -> None:
    release = threading.Event()

    def route(text: str) -> str:
        if text == "hang":
            release.wait()
        return text

    async def main() -> tuple[JsonValue, str]:
        app = app_of(route)
        calls = [asyncio.ensure_future(app.answer(ask_of("hang"))) for _ in range(64)]
        await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        with pytest.raises(AppError) as caught:
            await app.answer(ask_of("a"))
        release.set()
        while True:  # the threads come back one by one
            try:
                late = await app.answer(ask_of("b"))
                break
            except AppError:
                await asyncio.sleep(0.01)
        await app.close()
        return late.value, str(caught.value)

    late, said = asyncio.run(main())
    assert late == "b"
    assert said == "router: 64 calls hang, no more are started. Fix: set `isolate: true`, so that they can be killed."

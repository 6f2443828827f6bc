import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from synthloop.adapters.apps.http import HttpApp
from synthloop.adapters.apps.reply_paths import ReplyPaths
from synthloop.adapters.apps.usage import UsagePaths
from synthloop.adapters.transport import parse_retry_after
from synthloop.core.ask import Answer, AppRequest, Ask, Flow, TurnRequest
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.sample import Message
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def ask_of(text: str) -> Ask:
    said = (Message(role="user", text="hello"), Message(role="app", text="Yes?"), Message(role="user", text=text))
    return Ask(to="router", version="1", request=AppRequest(messages=said))


async def with_server(handler: Handler, body: Callable[[str], Awaitable[Any]]) -> Any:
    server = web.Application()
    server.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        return await body(f"http://127.0.0.1:{runner.addresses[0][1]}/route")
    finally:
        await runner.cleanup()


def answer(handler: Handler, text: str = "book it", suffix: str = "", **settings: Any) -> Answer:
    async def body(url: str) -> Answer:
        app = HttpApp(name="router", version="1", url=url + suffix, **settings)
        try:
            return await app.answer(ask_of(text))
        finally:
            await app.close()

    return asyncio.run(with_server(handler, body))


def failing(handler: Handler, **settings: Any) -> AppError:
    with pytest.raises(AppError) as caught:
        answer(handler, **settings)
    return caught.value


async def echo(request: web.Request) -> web.Response:
    sent: JsonValue = await request.json() if request.can_read_body else None
    headers = {name: value for name, value in request.headers.items() if name.startswith("X-")}
    return web.json_response({"sent": sent, "method": request.method, "query": dict(request.query), "headers": headers})


def replying(status: int, body: str = "", **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return handler


def test_placeholders_are_filled_in_the_structure_and_never_pasted() -> None:
    text = 'say "hi"\n{messages} {model} \\'
    body: JsonValue = {"model": "{model}", "input": "{text}", "chat": "{messages}", "note": ["user said: {text}", "{unknown}", 3]}
    got = answer(echo, text, body=body, path="sent", variables={"model": {"name": "small"}})
    assert got.value == {
        "model": {"name": "small"},
        "input": text,
        "chat": [
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": text},
        ],
        "note": [f"user said: {text}", "{unknown}", 3],
    }


def test_without_a_body_the_text_is_sent_alone_and_get_sends_it_in_the_url() -> None:
    assert answer(echo, path="sent").value == {"text": "book it"}
    got = answer(echo, "a&b=c é", method="GET", suffix="?q={text}", path="")
    assert isinstance(got.value, dict)
    assert (got.value["sent"], got.value["method"], got.value["query"]) == (None, "GET", {"q": "a&b=c é"})


def test_without_a_path_the_body_is_the_answer() -> None:
    assert answer(replying(200, "schedule")).value == "schedule"


def test_headers_come_from_the_environment_and_never_show_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_KEY", "k-123")
    headers = {"X-Key": "Bearer ${ROUTER_KEY}"}
    assert answer(echo, headers=headers, path="headers.X-Key").value == "Bearer k-123"
    error = failing(replying(401, "the key k-123 is not known"), headers=headers)
    assert "'the key *** is not known'. Fix: check the header that carries the key." in str(error)
    assert "k-123" not in str(error)
    assert "k-123" not in repr(HttpApp(name="router", version="1", url="http://localhost/", headers=headers))


SECRET = "k-12'3\\\\4-abcdefgh"


def sending_back(before: str = "", status: int = 500) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status, text=before + request.headers["X-Key"])

    return handler


@pytest.mark.parametrize(
    ("handler", "path"),
    [
        (sending_back(), None),
        (sending_back("x" * 190), None),  # shortening the message must not leave half of it
        (sending_back("<html>", 200), "answer"),
        (replying(200, json.dumps(SECRET)), "answer"),
        (replying(500, json.dumps({"key": SECRET})), "answer"),
    ],
)
def test_no_form_of_a_secret_shows_up(monkeypatch: pytest.MonkeyPatch, handler: Handler, path: str | None) -> None:
    monkeypatch.setenv("ROUTER_KEY", SECRET)
    said = str(failing(handler, headers={"X-Key": "${ROUTER_KEY}"}, path=path))
    assert SECRET[:4] not in said


def test_a_secret_in_the_address_is_sent_and_never_shows_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTER_KEY", "k-123")
    settings: dict[str, Any] = {"suffix": "?key=${ROUTER_KEY}", "body": {"token": "${ROUTER_KEY}"}}
    assert answer(echo, path="", **settings).value == {
        "sent": {"token": "k-123"},
        "method": "POST",
        "query": {"key": "k-123"},
        "headers": {},
    }
    assert "k-123" not in str(failing(replying(500), **settings))


@pytest.mark.parametrize("sent", [b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000 + b"\r\n\r\n"])
def test_the_query_stays_out_of_what_aiohttp_says(sent: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        await writer.drain()
        writer.close()

    async def fail() -> AppError:
        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            app = HttpApp(name="router", version="1", url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/route?key=k-123")
            with pytest.raises(AppError) as caught:
                await app.answer(ask_of("a"))
            await app.close()
            return caught.value

    error = asyncio.run(fail())
    assert "it does not speak HTTP as it should" in str(error)
    assert "k-123" not in str(error)
    assert error.__cause__ is None  # it holds the whole address, and a traceback would show it


def test_an_address_that_is_none_is_not_shown_with_its_query() -> None:
    app = HttpApp(name="router", version="1", url="http://localhost:99999/route?key=k-123")
    with pytest.raises(AppError, match=r"at http://localhost:99999/route: that is no valid address$"):
        asyncio.run(app.answer(ask_of("a")))
    asyncio.run(app.close())


def test_cookies_of_one_sample_do_not_reach_the_next() -> None:
    async def handler(request: web.Request) -> web.Response:
        response = web.json_response({"known": "visitor" in request.cookies})
        response.set_cookie("visitor", "7")
        return response

    async def ask_twice(url: str) -> list[JsonValue]:
        app = HttpApp(name="router", version="1", url=url.replace("127.0.0.1", "localhost"), path="known")
        answers = [(await app.answer(ask_of(text))).value for text in ("a", "b")]
        await app.close()
        return answers

    assert asyncio.run(with_server(handler, ask_twice)) == [False, False]


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-8", "no-such-charset"])
def test_text_is_read_in_its_charset_and_json_with_or_without_a_mark(charset: str) -> None:
    async def handler(_: web.Request) -> web.Response:
        body = "café".encode("latin-1" if charset == "iso-8859-1" else "utf-8")
        return web.Response(body=body, headers={"Content-Type": f"text/plain; charset={charset}"})

    async def marked(_: web.Request) -> web.Response:
        return web.Response(body=b'\xef\xbb\xbf"caf\xc3\xa9"')

    assert answer(handler).value == answer(marked, path="").value == "café"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"url": "http://localhost", "headers": {"X": "${NO_SUCH}"}}, "app 'router': not set in the environment: NO_SUCH"),
        ({"url": "localhost:80/x"}, "`url` is not an http"),
        ({"url": "http://localhost", "headers": {"X": "a\nb"}}, "the header 'X' contains a line break"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        HttpApp(name="router", version="1", **settings)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_what_may_pass_is_retryable(status: int) -> None:
    error = failing(replying(status, "not now", Retry_After="7"))
    assert (error.retryable, error.retry_after_s, error.reason) == (True, 7.0, "error")
    assert f"HTTP {status} at http://127.0.0.1:" in str(error)


@pytest.mark.parametrize("status", [400, 404, 422])
def test_what_will_not_pass_is_not(status: int) -> None:
    error = failing(replying(status, "wrong"), suffix="?key=secret")
    assert not error.retryable
    assert "secret" not in str(error)


def test_a_redirect_is_not_followed() -> None:
    assert "a redirect. Fix: put the final address into `url`." in str(failing(replying(302, "", Location="http://elsewhere/")))


def test_invalid_json_shows_how_it_begins() -> None:
    error = failing(replying(200, "<html>" + "x" * 500), path="answer")
    assert error.reason == "invalid_answer"
    assert f"It begins: {'<html>' + 'x' * 194!r}" in str(error)


def test_json_without_the_path_says_what_is_there() -> None:
    error = failing(replying(200, '{"choices": []}'), path="choices.0.message.content")
    assert "answered without 'choices.0.message.content': choices is a list of 0" in str(error)


def test_a_body_that_is_too_large_is_not_read() -> None:
    assert "sent more than 1,000 bytes" in str(failing(replying(200, "x" * 5000), most_bytes=1000))


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = HttpApp(name="router", version="1", url=f"http://127.0.0.1:{port}/")

    async def main() -> None:
        try:
            await app.answer(ask_of("a"))
        finally:
            await app.close()

    with pytest.raises(AppError, match=f"router: can't be reached at http://127.0.0.1:{port}/: .*refused") as caught:
        asyncio.run(main())
    assert (caught.value.reason, caught.value.retryable) == ("unreachable", True)


def test_a_connection_that_breaks_off_is_retryable() -> None:
    async def breaks_off(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    error = failing(breaks_off)
    assert (error.reason, error.retryable) == ("unreachable", True)


def test_a_slow_drip_ends_with_the_time_limit_of_the_engine() -> None:
    async def drips(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b" ")
            await asyncio.sleep(0.02)
        return response

    async def body(url: str) -> list[Answer]:
        got: list[Answer] = []

        def flow() -> Flow[tuple[Answer, ...]]:
            return (yield (ask_of("a"),))

        app = HttpApp(name="router", version="1", url=url)
        await Engine(ports={"router": app}, limits=Limits(timeout_s=0.2)).run_async([flow()], got.extend)
        return got

    (got,) = asyncio.run(with_server(drips, body))
    assert got.failure is not None
    assert got.failure.reason == "timeout"


def test_the_engine_waits_as_long_as_it_is_asked_to_and_goes_on() -> None:
    starts: list[float] = []

    async def busy_once(_: web.Request) -> web.Response:
        starts.append(asyncio.get_running_loop().time())
        return web.Response(status=429, headers={"Retry-After": "0.1"}) if len(starts) == 1 else web.Response(text="ok")

    async def body(url: str) -> list[Answer]:
        got: list[Answer] = []

        def flow() -> Flow[tuple[Answer, ...]]:
            return (yield (ask_of("a"),))

        app = HttpApp(name="router", version="1", url=url)
        await Engine(ports={"router": app}, limits=Limits(backoff_s=0.0)).run_async([flow()], got.extend)
        return got

    (got,) = asyncio.run(with_server(busy_once, body))
    assert (got.value, got.usage.attempts) == ("ok", 2)
    assert starts[1] - starts[0] >= 0.1


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert answer(replying(200, "direct")).value == "direct"


@pytest.mark.parametrize(
    ("value", "seconds"), [(None, None), ("3", 3.0), ("-1", 0.0), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)]
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value) == seconds


def test_an_endpoint_says_what_its_answer_cost() -> None:
    body = '{"choices": [{"text": "schedule"}], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}'
    paths = UsagePaths(tokens_in="usage.prompt_tokens", tokens_out="usage.completion_tokens", cost_usd="usage.cost")
    got = answer(replying(200, body), path="choices.0.text", usage=paths)
    assert got.value == "schedule"
    assert (got.usage.tokens_in, got.usage.tokens_out, got.usage.cost_usd) == (12, 3, None)


def talk(handler: Handler, *requests: TurnRequest, **settings: Any) -> list[JsonValue]:
    async def body(url: str) -> list[JsonValue]:
        app = HttpApp(name="router", version="1", url=url, **settings)
        try:
            return [(await app.answer(Ask(to="router", version="1", request=request))).value for request in requests]
        finally:
            await app.close()

    return asyncio.run(with_server(handler, body))


def test_an_endpoint_that_keeps_nothing_is_sent_the_conversation_and_the_state_that_it_gave_back() -> None:
    request = TurnRequest(messages=(Message(role="user", text="tea"),), state={"step": 1}, turn=3)
    body: JsonValue = {"chat": "{messages}", "state": "{state}"}
    (said,) = talk(echo, request, body=body, reply=ReplyPaths(messages="method", state="sent.state"), headers={"X-State": "{state}"})
    assert said == {"messages": ["POST"], "state": {"step": 1}}
    (said,) = talk(echo, request, body=body, path="headers.X-State", headers={"X-State": "{state}"})
    assert said == {"messages": ['{"step":1}']}


def test_conversations_are_called_by_names_of_their_own_and_a_variable_goes_before_them() -> None:
    requests = [TurnRequest(messages=(), session=session, turn=turn) for session, turn in (("a", 0), ("b", 0), ("a", 1), ("a", 0))]
    first, other, again, anew = talk(echo, *requests, body={"id": "{session}"}, path="sent.id")
    assert first == again
    assert len({str(name) for name in (first, other, anew)}) == 3
    app = HttpApp(name="router", version="1", url="http://localhost/{session}", variables={"session": "mine"})
    assert not app.keeps_sessions


@pytest.mark.parametrize(
    ("sent", "paths", "said"),
    [
        (
            '[{"text": "Which size?", "buttons": [{"title": "S"}, {"title": "L"}]}, {"image": "x"}]',
            {},
            {"messages": ["Which size?"], "quick_replies": ["S", "L"]},
        ),
        ("[]", {}, {"messages": []}),
        ('[{"text": null}]', {}, {"messages": []}),
        ('{"say": "Hello", "over": true}', {"messages": "say", "done": "over", "state": "nowhere"}, {"messages": ["Hello"], "done": True}),
        (
            '{"say": ["a", "b"], "calls": [{"name": "book", "arguments": {"size": "S"}, "result": 3}]}',
            {"messages": "say", "tool_calls": "calls"},
            {"messages": ["a", "b"], "tool_calls": [{"name": "book", "arguments": {"size": "S"}, "result": 3}]},
        ),
    ],
)
def test_the_parts_of_a_reply_are_found_by_their_paths(sent: str, paths: dict[str, str], said: JsonValue) -> None:
    reply = ReplyPaths(**(paths or {"messages": "*.text", "quick_replies": "*.buttons.*.title"}))
    assert talk(replying(200, sent), TurnRequest(messages=()), reply=reply) == [said]


def test_an_unusable_part_of_a_reply_is_told() -> None:
    with pytest.raises(AppError, match="answered a turn with what is no reply") as caught:
        talk(replying(200, '{"say": "Hello", "over": "no"}'), TurnRequest(messages=()), reply=ReplyPaths(messages="say", done="over"))
    assert caught.value.reason == "invalid_answer"

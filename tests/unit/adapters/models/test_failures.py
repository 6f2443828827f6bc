"""Every way in which an endpoint fails: what is said, whether it is tried again, whether the run stops."""

import asyncio
import json
import logging
import ssl
import subprocess
import traceback
from pathlib import Path

import pytest
from aiohttp import web
from tests.servers.faults import FaultServer, serve
from tests.unit.adapters.models.talking import KINDS, SCHEMA, ask_of, completion, fail, fail_at, make_model, meet, replying, talk

from synthloop.adapters.models.openai_compatible import OpenAiModel
from synthloop.adapters.transport import AiohttpTransport
from synthloop.core.errors import ModelError, UsageError
from synthloop.core.model import ModelRef
from synthloop.core.sample import Message
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.prompting.asking import Question, Said, ask_text

KEY = "sk-12'3\\\\4-abcdefgh"


def error_body(message: str, **more: object) -> str:
    return json.dumps({"error": {"message": message, **more}})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "reason", "retryable", "fatal", "words"),
    [
        ("401", "error", False, True, "Fix: check that a `key` is named, and that it may use this model."),
        ("402", "error", False, True, "No credit is left. Fix: top up the account; the same command then goes on from there."),
        ("no-credit", "error", False, True, "No credit is left. Fix:"),
        ("no-model", "error", False, True, "Fix: check `model`; `synthloop models check` lists"),
        ("too-long", "error", False, False, "It is longer than the model reads. Fix:"),
        ("429", "error", True, False, "HTTP 429"),
        ("429-after", "error", True, False, "HTTP 429"),
        ("500", "error", True, False, "HTTP 500"),
        ("503", "error", True, False, "HTTP 503"),
        ("529", "error", True, False, "HTTP 529"),
        ("reset", "unreachable", True, False, "can't be reached at http://127.0.0.1"),
        ("half-body", "invalid_answer", True, False, "sent no answer that can be read"),
        ("no-choice", "invalid_answer", True, False, "sent no answer that can be read"),
        ("page", "invalid_answer", False, True, "Something else listens there. Fix: check `url`; most end with /v1."),
    ],
)
def test_each_fault_says_what_where_and_how_to_fix_it(kind: str, fault: str, reason: str, retryable: bool, fatal: bool, words: str) -> None:
    error = fail(fault, kind=kind)
    assert (error.reason, error.retryable, error.fatal) == (reason, retryable, fatal)
    assert words in str(error)
    assert "http://127.0.0.1" in str(error)


@pytest.mark.parametrize(
    ("status", "body", "fatal", "words"),
    [
        (403, error_body("Your credit balance is too low to access the API."), True, "No credit is left"),
        (400, error_body("Your credit balance is too low to access the API."), True, "No credit is left"),
        (404, error_body('model "small" not found, try pulling it first'), True, "check `model`"),
        (400, error_body("small is not a valid model ID; unknown model"), True, "check `model`"),
        (404, '{"detail":"Not Found"}', True, "Nothing answers chats there. Fix: check `url`"),
        (405, "", True, "check `url`"),
        (301, "", True, "put the final address into `url`"),
        (413, "", False, "longer than the model reads"),
        (400, error_body("the request exceeds the available context size, try increasing it"), False, "longer than the model reads"),
        (400, error_body("prompt is too long: 212000 tokens > 200000 maximum"), False, "longer than the model reads"),
        (400, error_body("temperature must be at most 2"), False, "temperature must be at most 2"),
    ],
)
def test_providers_say_the_same_in_many_words(status: int, body: str, fatal: bool, words: str) -> None:
    error = fail_at(replying(status, body), ask_of("go", schema=SCHEMA))
    assert (error.fatal, error.retryable) == (fatal, False)
    assert words in str(error)


def test_what_a_provider_withholds_before_answering_is_a_refusal() -> None:
    body = error_body("The response was filtered due to the prompt triggering our content management policy.", code="content_filter")
    assert fail_at(replying(400, body)).reason == "refused"


def test_an_error_that_comes_with_200_is_read_as_what_it_is() -> None:
    assert fail_at(replying(200, json.dumps({"error": {"code": 402, "message": "Insufficient credits"}}))).fatal
    assert fail_at(replying(200, json.dumps({"error": {"code": 429, "message": "Slow down"}}))).retryable


@pytest.mark.parametrize(
    ("headers", "body", "rest_s"),
    [
        ({"Retry_After": "2"}, "", 2.0),
        ({"retry_after_ms": "250"}, "", 0.25),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "1m2.5s"}, "", 62.5),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_limit_requests": "60", "x_ratelimit_reset_requests": "60s"}, "", 1.0),
        ({}, error_body("Rate limit reached. Please try again in 1.5s."), 1.5),
        ({}, '{"error": {"details": [{"retryDelay": "34s"}], "message": "You exceeded your current quota, check billing"}}', 34.0),
        ({}, "", None),
    ],
)
def test_a_refusal_says_when_to_come_again(headers: dict[str, str], body: str, rest_s: float | None) -> None:
    error = fail_at(replying(429, body, **headers))
    assert (error.retryable, error.fatal) == (True, False)
    assert error.retry_after_s == (None if rest_s is None else pytest.approx(rest_s))


@pytest.mark.parametrize(
    ("headers", "rest_s"),
    [
        ({}, 0.0),
        ({"x_ratelimit_remaining_requests": "5", "x_ratelimit_reset_requests": "60s"}, 0.0),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "8.64s"}, 8.64),
        ({"x_ratelimit_remaining_tokens": "15", "x_ratelimit_limit_tokens": "1015", "x_ratelimit_reset_tokens": "60s"}, 60 * 15 / 1000),
        ({"anthropic_ratelimit_input_tokens_remaining": "0", "anthropic_ratelimit_input_tokens_reset": "2000-01-01T00:00:00Z"}, 0.0),
        ({"anthropic_ratelimit_requests_remaining": "0", "anthropic_ratelimit_requests_reset": "3"}, 3.0),
        ({"x_ratelimit_remaining_requests": "none", "x_ratelimit_reset_requests": "soon"}, 0.0),
    ],
)
def test_an_answer_says_how_long_its_server_wants_to_be_left_alone(headers: dict[str, str], rest_s: float) -> None:
    body = json.dumps({**completion(), "usage": {"prompt_tokens": 20, "completion_tokens": 10}})
    (answer,) = talk(replying(200, body, **headers), ask_of("go"))
    assert answer.rest_s == pytest.approx(rest_s)


@pytest.mark.parametrize("kind", KINDS)
def test_no_form_of_a_key_shows_up(kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("CLERK_KEY", KEY)
    headers = {"Authorization": "Bearer ${CLERK_KEY}"}
    seen: list[str] = []

    async def echo_key(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        said = {"401": error_body(f"Incorrect API key provided: {KEY}"), "200": "x" * 190 + KEY}[request.query["as"]]
        return web.Response(status=int(request.query["as"]), text=said)

    with caplog.at_level(logging.DEBUG):
        errors = [fail_at(echo_key, kind=kind, headers=headers, path=f"/v1?as={status}&key=${{CLERK_KEY}}") for status in ("401", "200")]
    assert seen == [f"Bearer {KEY}"] * 2
    assert "check the environment variable CLERK_KEY" in str(errors[0])
    for error in errors:
        for shown in (str(error), "".join(traceback.format_exception(error)), caplog.text):
            assert KEY[:6] not in shown
    model = make_model(kind, "http://host/v1?key=${CLERK_KEY}", headers=headers)
    assert KEY[:6] not in repr(model) + model.endpoint + model.version


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_a_script_writes_out_does_not_show_up_either(kind: str) -> None:
    async def echo_key(request: web.Request) -> web.Response:
        return web.Response(status=500, text=error_body(f"oops: {request.headers['Authorization']}"))

    headers = {"Authorization": f"Bearer {KEY}"}
    assert KEY[:6] not in str(fail_at(echo_key, kind=kind, headers=headers))
    assert KEY[:6] not in repr(make_model(kind, "http://host/v1", headers=headers))


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_is_not_set_is_missed_when_the_model_is_asked(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLERK_KEY", raising=False)
    error = fail("none", kind=kind, headers={"Authorization": "Bearer ${CLERK_KEY}"})
    assert str(error) == "clerk: not set in the environment: CLERK_KEY. Fix: `export CLERK_KEY=...` before the run."
    assert error.fatal


def test_a_key_with_a_line_break_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLERK_KEY", "abc\n")
    assert "the header 'Authorization' contains a line break" in str(fail("none", headers={"Authorization": "Bearer ${CLERK_KEY}"}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_of_the_environment_is_used_where_asked_and_never_for_this_machine(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert meet("none", kind=kind).value
    assert meet("none", kind=kind, transport=AiohttpTransport(proxies_from_environment=True)).value

    async def ask(url: str, *, proxies: bool) -> str:
        model = make_model(kind, url, transport=AiohttpTransport(proxies_from_environment=proxies))
        with pytest.raises(ModelError) as caught:
            await model.answer(ask_of("go"))
        await model.close()
        return str(caught.value)

    away = asyncio.run(ask("http://models.invalid/v1", proxies=False))
    assert "Fix: where it is reached through the proxy that the environment names, set `proxies: true`" in away
    through = asyncio.run(ask("http://models.invalid/v1", proxies=True))
    assert "the proxy of the environment: Connect" in through
    assert "proxies: true" not in through


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    names = (folder / "cert.pem", folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(names[0]), "-keyout", str(names[1])]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return names


def test_a_certificate_that_signed_itself_is_refused_until_it_is_named(certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    async def ask(ca_file: str) -> str:
        server = web.Application()
        server.router.add_post("/v1/chat/completions", replying(200, json.dumps(completion())))
        runner = web.AppRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        model = OpenAiModel(name="clerk", version="1", model="small", url=url, transport=AiohttpTransport(ca_file=ca_file))
        try:
            return str((await model.answer(ask_of("go"))).value)
        finally:
            await model.close()
            await runner.cleanup()

    with pytest.raises(
        ModelError, match=r"its certificate is refused \(self-signed certificate\). Fix: name the file .* as `ca_file`"
    ) as caught:
        asyncio.run(ask(""))
    assert caught.value.fatal
    assert "three" in asyncio.run(ask(str(certificate[0])))
    with pytest.raises(UsageError, match="can't be read"):
        asyncio.run(ask("nowhere.pem"))


def test_a_server_that_is_not_there_is_said_with_its_address() -> None:
    async def ask() -> None:
        model = make_model("openai", "http://user:pw@127.0.0.1:9/v1?key=abc")
        try:
            await model.answer(ask_of("go"))
        finally:
            await model.close()

    with pytest.raises(ModelError, match=r"can't be reached at http://127\.0\.0\.1:9/v1: Connect") as caught:
        asyncio.run(ask())
    assert (caught.value.reason, caught.value.retryable, caught.value.fatal) == ("unreachable", True, False)
    assert "pw" not in str(caught.value)


def test_an_answer_without_end_is_given_up() -> None:
    error = fail_at(replying(200, "x" * 2000), transport=AiohttpTransport(most_bytes=1000))
    assert str(error) == "clerk: sent more than 1,000 bytes."
    assert not error.retryable


def test_one_call_of_many_faults_costs_no_other_and_each_is_answered_once() -> None:
    shares = {"429-after": 0.1, "500": 0.1, "503": 0.05, "reset": 0.05, "half-body": 0.05, "hang": 0.01}
    server = FaultServer(shares=shares, burst_every=40, burst_length=4, most_at_once=24)
    ref = ModelRef(name="clerk", version="1")
    questions = [Question(model=ref, messages=(Message(role="user", text=f"question {number}"),)) for number in range(150)]
    said: list[Said[str]] = []
    with serve(server) as url:
        model = OpenAiModel(name="clerk", version="1", model="small", url=url)
        limits = Limits(in_flight=32, learns=True, retries=12, timeout_s=2.0, retry_timeouts=True, backoff_s=0.01)
        Engine(ports={"clerk": model}, limits=limits).run([ask_text(question) for question in questions], sink=said.append)
    assert sum(each.value is not None for each in said) == 150
    assert len(server.answered) == len(set(server.answered)) == 150
    assert len(server.asked) > 170


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_call_lets_go_at_once(kind: str) -> None:
    async def run(url: str) -> None:
        model = make_model(kind, url)
        try:
            async with asyncio.timeout(0.1):
                await model.answer(ask_of("go"))
        finally:
            await model.close()

    with serve(FaultServer(shares={"hang": 1.0})) as url, pytest.raises(TimeoutError):
        asyncio.run(run(url))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://host", "http://", ""])
def test_what_is_no_address_is_refused(kind: str, url: str) -> None:
    with pytest.raises(UsageError, match="`url` is not an http"):
        make_model(kind, url)

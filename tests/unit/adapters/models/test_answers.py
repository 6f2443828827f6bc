"""What models say, read from what real servers send."""

import json
from typing import Any

import pytest
from aiohttp import web
from tests.servers.faults import complete, rng_of, say
from tests.unit.adapters.models.talking import KINDS, SCHEMA, ask_of, completion, fail, fail_at, meet, replying, talk

from synthloop.adapters.models.prices import Price
from synthloop.core.ask import Answer
from synthloop.core.json_value import JsonValue
from synthloop.prompting.asking import read_answer

PRICE = Price(usd_per_million_in=1_000_000, usd_per_million_out=2_000_000)


def text_of(answer: Answer) -> str:
    assert isinstance(answer.value, dict)
    return str(answer.value.get("text", ""))


async def echo(request: web.Request) -> web.Response:
    body = await request.json()
    seen = {"sent": body, "path": request.path, "headers": dict(request.headers)}
    return web.json_response(say(request, complete(body, rng_of(body), json.dumps(seen))))


def sent(kind: str = "openai", **settings: Any) -> dict[str, Any]:
    ask = settings.pop("ask", None) or ask_of("how many?")
    return json.loads(text_of(talk(echo, ask, kind=kind, **settings)[0]))


def test_an_openai_request_holds_the_talk_and_the_parameters_and_nothing_else() -> None:
    got = sent(ask=ask_of("how many?", top_p=0.5, temperature=0.1), parameters={"temperature": 0.9, "max_tokens": 40})
    assert got["path"] == "/v1/chat/completions"
    assert got["sent"] == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "You are a clerk."},
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": "how many?"},
        ],
        "temperature": 0.1,
        "max_tokens": 40,
        "top_p": 0.5,
    }


def test_a_request_to_anthropic_says_the_system_message_apart_and_a_limit_of_tokens() -> None:
    got = sent("anthropic", headers={"x-api-key": "k"})
    assert (got["path"], got["headers"]["anthropic-version"], got["headers"]["x-api-key"]) == ("/v1/messages", "2023-06-01", "k")
    assert got["sent"]["system"] == "You are a clerk."
    assert [message["role"] for message in got["sent"]["messages"]] == ["user", "assistant", "user"]
    assert got["sent"]["max_tokens"] > 0


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_the_base_address_may_be_written_with_or_without_v1(path: str) -> None:
    assert sent(path=path)["path"] == "/v1/chat/completions"


def test_another_path_is_taken_as_it_is() -> None:
    assert sent(path="/api/openai")["path"] == "/api/openai/chat/completions"


def test_each_replica_gets_a_seed_of_its_own_where_one_is_set() -> None:
    seeds = [sent(ask=ask_of("go", replica=replica), parameters={"seed": 7})["sent"]["seed"] for replica in (0, 1, 2)]
    assert seeds == [7, 8, 9]
    assert "seed" not in sent(ask=ask_of("go", replica=2))["sent"]


CONTENTS: list[tuple[dict[str, JsonValue], dict[str, JsonValue]]] = [
    ({"content": "three"}, {"text": "three"}),
    ({"content": [{"type": "text", "text": "thr"}, {"type": "image_url"}, {"type": "text", "text": "ee"}]}, {"text": "three"}),
    ({"content": "three", "reasoning_content": "hm", "reasoning": "hm"}, {"text": "three"}),
    ({"content": None, "tool_calls": [{"function": {"arguments": '{"n": 3}'}}]}, {"text": '{"n": 3}'}),
    ({"content": "", "tool_calls": [{"function": {"arguments": {"n": 3}}}]}, {"text": '{"n":3}'}),
    ({"content": "three", "tool_calls": []}, {"text": "three"}),
    ({"content": None, "refusal": "I won't"}, {"text": "", "refusal": "I won't"}),
    ({"content": None, "reasoning_content": "still thinking"}, {"text": ""}),
]


@pytest.mark.parametrize(("message", "said"), CONTENTS)
def test_whatever_form_content_has_it_is_read(message: dict[str, JsonValue], said: dict[str, JsonValue]) -> None:
    (answer,) = talk(replying(200, json.dumps({"choices": [{"message": message}], "model": "small-2"})), ask_of("how many?"))
    assert answer.value == {**said, "served_by": "small-2"}


@pytest.mark.parametrize(
    ("kind", "said", "finish"),
    [
        ("openai", "stop", None),
        ("openai", None, None),
        ("openai", "tool_calls", None),
        ("openai", "length", "length"),
        ("openai", "content_filter", "filtered"),
        ("openai", "load_shed", "other"),
        ("anthropic", "end_turn", None),
        ("anthropic", "max_tokens", "length"),
        ("anthropic", "model_context_window_exceeded", "length"),
        ("anthropic", "refusal", "filtered"),
        ("anthropic", "pause_turn", "other"),
    ],
)
def test_why_an_answer_ended_is_kept(kind: str, said: str | None, finish: str | None) -> None:
    body: dict[str, Any] = completion() if kind == "openai" else {"content": [{"type": "text", "text": "three"}], "stop_reason": said}
    if kind == "openai":
        body["choices"][0]["finish_reason"] = said
    (answer,) = talk(replying(200, json.dumps(body)), ask_of("how many?"), kind=kind)
    assert isinstance(answer.value, dict)
    assert answer.value.get("finish") == finish


def test_what_anthropic_thought_is_left_out_and_cached_tokens_are_counted() -> None:
    body = {
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "three"}],
        "usage": {"input_tokens": 3, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 5, "output_tokens": 2},
    }
    (answer,) = talk(replying(200, json.dumps(body)), ask_of("how many?"), kind="anthropic", price=PRICE)
    assert (answer.value, answer.usage.tokens_in, answer.usage.cost_usd) == ({"text": "three"}, 28, 32.0)


@pytest.mark.parametrize(
    ("counts", "known"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 5}, (10, 5, 20.0)),
        ({"prompt_tokens": 10.0, "completion_tokens": 5.0}, (10, 5, 20.0)),
        ({"prompt_tokens": 10}, (10, 0, None)),
        ({"prompt_tokens": 10, "completion_tokens": 0}, (10, 0, None)),
        ({"prompt_tokens": -1, "completion_tokens": 5}, (0, 5, None)),
        ({"prompt_tokens": "10", "completion_tokens": True}, (0, 0, None)),
        ({"prompt_tokens": 1e300, "completion_tokens": 5}, (0, 5, None)),
        ({}, (0, 0, None)),
        (None, (0, 0, None)),
    ],
)
def test_a_cost_is_known_where_price_and_counts_are(counts: JsonValue, known: tuple[int, int, float | None]) -> None:
    body = json.dumps({**completion(), "usage": counts})
    (answer,) = talk(replying(200, body), ask_of("how many?"), price=PRICE)
    assert (answer.usage.tokens_in, answer.usage.tokens_out, answer.usage.cost_usd) == known
    (unpriced,) = talk(replying(200, body), ask_of("how many?"))
    assert unpriced.usage.cost_usd is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["wrong-usage", "no-usage", "same-id", "drip", "none"])
def test_what_does_not_touch_the_answer_is_tolerated(kind: str, fault: str) -> None:
    answer = meet(fault, kind=kind, price=PRICE)
    assert set(json.loads(text_of(answer))) == {"text", "count"}
    assert (answer.usage.cost_usd is None) == (fault in ("wrong-usage", "no-usage"))


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("refusal", "refusal"), ("filtered", "refusal"), ("gibberish", "gibberish"), ("empty", "empty"), ("cut", "cut-off")],
)
@pytest.mark.parametrize("api", KINDS)
def test_answers_that_say_nothing_are_told_apart_later(api: str, fault: str, kind: str) -> None:
    _, found = read_answer(meet(fault, kind=api, ask=ask_of("how many?")))
    assert found is not None
    assert found.kind == kind


def test_without_a_name_the_only_model_of_the_endpoint_is_asked() -> None:
    assert meet("none", model="").value
    two = replying(200, json.dumps({"data": [{"id": "large"}, {"id": "small"}]}))
    error = fail_at(two, model="")
    assert "the endpoint has 2 models: large, small. Fix: name one as `model`." in str(error)
    assert error.fatal


def test_a_limit_of_tokens_that_has_another_name_is_said_by_that_name() -> None:
    asked: list[set[str]] = []

    async def strict(request: web.Request) -> web.Response:
        said = await request.json()
        asked.append(set(said) & {"max_tokens", "max_completion_tokens"})
        if "max_tokens" in said:
            why = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
            return web.json_response({"error": {"message": why}}, status=400)
        return web.json_response(completion())

    answers = talk(strict, ask_of("one"), ask_of("two"), parameters={"max_tokens": 9})
    assert [text_of(answer) for answer in answers] == ["three", "three"]
    assert asked == [{"max_tokens"}, {"max_completion_tokens"}, {"max_completion_tokens"}]


@pytest.mark.parametrize("way", ["native", "tool", "prompt"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_said_in_the_way_that_is_set(kind: str, way: str) -> None:
    async def show(request: web.Request) -> web.Response:
        said = await request.json()
        found = {key for key in ("tools", "tool_choice", "response_format", "output_config") if key in said}
        in_prompt = '"additionalProperties":false' in json.dumps(said["messages"][-1]["content"]).replace("\\", "")
        block: Any = {"type": "text", "text": json.dumps([sorted(found), in_prompt])}
        return web.json_response({"content": [block]} if kind == "anthropic" else completion(block["text"]))

    (answer,) = talk(show, ask_of("go", schema=SCHEMA), kind=kind, structured=way)
    native = "response_format" if kind == "openai" else "output_config"
    said: list[Any] = {"native": [[native], False], "tool": [["tool_choice", "tools"], False], "prompt": [list[str](), True]}[way]
    assert json.loads(text_of(answer)) == said


def test_strictness_is_asked_for_where_the_schema_allows_it() -> None:
    open_schema: dict[str, JsonValue] = {"type": "object", "properties": {"text": {"type": "string"}}}
    said = [sent(ask=ask_of("go", schema=schema))["sent"]["response_format"]["json_schema"] for schema in (SCHEMA, open_schema)]
    assert [each["strict"] for each in said] == [True, False]
    assert said[0]["schema"] == SCHEMA


@pytest.mark.parametrize(
    "words",
    [
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        "This response_format type is unavailable now",
        "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type')}]",
        "The provided JSON schema contains features not supported by xgrammar.",
        "failed to parse grammar",
        "Extra inputs are not permitted: output_config",
        "Invalid schema for response_format 'answer': In context=(), 'required' is required",
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_refuses_schemas_is_asked_in_the_next_way_and_remembered(status: int, words: str) -> None:
    asked: list[str] = []

    async def old(request: web.Request) -> web.Response:
        said = await request.json()
        asked.append("tool" if "tools" in said else "native" if "response_format" in said else "prompt")
        if asked[-1] == "native":
            return web.json_response({"error": {"message": words}}, status=status)
        if asked[-1] == "tool":
            return web.json_response({"error": {"message": "small does not support tools"}}, status=400)
        return web.json_response(completion('{"text": "a", "count": 1}'))

    answers = talk(old, ask_of("one", schema=SCHEMA), ask_of("two", schema=SCHEMA), ask_of("three", schema={**SCHEMA, "title": "other"}))
    assert len(answers) == 3
    assert asked == ["native", "tool", "prompt", "prompt", "native", "tool", "prompt"]


def test_a_server_that_ignores_schemas_in_silence_is_asked_in_the_next_way() -> None:
    asked: list[str] = []

    async def careless(request: web.Request) -> web.Response:
        said = await request.json()
        asked.append("tool" if "tools" in said else "native" if "response_format" in said else "prompt")
        return web.json_response(completion('{"text": "a", "count": 1}' if asked[-1] == "prompt" else "Certainly!"))

    talk(careless, *(ask_of(f"number {number}", schema=SCHEMA) for number in range(8)))
    assert asked == ["native"] * 3 + ["tool"] * 3 + ["prompt"] * 2
    asked.clear()
    talk(careless, *(ask_of(f"number {number}", schema=SCHEMA) for number in range(8)), structured="native")
    assert asked == ["native"] * 8


def test_a_server_that_keeps_to_a_schema_may_refuse_now_and_then() -> None:
    asked: list[str] = []

    async def good(request: web.Request) -> web.Response:
        asked.append("native" if "response_format" in await request.json() else "other")
        return web.json_response(completion("I'm sorry, I can't." if len(asked) > 1 else '{"text": "a", "count": 1}'))

    talk(good, *(ask_of(f"number {number}", schema=SCHEMA) for number in range(8)))
    assert set(asked) == {"native"}


def test_a_way_that_is_set_is_not_left() -> None:
    error = fail("no-schema", structured="native")
    assert "response_format json_schema is not supported by this model" in str(error)
    assert "It refuses the schema. Fix: simplify the schema, or set `structured: auto`." in str(error)
    assert not error.fatal


def test_what_is_no_object_is_said_in_the_prompt_since_servers_take_nothing_else() -> None:
    got = sent(ask=ask_of("go", schema={"type": "array", "items": {"type": "string"}}))["sent"]
    assert "response_format" not in got
    assert '"array"' in got["messages"][-1]["content"]

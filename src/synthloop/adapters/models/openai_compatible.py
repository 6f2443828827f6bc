"""Chat completions, as OpenAI, vLLM, Ollama, llama.cpp, Together and many others speak them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from synthloop.adapters.environment import Secrets
from synthloop.adapters.models.prices import Price
from synthloop.adapters.models.wire import SchemaRefusedError, Structured, Wire, count_usage
from synthloop.adapters.transport import AiohttpTransport, Response, Transport
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.model import Finish, ModelReply, ModelRequest
from synthloop.core.sample import Role

_ROLES: Mapping[Role, str] = {"user": "user", "app": "assistant", "system": "system", "tool": "user"}
_FINISHES: Mapping[str, Finish] = {"stop": "stop", "length": "length", "content_filter": "filtered", "tool_calls": "stop", "eos": "stop"}
_ORDER: tuple[Structured, ...] = ("native", "tool", "prompt")
_TOOL = "answer"


class _Function(msgspec.Struct):
    arguments: Any = None


class _ToolCall(msgspec.Struct):
    function: _Function = msgspec.field(default_factory=_Function)


class _Message(msgspec.Struct):
    content: str | list[dict[str, Any]] | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Counts(msgspec.Struct):
    prompt_tokens: Any = None
    completion_tokens: Any = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]
    usage: _Counts | None = None
    model: str | None = None


_decode = msgspec.json.Decoder(_Completion).decode


@dataclass(slots=True, kw_only=True, eq=False)
class OpenAiModel:
    """A model behind `POST {url}/chat/completions`.

    Each ask is one choice: several answers to one question are asks with other replicas, so that each is in the journal by itself.
    """

    name: str
    version: str
    """What its answers depend on besides the request; see `synthloop.project.model_config.version_of`."""
    model: str
    """What the endpoint calls it."""
    url: str
    """Base address, with or without `/v1`; an address without any path gets it."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """`${NAME}` stands for an environment variable, e.g. `Authorization: Bearer ${OPENAI_API_KEY}`."""
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Sent with every request, e.g. `temperature`; those of a request stand in for them."""
    structured: Structured = "auto"
    price: Price | None = None
    """What its tokens cost; None: unknown."""
    transport: Transport = field(default_factory=AiohttpTransport)
    endpoint: str = field(init=False)
    _wire: Wire = field(init=False, repr=False)
    _address: str = field(init=False, repr=False)
    _sent_headers: dict[str, str] = field(init=False, repr=False)
    _way: Structured = field(init=False, repr=False)

    def __post_init__(self) -> None:
        where, secrets = f"model {self.name!r}", Secrets()
        self._address = complete_url(secrets.resolve(self.url, where), where)
        shown = complete_url(self.url, where) if "${" not in self.url else self.url
        self.endpoint = content_id("endpoint", self.url, sorted(self.headers.items()))[:12]
        self._sent_headers = {"Content-Type": "application/json"}
        self._sent_headers |= {key: secrets.resolve(value, where) for key, value in self.headers.items()}
        if any(character in value for value in self._sent_headers.values() for character in "\r\n\0"):
            raise UsageError(f"{where}: a header contains a line break. Fix: remove it from the variable.")
        self._wire = Wire(name=self.name, shown_url=shown, transport=self.transport, secrets=secrets)
        self._way = "native" if self.structured == "auto" else self.structured

    @property
    def way(self) -> Structured:
        """How schemas are said now: with `auto`, what the server took last."""
        return self._way

    async def answer(self, ask: Ask) -> Answer:
        """Send the request and read the answer. With `structured: auto`, a server that refuses a schema is asked in the next way.

        Raises:
            ModelError: The endpoint can't be reached, reports an error (retryable for 408, 409, 425, 429 and 5xx), or sends something
                unusable. Fatal where no other request would fare better: a wrong key, no credit, no such model or address.
        """
        request = ask.request
        if not isinstance(request, ModelRequest):
            raise ModelError(f"{self.name}: asked as if it were an app. Fix: ask with a ModelRequest.")
        while True:
            way = self._way
            try:
                return await self._send(request, way)
            except SchemaRefusedError as error:
                following = _ORDER[_ORDER.index(way) + 1 :]
                if self.structured != "auto" or not following:
                    fix = "Fix: set `structured: prompt`, or simplify the schema."
                    raise self._wire.error(f"refuses the schema: {error}. {fix}") from None
                if self._way == way:  # another request may have found out meanwhile
                    self._way = following[0]

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()

    async def _send(self, request: ModelRequest, way: Structured) -> Answer:
        with_schema = request.schema is not None and way != "prompt"
        response, latency_s = await self._wire.post(self._address, self._sent_headers, self._say(request, way))
        if not 200 <= response.status < 300:
            raise self._wire.refuse(response, with_schema=with_schema)
        return self._read(response, latency_s)

    def _say(self, request: ModelRequest, way: Structured) -> dict[str, Any]:
        messages: list[dict[str, Any]] = [{"role": _ROLES[message.role], "content": message.text} for message in request.messages]
        said: dict[str, Any] = {"model": self.model, "messages": messages, **self.parameters, **request.parameters}
        if request.schema is None:
            return said
        if way == "native":
            schema = {"name": _TOOL, "schema": request.schema, "strict": True}
            return {**said, "response_format": {"type": "json_schema", "json_schema": schema}}
        if way == "tool":
            function = {"name": _TOOL, "description": "Give the answer.", "parameters": request.schema}
            choice = {"type": "function", "function": {"name": _TOOL}}
            return {**said, "tools": [{"type": "function", "function": function}], "tool_choice": choice}
        messages[-1] = {**messages[-1], "content": f"{messages[-1]['content']}\n\n{say_schema(request.schema)}"}
        return said

    def _read(self, response: Response, latency_s: float) -> Answer:
        try:
            completion = _decode(response.body)
            choice = completion.choices[0]
        except (msgspec.DecodeError, UnicodeDecodeError, IndexError) as error:
            raise self._wire.is_unreadable(response, str(error)) from None
        finish = _FINISHES.get(choice.finish_reason or "stop", "other")
        reply = ModelReply(
            text=_text_of(choice.message), finish=finish, refusal=choice.message.refusal or "", served_by=completion.model or ""
        )
        counts = completion.usage or _Counts()
        usage = count_usage(counts.prompt_tokens, counts.completion_tokens, latency_s=latency_s, price=self.price)
        return self._wire.make_answer(reply, usage, response.headers)


def _text_of(message: _Message) -> str:
    """Return what was said: the arguments of a tool call, or the text, whose parts are joined."""
    if message.tool_calls:
        arguments = message.tool_calls[0].function.arguments
        return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
    if isinstance(message.content, list):
        return "".join(str(part.get("text") or "") for part in message.content)
    return message.content or ""


def say_schema(schema: Mapping[str, JsonValue]) -> str:
    """Return the words that ask for an answer of a schema, for servers that know no other way."""
    return f"Answer with nothing but JSON that satisfies this JSON Schema:\n{msgspec.json.encode(schema).decode()}"


def complete_url(url: str, where: str) -> str:
    """Return the address of chat completions below a base address.

    Raises:
        UsageError: It is no http(s) address.

    Example:
        >>> complete_url("http://127.0.0.1:8080", "model 'm'")
        'http://127.0.0.1:8080/v1/chat/completions'
        >>> complete_url("https://host/api/v2/", "model 'm'")
        'https://host/api/v2/chat/completions'
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{where}: `url` is not an http(s) address. Fix: write it as http://127.0.0.1:8080/v1.")
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/chat/completions", parts.query, ""))


__all__ = ["OpenAiModel", "complete_url", "say_schema"]

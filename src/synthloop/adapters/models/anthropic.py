"""Anthropic's messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from synthloop.adapters.environment import Secrets
from synthloop.adapters.models.openai_compatible import say_schema
from synthloop.adapters.models.prices import Price
from synthloop.adapters.models.wire import SchemaRefusedError, Structured, Wire, count_usage
from synthloop.adapters.transport import AiohttpTransport, Response, Transport
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import ModelError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.model import Finish, ModelReply, ModelRequest

_FINISHES: Mapping[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "max_tokens": "length",
    "refusal": "filtered",
}
_TOOL = "answer"
_API_VERSION = "2023-06-01"
_MAX_TOKENS = 1024
"""The interface wants a limit; this one holds where the settings name none."""


class _Block(msgspec.Struct):
    type: str = "text"
    text: str = ""
    input: Any = None


class _Counts(msgspec.Struct):
    input_tokens: Any = None
    output_tokens: Any = None


class _Reply(msgspec.Struct):
    content: list[_Block]
    stop_reason: str | None = None
    usage: _Counts | None = None
    model: str | None = None


_decode = msgspec.json.Decoder(_Reply).decode


@dataclass(slots=True, kw_only=True, eq=False)
class AnthropicModel:
    """A model behind `POST {url}/v1/messages`. Schemas are said as a tool that has to be called."""

    name: str
    version: str
    """What its answers depend on besides the request; see `synthloop.project.model_config.version_of`."""
    model: str
    url: str = "https://api.anthropic.com"
    headers: Mapping[str, str] = field(default_factory=lambda: {"x-api-key": "${ANTHROPIC_API_KEY}"})
    """`${NAME}` stands for an environment variable."""
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    structured: Structured = "auto"
    """`native` is said as a tool too: the interface has no other way."""
    price: Price | None = None
    transport: Transport = field(default_factory=AiohttpTransport)
    endpoint: str = field(init=False)
    _wire: Wire = field(init=False, repr=False)
    _address: str = field(init=False, repr=False)
    _sent_headers: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        where, secrets = f"model {self.name!r}", Secrets()
        parts = urlsplit(self.url.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{where}: `url` is not an http(s) address. Fix: leave it out, or write it as https://host.")
        self._address = f"{secrets.resolve(self.url, where).rstrip('/').removesuffix('/v1')}/v1/messages"
        self.endpoint = content_id("endpoint", self.url, sorted(self.headers.items()))[:12]
        self._sent_headers = {"Content-Type": "application/json", "anthropic-version": _API_VERSION}
        self._sent_headers |= {key: secrets.resolve(value, where) for key, value in self.headers.items()}
        self._wire = Wire(name=self.name, shown_url=self.url, transport=self.transport, secrets=secrets)

    @property
    def way(self) -> Structured:
        """How schemas are said."""
        return "prompt" if self.structured == "prompt" else "tool"

    async def answer(self, ask: Ask) -> Answer:
        """Send the request and read the answer.

        Raises:
            ModelError: As that of `OpenAiModel`.
        """
        request = ask.request
        if not isinstance(request, ModelRequest):
            raise ModelError(f"{self.name}: asked as if it were an app. Fix: ask with a ModelRequest.")
        response, latency_s = await self._wire.post(self._address, self._sent_headers, self._say(request))
        if 200 <= response.status < 300:
            return self._read(response, latency_s)
        error = self._wire.refuse(response, with_schema=request.schema is not None)
        if isinstance(error, SchemaRefusedError):
            raise self._wire.error(f"refuses the schema: {error}. Fix: set `structured: prompt`, or simplify the schema.")
        raise error

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.close()

    def _say(self, request: ModelRequest) -> dict[str, Any]:
        system = "\n\n".join(message.text for message in request.messages if message.role == "system")
        messages: list[dict[str, Any]] = [
            {"role": "assistant" if message.role == "app" else "user", "content": message.text}
            for message in request.messages
            if message.role != "system"
        ]
        said: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            "max_tokens": _MAX_TOKENS,
            **self.parameters,
            **request.parameters,
        }
        if system:
            said["system"] = system
        if request.schema is None:
            return said
        if self.way == "prompt":
            messages[-1] = {**messages[-1], "content": f"{messages[-1]['content']}\n\n{say_schema(request.schema)}"}
            return said
        tool = {"name": _TOOL, "description": "Give the answer.", "input_schema": request.schema}
        return {**said, "tools": [tool], "tool_choice": {"type": "tool", "name": _TOOL}}

    def _read(self, response: Response, latency_s: float) -> Answer:
        try:
            said = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._wire.is_unreadable(response, str(error)) from None
        called = next((block.input for block in said.content if block.type == "tool_use"), None)
        text = (
            "".join(block.text for block in said.content if block.type == "text")
            if called is None
            else msgspec.json.encode(called).decode()
        )
        finish = _FINISHES.get(said.stop_reason or "end_turn", "other")
        counts = said.usage or _Counts()
        usage = count_usage(counts.input_tokens, counts.output_tokens, latency_s=latency_s, price=self.price)
        return self._wire.make_answer(ModelReply(text=text, finish=finish, served_by=said.model or ""), usage, response.headers)


__all__ = ["AnthropicModel"]

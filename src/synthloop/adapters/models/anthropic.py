"""Anthropic's messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from synthloop.adapters.models.addresses import complete_anthropic
from synthloop.adapters.models.chat import ChatModel
from synthloop.adapters.models.counts import count_usage
from synthloop.adapters.models.requests import find_finish, parameters_of
from synthloop.adapters.models.schemas import TOOL, KnownSchema, Way, add_to_last, say_schema
from synthloop.adapters.models.wire import Wire, make_answer
from synthloop.adapters.transport import Response
from synthloop.core.ask import Answer, Ask
from synthloop.core.model import CallWish, Finish, ModelReply, ModelRequest, ToolRound

_FINISHES: Mapping[str, Finish] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "filtered",
}
_API_VERSION = "2023-06-01"
_MAX_TOKENS = 4096
"""The interface wants a limit; this one holds where the settings name none."""


class _Block(msgspec.Struct):
    type: str = "text"
    text: str = ""
    input: Any = None
    id: str = ""
    name: str = ""


class _Counts(msgspec.Struct):
    input_tokens: Any = None
    cache_creation_input_tokens: Any = None
    cache_read_input_tokens: Any = None
    output_tokens: Any = None


class _Reply(msgspec.Struct):
    content: list[_Block]
    stop_reason: str | None = None
    usage: _Counts | None = None
    model: str | None = None


_decode = msgspec.json.Decoder(_Reply).decode
_NO_COUNTS = _Counts()


@dataclass(slots=True, kw_only=True, eq=False)
class AnthropicModel(ChatModel):
    """A model behind `POST {url}/v1/messages`."""

    url: str = "https://api.anthropic.com"
    headers: Mapping[str, str] = field(default_factory=lambda: {"x-api-key": "${ANTHROPIC_API_KEY}"}, repr=False)

    def _connect(self) -> Wire:
        headers = {"anthropic-version": _API_VERSION, **self.headers}
        return Wire(name=self.name, url=complete_anthropic(self.url), headers=headers, transport=self.transport)

    async def _send(self, ask: Ask, request: ModelRequest, known: KnownSchema | None, way: Way) -> Answer:
        response, latency_s = await self._wire.send("/messages", self._say(ask, request, known, way))
        if response.status == 200:
            return self._read(request, response, latency_s)
        raise self._wire.refuse(response, with_schema=known is not None and way != "prompt")

    def _say(self, ask: Ask, request: ModelRequest, known: KnownSchema | None, way: Way) -> dict[str, Any]:
        parameters = {"max_tokens": _MAX_TOKENS, **parameters_of(ask, request, self.parameters)}
        said: dict[str, Any] = {"model": self.model, "messages": _say_messages(request), **parameters}
        if system := "\n\n".join(message.text for message in request.messages if message.role == "system"):
            said["system"] = system
        if request.tools:
            said["tools"] = [
                {"name": tool.name, "description": tool.description, "input_schema": tool.parameters} for tool in request.tools
            ]
        if known is not None:
            _add_schema(said, known, way)
        return said

    def _read(self, request: ModelRequest, response: Response, latency_s: float) -> Answer:
        try:
            said = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._wire.is_unreadable(response, str(error)) from None
        reply = ModelReply(
            text=_said_by(said.content) if request.tools else _text_of(said.content),
            finish=find_finish(_FINISHES, said.stop_reason),
            served_by=said.model or "",
            tool_calls=_calls_of(said.content) if request.tools else (),
        )
        counts = said.usage or _NO_COUNTS
        usage = count_usage(_count_in(counts), counts.output_tokens, latency_s=latency_s, price=self.price)
        return make_answer(reply, usage, response.headers)


def _add_schema(said: dict[str, Any], known: KnownSchema, way: Way) -> None:
    if way == "native":
        said["output_config"] = {"format": {"type": "json_schema", "schema": known.raw}}
    elif way == "tool":
        said["tools"] = [{"name": TOOL, "description": "Give the answer.", "input_schema": known.raw}]
        said["tool_choice"] = {"type": "tool", "name": TOOL}
    else:
        add_to_last(said["messages"], say_schema(known))


def _text_of(blocks: list[_Block]) -> str:
    """Return what was said: the input of a tool call, or the text; what was thought is left out."""
    called = next((block.input for block in blocks if block.type == "tool_use"), None)
    if called is not None:
        return msgspec.json.encode(called).decode()
    return _said_by(blocks)


def _said_by(blocks: list[_Block]) -> str:
    return "".join(block.text for block in blocks if block.type == "text")


def _calls_of(blocks: list[_Block]) -> tuple[CallWish, ...]:
    return tuple(
        CallWish(id=block.id, name=block.name, arguments=msgspec.json.encode({} if block.input is None else block.input).decode())
        for block in blocks
        if block.type == "tool_use"
    )


def _say_messages(request: ModelRequest) -> list[dict[str, Any]]:
    """Return the conversation without what the system says, and with what was called in it in its places."""
    said: list[dict[str, Any]] = []
    for place, message in enumerate(request.messages, 1):
        if message.role != "system":
            said.append({"role": "assistant" if message.role == "app" else "user", "content": message.text})
        for each in request.rounds:
            if each.after == place:
                said += _say_round(each)
    return said


def _say_round(said: ToolRound) -> Iterator[dict[str, Any]]:
    text = [{"type": "text", "text": said.text}] if said.text else []
    calls = [{"type": "tool_use", "id": call.id, "name": call.name, "input": msgspec.json.decode(call.arguments)} for call in said.calls]
    yield {"role": "assistant", "content": [*text, *calls]}
    results = zip(said.calls, said.results, strict=True)
    yield {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": result} for call, result in results]}


def _count_in(counts: _Counts) -> object:
    """Return all tokens that were read: those of a cache are counted apart."""
    cached = (counts.cache_creation_input_tokens, counts.cache_read_input_tokens)
    return counts.input_tokens + sum(part for part in cached if isinstance(part, int)) if isinstance(counts.input_tokens, int) else None


__all__ = ["AnthropicModel"]

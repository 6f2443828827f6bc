"""Chat completions, as OpenAI, vLLM, Ollama, llama.cpp, Together and many others speak them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from synthloop.adapters.models.addresses import CHAT, complete_openai
from synthloop.adapters.models.chat import ChatModel
from synthloop.adapters.models.counts import count_usage
from synthloop.adapters.models.requests import find_finish, parameters_of
from synthloop.adapters.models.schemas import TOOL, KnownSchema, Way, add_to_last, say_schema
from synthloop.adapters.models.wire import Wire, make_answer
from synthloop.adapters.transport import Response
from synthloop.core.ask import Answer, Ask
from synthloop.core.model import CallWish, Finish, ModelReply, ModelRequest, ToolRound
from synthloop.core.sample import Role

_ROLES: Mapping[Role, str] = {"user": "user", "app": "assistant", "system": "system", "tool": "user"}
_FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "tool_calls": "stop",
    "function_call": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filtered",
}
_LIMIT, _OTHER_LIMIT = "max_tokens", "max_completion_tokens"


class _Function(msgspec.Struct):
    name: str = ""
    arguments: Any = None


class _ToolCall(msgspec.Struct):
    id: str | None = None
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
    choices: list[_Choice] = msgspec.field(default_factory=list[_Choice])
    usage: _Counts | None = None
    model: str | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Completion).decode
_NO_COUNTS = _Counts()


@dataclass(slots=True, kw_only=True, eq=False)
class OpenAiModel(ChatModel):
    """A model behind `POST {url}/chat/completions`.

    Each ask is one choice: several answers to one question are asks with other replicas, so that each is in the journal by itself.
    An address without any path gets `/v1`.
    """

    model: str = ""
    """What the endpoint calls it; empty: the only one that it has."""
    _found: str = field(init=False, repr=False, default="")
    """The only one that it has, once it said so."""
    _renames_limit: bool = field(init=False, repr=False, default=False)
    """Whether the server was found to call the limit of tokens by its other name."""

    def _connect(self) -> Wire:
        return Wire(name=self.name, url=complete_openai(self.url), headers=self.headers, transport=self.transport)

    async def _find_model(self) -> str:
        names = await self._wire.list_models()
        if len(names) != 1:
            shown = ", ".join(names[:8]) or "none"
            raise self._wire.error(f"the endpoint has {len(names)} models: {shown}. Fix: name one as `model`.", fatal=True)
        return names[0]

    async def _send(self, ask: Ask, request: ModelRequest, known: KnownSchema | None, way: Way) -> Answer:
        if not self.model and not self._found:
            self._found = await self._find_model()
        said = self._say(ask, request, known, way)
        response, latency_s = await self._wire.send(CHAT, said)
        if response.status == 200:
            return self._read(request, response, latency_s)
        if response.status == 400 and _LIMIT in said and _OTHER_LIMIT.encode() in response.body:
            self._renames_limit = True
            return await self._send(ask, request, known, way)
        raise self._wire.refuse(response, with_schema=known is not None and way != "prompt")

    def _say(self, ask: Ask, request: ModelRequest, known: KnownSchema | None, way: Way) -> dict[str, Any]:
        said: dict[str, Any] = {
            "model": self.model or self._found,
            "messages": _say_messages(request),
            **parameters_of(ask, request, self.parameters),
        }
        if self._renames_limit and _LIMIT in said:
            said[_OTHER_LIMIT] = said.pop(_LIMIT)
        if request.tools:
            said["tools"] = [{"type": "function", "function": msgspec.structs.asdict(tool)} for tool in request.tools]
        if known is not None:
            _add_schema(said, known, way)
        return said

    def _read(self, request: ModelRequest, response: Response, latency_s: float) -> Answer:
        try:
            completion = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._wire.is_unreadable(response, str(error)) from None
        if not completion.choices:
            raise self._explain_no_choice(completion, response)
        choice = completion.choices[0]
        reply = ModelReply(
            text=_said_by(choice.message) if request.tools else _text_of(choice.message),
            finish=find_finish(_FINISHES, choice.finish_reason),
            refusal=choice.message.refusal or "",
            served_by=completion.model or "",
            tool_calls=_calls_of(choice.message) if request.tools else (),
        )
        counts = completion.usage or _NO_COUNTS
        usage = count_usage(counts.prompt_tokens, counts.completion_tokens, latency_s=latency_s, price=self.price)
        return make_answer(reply, usage, response.headers)

    def _explain_no_choice(self, completion: _Completion, response: Response) -> Exception:
        """Return the error of an answer without an answer in it; some endpoints say 200 and report an error in the body."""
        code: object = completion.error.get("code") if isinstance(completion.error, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - untyped JSON
        if isinstance(code, int) and 400 <= code < 600:
            return self._wire.refuse(Response(code, response.headers, response.body))
        return self._wire.is_unreadable(response, "it holds no choice")


def _add_schema(said: dict[str, Any], known: KnownSchema, way: Way) -> None:
    if way == "native":
        schema = {"name": TOOL, "schema": known.raw, "strict": known.strict}
        said["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif way == "tool":
        said["tools"] = [{"type": "function", "function": {"name": TOOL, "description": "Give the answer.", "parameters": known.raw}}]
        said["tool_choice"] = {"type": "function", "function": {"name": TOOL}}
    else:
        add_to_last(said["messages"], say_schema(known))


def _say_messages(request: ModelRequest) -> list[dict[str, Any]]:
    """Return the conversation, with what was called in it in its places."""
    said: list[dict[str, Any]] = []
    for place, message in enumerate(request.messages, 1):
        said.append({"role": _ROLES[message.role], "content": message.text})
        for each in request.rounds:
            if each.after == place:
                said += _say_round(each)
    return said


def _say_round(said: ToolRound) -> Iterator[dict[str, Any]]:
    calls = [{"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}} for call in said.calls]
    yield {"role": "assistant", "content": said.text or None, "tool_calls": calls}
    for call, result in zip(said.calls, said.results, strict=True):
        yield {"role": "tool", "tool_call_id": call.id, "content": result}


def _calls_of(message: _Message) -> tuple[CallWish, ...]:
    return tuple(
        CallWish(id=call.id or f"call-{place}", name=call.function.name, arguments=_as_json(call.function.arguments))
        for place, call in enumerate(message.tool_calls or ())
    )


def _text_of(message: _Message) -> str:
    """Return what was said: the text, or where there is none the arguments of a tool call."""
    said = _said_by(message)
    return _as_json(message.tool_calls[0].function.arguments) if message.tool_calls and not said.strip() else said


def _said_by(message: _Message) -> str:
    """Return the text, whose parts are joined."""
    said = message.content
    if isinstance(said, list):
        return "".join(str(part.get("text") or "") for part in said if part.get("type", "text") in ("text", "output_text"))
    return said or ""


def _as_json(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()


__all__ = ["OpenAiModel"]

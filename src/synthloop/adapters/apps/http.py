"""An app behind an HTTP endpoint."""

import asyncio
import codecs
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from time import perf_counter
from typing import Literal
from urllib.parse import quote, urlsplit
from uuid import uuid4

import msgspec

from synthloop.adapters.apps.placeholders import fill, fill_text, map_texts, names_in
from synthloop.adapters.apps.reply_paths import ReplyPaths, read_json, read_text
from synthloop.adapters.apps.usage import UsagePaths, read_usage
from synthloop.adapters.apps.values import as_chat
from synthloop.adapters.environment import Secrets
from synthloop.adapters.transport import AiohttpTransport, Response, TransportError, parse_retry_after
from synthloop.core.ask import Answer, Ask, FailureReason, Request, TurnRequest
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue

Method = Literal["GET", "POST", "PUT", "PATCH"]
EndMethod = Literal["DELETE", "POST", "PUT"]

_USER = re.compile(r"//[^/]*@")
_QUERY = re.compile(r"[?#]")
_TRY_AGAIN = frozenset({408, 425, 429})
_END_WAIT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCall:
    """The request that ends a conversation."""

    url: str
    """`{session}` stands for the conversation, `${NAME}` for an environment variable."""
    method: EndMethod = "DELETE"


@dataclass(slots=True, kw_only=True, eq=False)
class HttpApp:
    """An HTTP endpoint as an app.

    In `body` and `url`, `{text}` stands for the last message's text and `{name}` for the variant's variable of that name; a string that is
    nothing but a placeholder is replaced by the value itself, so `{messages}` becomes a list of chat messages. Values are put into the
    structure, never pasted into JSON text. In `url`, `headers` and `body`, `${NAME}` stands for an environment variable, whose value never
    shows up in a message. Redirects are not followed, cookies are not kept, and proxies of the environment are ignored unless asked for.

    In a conversation `{state}` stands for the state that the endpoint gave back last (at first: what the conversation starts with), and
    `{session}` for an id of its own; both may stand in `headers` as well, and a variable of that name goes before them. An endpoint that is
    told `{session}` keeps what it knows of the conversation until `end` is sent.
    """

    name: str
    version: str
    url: str
    method: Method = "POST"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: JsonValue = None
    """What is sent as JSON; None: `{"text": "{text}"}`, and nothing with GET."""
    path: str | None = None
    """Dotted path of the answer in the JSON that comes back, e.g. `choices.0.message.content`; empty: all of it; None: it is no JSON, and
    the text as it is is the answer."""
    reply: ReplyPaths = field(default_factory=ReplyPaths)
    """Where that JSON says what a conversation needs besides; needs JSON."""
    end: EndCall | None = None
    """What is sent when a conversation has ended; needs `{session}`."""
    usage: UsagePaths = field(default_factory=UsagePaths)
    """Where that JSON says what the answer cost; needs `path`."""
    variables: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    proxies_from_environment: bool = False
    most_bytes: int = 10_000_000
    """Largest body that is read."""
    _secrets: Secrets = field(init=False, repr=False, default_factory=Secrets)
    _url: str = field(init=False, repr=False)
    _headers: dict[str, str] = field(init=False, repr=False)
    _body: JsonValue = field(init=False, repr=False)
    _end_url: str = field(init=False, repr=False)
    _keeps_sessions: bool = field(init=False)
    _sessions: dict[str, str] = field(default_factory=dict[str, str], init=False, repr=False)
    """Session -> what the endpoint is told that it is called."""
    _shown_url: str = field(init=False)
    _transport: AiohttpTransport = field(init=False, repr=False)

    def __post_init__(self) -> None:
        where = f"app {self.name!r}"
        self._url = self._secrets.resolve(self.url, where)
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{where}: `url` is not an http(s) address. Fix: write it as https://host/path.")
        # the query and user:password@ may hold secrets
        self._shown_url = _USER.sub("//", _QUERY.split(self.url)[0])
        self._headers = {key: self._secrets.resolve(value, where) for key, value in self.headers.items()}
        for key, value in self._headers.items():
            if any(character in value for character in "\r\n\0"):
                raise UsageError(f"{where}: the header {key!r} contains a line break. Fix: remove it from the variable.")
        body: JsonValue = {"text": "{text}"} if self.body is None and self.method != "GET" else self.body
        self._body = map_texts(body, lambda text: self._secrets.resolve(text, where))
        self._end_url = self._secrets.resolve(self.end.url, where) if self.end else ""
        self._keeps_sessions = "session" in names_in([self.url, self.body, *self.headers.values()]) - set(self.variables)
        self._transport = AiohttpTransport(proxies_from_environment=self.proxies_from_environment, most_bytes=self.most_bytes)

    @property
    def keeps_sessions(self) -> bool:
        """Whether `{session}` is sent."""
        return self._keeps_sessions

    async def answer(self, ask: Ask) -> Answer:
        """Send the request and read the answer.

        Raises:
            AppError: The endpoint can't be reached, reports an error (retryable for 408, 425, 429 and 5xx), or sends something unusable.
        """
        if isinstance(ask.request, TurnRequest):
            return await self._ask(ask.request, self._find_session(ask.request))
        session = _make_session()
        try:
            return await self._ask(ask.request, session)
        finally:
            await self._end(session)

    async def end_session(self, session: str) -> None:
        """Tell the endpoint that a conversation has ended, where `end` says how; whether it heard it changes nothing."""
        if (called := self._sessions.pop(session, None)) is not None:
            await self._end(called)

    async def close(self) -> None:
        """End all conversations and close all connections."""
        for session in list(self._sessions):
            await self.end_session(session)
        await self._transport.close()

    def _find_session(self, request: TurnRequest) -> str:
        if not request.session:
            return ""
        if request.turn == 0:
            self._sessions[request.session] = _make_session()
        if (session := self._sessions.get(request.session)) is None:
            raise self._error("knows nothing of this conversation; it was begun elsewhere", reason="session_lost")
        return session

    async def _ask(self, request: Request, session: str) -> Answer:
        values = _values_of(request, session, self.variables)
        started_s = perf_counter()
        try:
            response = await self._send(values)
        except TransportError as error:
            if error.trouble == "size":
                raise self._error(f"{error}. Fix: raise `most_bytes`.", reason="invalid_answer") from None
            raise self._error(f"can't be reached at {self._shown_url}: {error}", reason="unreachable", retryable=True) from None
        latency_s = perf_counter() - started_s
        if not 200 <= response.status < 300:
            raise self._refusal(response.status, response.headers, response.body)
        return self._parse(request, response, latency_s)

    async def _end(self, session: str) -> None:
        if self.end is None:
            return
        with suppress(TransportError, TimeoutError):
            async with asyncio.timeout(_END_WAIT_S):
                values: dict[str, JsonValue] = {"session": session, **self.variables}
                url = fill_text(self._end_url, values, lambda text: quote(text, safe=""))
                await self._transport.send(self.end.method, url, _fill_headers(self._headers, values), None)

    async def _send(self, values: Mapping[str, JsonValue]) -> Response:
        data = None if self._body is None else msgspec.json.encode(fill(self._body, values))
        filled = _fill_headers(self._headers, values)
        headers = {"Content-Type": "application/json", **filled} if data is not None else filled
        url = fill_text(self._url, values, lambda text: quote(text, safe=""))
        return await self._transport.send(self.method, url, headers, data)

    def _parse(self, request: Request, response: Response, latency_s: float) -> Answer:
        raw, in_turn = response.body, isinstance(request, TurnRequest)
        if self.path is None and self.reply.is_empty:
            text = raw.decode(_charset_of(response.headers), errors="replace")
            return read_text(text, self.name, in_turn=in_turn, latency_s=latency_s)
        try:
            value = msgspec.json.decode(raw.removeprefix(codecs.BOM_UTF8))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._error(f"sent invalid JSON ({error}). It begins: {self._quote(raw)}", reason="invalid_answer") from error
        answer = read_json(value, self.name, path=self.path or "", paths=self.reply, in_turn=in_turn)
        return msgspec.structs.replace(answer, usage=read_usage(value, self.usage, latency_s=latency_s))

    def _refusal(self, status: int, headers: Mapping[str, str], raw: bytes) -> AppError:
        what = f"answered with HTTP {status} at {self._shown_url}"
        if 300 <= status < 400:
            return self._error(f"{what}: a redirect. Fix: put the final address into `url`.")
        fix = " Fix: check the header that carries the key." if status in (401, 403) else ""
        retryable = status in _TRY_AGAIN or status >= 500
        wait_s = parse_retry_after(headers.get("Retry-After")) if retryable else None
        said = f": {self._quote(raw)}" if raw.strip() else ""
        return self._error(f"{what}{said}.{fix}", retryable=retryable, retry_after_s=wait_s)

    def _quote(self, raw: bytes) -> str:
        return repr(self._secrets.hide(raw.decode(errors="replace")).strip()[:200])

    def _error(
        self,
        what: str,
        *,
        reason: FailureReason = "error",
        retryable: bool = False,
        retry_after_s: float | None = None,
    ) -> AppError:
        message = self._secrets.hide(f"{self.name}: {what}")
        return AppError(message, reason=reason, retryable=retryable, retry_after_s=retry_after_s)


def _make_session() -> str:
    """Return a new name: the endpoint may still know a conversation of an earlier run."""
    return uuid4().hex


def _values_of(request: Request, session: str, variables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    text = request.messages[-1].text if request.messages else ""
    state = request.state if isinstance(request, TurnRequest) else None
    return {"session": session, "state": state, **variables, "text": text, "messages": as_chat(request.messages)}


def _fill_headers(headers: Mapping[str, str], values: Mapping[str, JsonValue]) -> dict[str, str]:
    sent = {name: values[name] for name in ("session", "state") if name in values}  # no text: it may contain line breaks
    return {key: fill_text(value, sent) for key, value in headers.items()}


def _charset_of(headers: Mapping[str, str]) -> str:
    message = Message()
    message["Content-Type"] = headers.get("Content-Type", "")
    charset = message.get_content_charset("utf-8")
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return "utf-8"


__all__ = ["EndCall", "EndMethod", "HttpApp", "Method"]

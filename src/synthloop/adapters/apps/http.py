"""An app behind an HTTP endpoint."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from time import perf_counter
from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

from synthloop.adapters.apps.placeholders import fill, fill_text, map_texts
from synthloop.adapters.apps.usage import UsagePaths, read_usage
from synthloop.adapters.apps.values import as_answer, as_chat, follow_path
from synthloop.adapters.environment import Secrets
from synthloop.adapters.transport import AiohttpTransport, Response, TransportError, parse_retry_after
from synthloop.core.ask import Answer, Ask
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.usage import Usage

Method = Literal["GET", "POST", "PUT", "PATCH"]

_USER = re.compile(r"//[^/]*@")
_QUERY = re.compile(r"[?#]")
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(slots=True, kw_only=True, eq=False)
class HttpApp:
    """An HTTP endpoint as an app.

    In `body` and `url`, `{text}` stands for the last message's text and `{name}` for the variant's variable of that name; a string that is
    nothing but a placeholder is replaced by the value itself, so `{messages}` becomes a list of chat messages. Values are put into the
    structure, never pasted into JSON text. In `url`, `headers` and `body`, `${NAME}` stands for an environment variable, whose value never
    shows up in a message. Redirects are not followed, cookies are not kept, and proxies of the environment are ignored unless asked for.
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
        self._transport = AiohttpTransport(proxies_from_environment=self.proxies_from_environment, most_bytes=self.most_bytes)

    async def answer(self, ask: Ask) -> Answer:
        """Send the request and read the answer.

        Raises:
            AppError: The endpoint can't be reached, reports an error (retryable for 408, 425, 429 and 5xx), or sends something unusable.
        """
        values = {**self.variables, "text": ask.request.messages[-1].text, "messages": as_chat(ask.request.messages)}
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
        return self._parse(response.body, _charset_of(response.headers), latency_s)

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    async def _send(self, values: Mapping[str, JsonValue]) -> Response:
        data = None if self._body is None else msgspec.json.encode(fill(self._body, values))
        headers = {"Content-Type": "application/json", **self._headers} if data is not None else self._headers
        url = fill_text(self._url, values, lambda text: quote(text, safe=""))
        return await self._transport.send(self.method, url, headers, data)

    def _parse(self, raw: bytes, charset: str, latency_s: float) -> Answer:
        if self.path is None:
            return Answer(value=raw.decode(charset, errors="replace"), usage=Usage(latency_s=latency_s))
        try:
            value = msgspec.json.decode(raw.removeprefix(codecs.BOM_UTF8))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._error(f"sent invalid JSON ({error}). It begins: {self._quote(raw)}", reason="invalid_answer") from error
        answer = as_answer(follow_path(value, self.path, self.name), self.name)
        return Answer(value=answer, usage=read_usage(value, self.usage, latency_s=latency_s))

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
        reason: Literal["error", "unreachable", "invalid_answer"] = "error",
        retryable: bool = False,
        retry_after_s: float | None = None,
    ) -> AppError:
        message = self._secrets.hide(f"{self.name}: {what}")
        return AppError(message, reason=reason, retryable=retryable, retry_after_s=retry_after_s)


def _charset_of(headers: Mapping[str, str]) -> str:
    message = Message()
    message["Content-Type"] = headers.get("Content-Type", "")
    charset = message.get_content_charset("utf-8")
    try:
        return codecs.lookup(charset).name
    except LookupError:
        return "utf-8"


__all__ = ["HttpApp", "Method"]

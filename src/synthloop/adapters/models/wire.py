"""What every HTTP model shares: the endpoint with its key, sending, and what went wrong in words."""

import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import msgspec

from synthloop.adapters.environment import Secrets, find_references
from synthloop.adapters.models.refusals import is_about_schema, read_refusal
from synthloop.adapters.models.rests import find_asked, find_rest
from synthloop.adapters.models.schemas import KnownSchema, SchemaRefusedError, Schemas, Way
from synthloop.adapters.transport import AiohttpTransport, Response, Transport, TransportError
from synthloop.core.ask import Answer, FailureReason
from synthloop.core.errors import ModelError, UsageError
from synthloop.core.lineage import content_id
from synthloop.core.model import ModelReply
from synthloop.core.usage import Usage

_KEY_HEADER = re.compile("auth|key|token|cookie", re.IGNORECASE)
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_OVERLOADED = frozenset({429, 503, 529})
_encode = msgspec.json.Encoder().encode


class _Listed(msgspec.Struct):
    id: str


class _Said(msgspec.Struct):
    error: dict[str, Any] | str | None = None
    message: Any = None
    detail: Any = None


class _List(msgspec.Struct):
    data: list[_Listed]


@dataclass(slots=True, kw_only=True, eq=False)
class Wire:
    """One endpoint: sends requests, keeps its key, and knows what to say of it. Builds no request and reads no answer."""

    name: str
    """Of the model, for messages."""
    url: str
    """Base address, without a slash at the end; `${NAME}` stands for an environment variable."""
    headers: Mapping[str, str] = field(repr=False)
    """The same holds here."""
    transport: Transport = field(default_factory=AiohttpTransport)
    endpoint: str = field(init=False)
    """What limits belong to: the address, and which key is used there, without the key."""
    _secrets: Secrets = field(init=False, repr=False, default_factory=Secrets)
    _resolved: tuple[str, dict[str, str]] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        sent = [f"{name}={value}" for name, value in sorted(self.headers.items()) if find_references(value)]
        self.endpoint = f"{_without_query(self.url)} {content_id(self.url, sent)[:8]}"

    @property
    def shown_url(self) -> str:
        """The address without user, password and query, which may hold a key."""
        return _without_query(self.url)

    async def send(self, path: str, body: object = None) -> tuple[Response, float]:
        """Send a request and return what came back with its latency in seconds, whatever the status.

        Args:
            path: Below the base address.
            body: What is sent as JSON; None: it is fetched.

        Raises:
            ModelError: Nothing came back, or a variable that is named is not set.
        """
        url, headers = self._resolved or self._resolve()
        started_s = perf_counter()
        try:
            if body is None:
                response = await self.transport.send("GET", _join(url, path), headers)
            else:
                response = await self.transport.send("POST", _join(url, path), headers, _encode(body))
        except TransportError as error:
            raise self._explain(error) from None
        return response, perf_counter() - started_s

    async def list_models(self) -> tuple[str, ...]:
        """Return what the endpoint calls its models, sorted; not every endpoint says.

        Raises:
            ModelError: It can't be reached, or does not say.
        """
        response, _ = await self.send("/models")
        if response.status != 200:
            raise self.refuse(response)
        try:
            return tuple(sorted(listed.id for listed in msgspec.json.decode(response.body, type=_List).data))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self.is_unreadable(response, str(error)) from None

    async def send_shaped(self, schemas: Schemas, known: KnownSchema, send: Callable[[Way], Awaitable[Answer]]) -> Answer:
        """Ask for an answer of a schema in the way that the server took last, and in the next one where it refuses that.

        Args:
            schemas: Knows which ways there are.
            known: The schema.
            send: Asks in one way; raises `SchemaRefusedError`.

        Raises:
            ModelError: There is no answer, in no way.
        """
        way = known.way
        while True:
            try:
                answer = await send(way)
            except SchemaRefusedError as refusal:
                if not (following := schemas.ways_after(way)):
                    fix = "Fix: simplify the schema, or set `structured: auto`."
                    raise self.error(f"{refusal}. It refuses the schema. {fix}") from None
                way = following[0]
            else:
                schemas.note(known, way, _text_of(answer))
                return answer

    def refuse(self, response: Response, *, with_schema: bool = False) -> Exception:
        """Return the error that a status other than 2xx means.

        Args:
            response: What came back.
            with_schema: Whether the request said a schema, so that refusing it may be all that is wrong.
        """
        words = response.body[:4000].decode(errors="replace")
        what = f"answered with HTTP {response.status} at {self.shown_url}{self._say(response.body)}"
        if with_schema and is_about_schema(response.status, words):
            return SchemaRefusedError(what)
        asked_s = find_asked(response.headers, response.body) if response.status in (429, 503, 529) or response.status >= 500 else None
        keys = [reference for value in self.headers.values() for reference in find_references(value)]
        found = read_refusal(response.status, words, asks_when=asked_s is not None, key=", ".join(keys))
        advice = f". {found.advice}" if found.advice else ""
        wait_s = asked_s if found.retryable else None
        return self.error(
            f"{what}{advice}",
            reason=found.reason,
            retryable=found.retryable,
            retry_after_s=wait_s,
            fatal=found.fatal,
            overloaded=response.status in _OVERLOADED and found.retryable,
        )

    def is_unreadable(self, response: Response, why: str) -> ModelError:
        """Return the error of an answer that is not the protocol: another server, or a body that broke off."""
        kind = response.headers.get("Content-Type", "")
        what = f"sent no answer that can be read from {self.shown_url} ({why}). It begins: {self.quote(response.body)}"
        if "html" in kind or response.body.lstrip()[:1] == b"<":
            advice = "Something else listens there. Fix: check `url`; most end with /v1."
            return self.error(f"{what}. {advice}", reason="invalid_answer", fatal=True)
        return self.error(what, reason="invalid_answer", retryable=True)

    def quote(self, raw: bytes) -> str:
        """Return the beginning of what came back, without secrets."""
        return repr(self._secrets.hide(raw[:4000].decode(errors="replace")).strip()[:300])

    def _say(self, body: bytes) -> str:
        """Return what came with a refusal: its message, where it has one in one of the usual places."""
        try:
            said = msgspec.json.decode(body, type=_Said)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return f": {self.quote(body)}" if body.strip() else ""
        inner = said.error.get("message") if isinstance(said.error, dict) else said.error
        message = next((text for text in (inner, said.message, said.detail) if isinstance(text, str)), None)
        return f": {self.quote(body if message is None else message.encode())}"

    def error(
        self,
        what: str,
        *,
        reason: FailureReason = "error",
        retryable: bool = False,
        retry_after_s: float | None = None,
        fatal: bool = False,
        overloaded: bool = False,
    ) -> ModelError:
        """Return an error that names the model and shows no secret."""
        message = self._secrets.hide(f"{self.name}: {what}")
        return ModelError(message, reason=reason, retryable=retryable, retry_after_s=retry_after_s, fatal=fatal, overloaded=overloaded)

    def _resolve(self) -> tuple[str, dict[str, str]]:
        """Read what comes from the environment: on the first call, since a journal that answers everything needs no key."""
        try:
            headers = {name: self._secrets.resolve(value, self.name) for name, value in self.headers.items()}
            url = self._secrets.resolve(self.url, self.name)
        except UsageError as error:
            raise ModelError(str(error), fatal=True) from None
        if broken := [name for name, value in headers.items() if any(character in value for character in "\r\n\0")]:
            raise self.error(f"the header {broken[0]!r} contains a line break. Fix: remove it from the variable.", fatal=True)
        for name, value in headers.items():
            if _KEY_HEADER.search(name):
                self._secrets.keep(value.removeprefix("Bearer ").strip())  # a key that was written out, not named
        self._resolved = url, {"Content-Type": "application/json", **headers}
        return self._resolved

    def _explain(self, error: TransportError) -> ModelError:
        if error.trouble == "size":
            return self.error(f"{error}.", reason="invalid_answer")
        fix = ""
        if error.trouble == "certificate":
            fix = ". Fix: name the file of the authority that signed it as `ca_file`"
        elif not getattr(self.transport, "proxies_from_environment", True) and any(os.environ.get(name) for name in _PROXIES):
            fix = ". Fix: where it is reached through the proxy that the environment names, set `proxies: true`"
        what = f"can't be reached at {self.shown_url}: {error}{fix}"
        return self.error(what, reason="unreachable", retryable=error.trouble == "network", fatal=error.trouble == "certificate")


def make_answer(reply: ModelReply, usage: Usage, headers: Mapping[str, str]) -> Answer:
    """Return an answer, with the rest that the server's headers ask for."""
    return Answer(value=msgspec.to_builtins(reply), usage=usage, rest_s=find_rest(headers, usage.tokens_in + usage.tokens_out))


def _text_of(answer: Answer) -> str:
    return str(answer.value.get("text", "")) if isinstance(answer.value, dict) else ""


def _join(url: str, path: str) -> str:
    base, mark, query = url.partition("?")
    return f"{base}{path}{mark}{query}"


def _without_query(url: str) -> str:
    scheme, _, rest = url.partition("?")[0].partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


__all__ = ["Wire", "make_answer"]

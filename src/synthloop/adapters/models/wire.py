"""What every HTTP model shares: sending, and reading what went wrong."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import ClassVar, Literal

import msgspec

from synthloop.adapters.environment import Secrets
from synthloop.adapters.models.prices import Price
from synthloop.adapters.transport import Response, Transport, TransportError, parse_retry_after
from synthloop.core.ask import Answer
from synthloop.core.errors import ModelError
from synthloop.core.model import ModelReply
from synthloop.core.usage import Usage

Structured = Literal["auto", "native", "tool", "prompt"]
"""How a schema is said on the wire; `auto` tries them in that order and remembers what the server takes."""

_TRY_AGAIN = frozenset({408, 409, 425, 429})
_OVERLOADED = frozenset({429, 503, 529})
_NO_CREDIT = ("insufficient_quota", "billing", "credit balance", "exceeded your current quota", "payment required")
_SCHEMA_WORDS = ("response_format", "json_schema", "guided", "grammar", "schema", "tool_choice", "tools", "structured", "strict")
_TOO_LONG = ("context_length", "context length", "maximum context", "context size", "too many tokens", "prompt is too long", "n_ctx")
_RESET_HEADERS = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
)
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class SchemaRefusedError(Exception):
    """The server does not take schemas in the way in which it was sent; holds the server's words."""


@dataclass(slots=True, kw_only=True, eq=False)
class Wire:
    """One endpoint and what to say of it: builds no request and reads no answer."""

    TRANSPORT_WORDS: ClassVar[str] = "can't be reached"

    name: str
    shown_url: str
    transport: Transport
    secrets: Secrets = field(default_factory=Secrets)
    _sent: msgspec.json.Encoder = field(init=False, repr=False, default_factory=msgspec.json.Encoder)

    async def post(self, url: str, headers: Mapping[str, str], body: object) -> tuple[Response, float]:
        """Send a request and return what came back with its latency in seconds, whatever the status.

        Raises:
            ModelError: Nothing came back.
        """
        started_s = perf_counter()
        try:
            response = await self.transport.post(url, headers, self._sent.encode(body))
        except TransportError as error:
            raise self.error(f"can't be reached at {self.shown_url}: {error}", reason="unreachable", retryable=True) from None
        return response, perf_counter() - started_s

    def refuse(self, response: Response, *, with_schema: bool) -> Exception:
        """Return the error that a status other than 2xx means.

        Args:
            response: What came back.
            with_schema: Whether the request said a schema, so that refusing it may be all that is wrong.
        """
        said = self.quote(response.body)
        lowered = said.lower()
        what = f"answered with HTTP {response.status} at {self.shown_url}: {said}"
        if response.status in (400, 404, 405, 422, 501) and with_schema and any(word in lowered for word in _SCHEMA_WORDS):
            return SchemaRefusedError(what)
        if response.status == 402 or (response.status == 429 and any(word in lowered for word in _NO_CREDIT)):
            return self.error(f"{what}. There is no credit left. Fix: top up the account, then run the same command again.", fatal=True)
        if (fix := _fix_of(response.status, lowered)) is not None:
            return self.error(f"{what}. Fix: {fix}", fatal=response.status in (401, 403, 404, 405) or 300 <= response.status < 400)
        retryable = response.status in _TRY_AGAIN or response.status >= 500
        rest_s = self._find_rest(response.headers) if retryable else None
        return self.error(what, retryable=retryable, retry_after_s=rest_s, overloaded=response.status in _OVERLOADED)

    def is_unreadable(self, response: Response, why: str) -> ModelError:
        """Return the error of an answer that is not the protocol: another server, or a body that broke off."""
        kind = response.headers.get("Content-Type", "")
        what = f"sent no answer that can be read from {self.shown_url} ({why}). It begins: {self.quote(response.body)}"
        if "html" in kind or response.body.lstrip()[:1] == b"<":
            return self.error(f"{what}. Fix: check `url`: something else listens there.", reason="invalid_answer", fatal=True)
        return self.error(what, reason="invalid_answer", retryable=True)

    def make_answer(self, reply: ModelReply, usage: Usage, headers: Mapping[str, str]) -> Answer:
        """Return an answer, with the rest that the server's headers ask for."""
        value = {"text": reply.text, "finish": reply.finish, "refusal": reply.refusal, "served_by": reply.served_by}
        return Answer(value={key: said for key, said in value.items() if said}, usage=usage, rest_s=self._find_rest(headers) or 0.0)

    def quote(self, raw: bytes) -> str:
        """Return the beginning of what came back, without secrets."""
        return repr(self.secrets.hide(raw[:4000].decode(errors="replace")).strip()[:300])

    def error(
        self,
        what: str,
        *,
        reason: Literal["error", "unreachable", "invalid_answer"] = "error",
        retryable: bool = False,
        retry_after_s: float | None = None,
        fatal: bool = False,
        overloaded: bool = False,
    ) -> ModelError:
        """Return an error that names the model and shows no secret."""
        message = self.secrets.hide(f"{self.name}: {what}")
        return ModelError(message, reason=reason, retryable=retryable, retry_after_s=retry_after_s, fatal=fatal, overloaded=overloaded)

    def _find_rest(self, headers: Mapping[str, str]) -> float | None:
        """Return how long the server asks to be left alone: in so many words, or because nothing remains of a limit."""
        milliseconds = headers.get("retry-after-ms")
        if milliseconds is not None and milliseconds.replace(".", "", 1).isdigit():
            return float(milliseconds) / 1000
        asked = parse_retry_after(headers.get("Retry-After"))
        if asked is not None:
            return asked
        resets = [parse_reset(headers.get(reset)) for left, reset in _RESET_HEADERS if headers.get(left) in ("0", "0.0")]
        return max(resets, default=None)


def _fix_of(status: int, lowered: str) -> str | None:
    if status in (401, 403):
        return "check the key, and that it may use this model."
    if status in (400, 413, 422) and any(words in lowered for words in _TOO_LONG):
        return "the prompt is longer than the model reads: fewer examples, shorter documents, or another model."
    if status == 404:
        return "check `model` and `url`: the endpoint knows no such model, or no such address."
    if status == 405 or 300 <= status < 400:
        return "check `url`: it is not the address of a chat endpoint."
    return None


def parse_reset(value: str | None) -> float:
    """Return the seconds of a rate limit's reset, said as `6m0s`, `1.5s`, `20ms` or a number of seconds; 0 where it can't be read.

    Example:
        >>> parse_reset("6m0s"), parse_reset("20ms"), parse_reset("soon")
        (360.0, 0.02, 0.0)
    """
    import re  # noqa: PLC0415 - only where a limit is reached

    if not value:
        return 0.0
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", value)
    return math.fsum(float(number) * _UNIT_S[unit] for number, unit in parts)


def count_usage(tokens_in: object, tokens_out: object, *, latency_s: float, price: Price | None) -> Usage:
    """Return what an answer cost. Counts that are missing or impossible are unknown, and so is then the cost."""
    known = [count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None for count in (tokens_in, tokens_out)]
    read, written = known[0] or 0, known[1] or 0
    cost = price.of(read, written) if price is not None and None not in known else None
    return Usage(latency_s=latency_s, tokens_in=read, tokens_out=written, cost_usd=cost)


__all__ = ["SchemaRefusedError", "Structured", "Wire", "count_usage", "parse_reset"]

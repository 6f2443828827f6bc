"""What an endpoint says of its own limits: how long it wants to be left alone."""

import re
from collections.abc import Mapping
from datetime import datetime
from time import time
from typing import NamedTuple

from synthloop.adapters.transport import parse_retry_after

_NUMBER = re.compile(r"\d+(\.\d+)?")
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_IN_WORDS = re.compile(rb'(?:try again in|retry in|retryDelay"\s*:\s*")\s*([0-9][0-9.hms]*)', re.IGNORECASE)
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class _Names(NamedTuple):
    """The headers that tell of one limit."""

    left: str
    limit: str
    reset: str
    of_tokens: bool


def _names_of(kind: str) -> tuple[_Names, _Names]:
    return (
        _Names(f"x-ratelimit-remaining-{kind}", f"x-ratelimit-limit-{kind}", f"x-ratelimit-reset-{kind}", kind != "requests"),
        _Names(
            f"anthropic-ratelimit-{kind}-remaining",
            f"anthropic-ratelimit-{kind}-limit",
            f"anthropic-ratelimit-{kind}-reset",
            kind != "requests",
        ),
    )


_LIMITS = (
    *_names_of("requests"),
    *_names_of("tokens"),
    *_names_of("input-tokens")[1:],
    *_names_of("output-tokens")[1:],
)


def find_rest(headers: Mapping[str, str], tokens: int = 0) -> float:
    """Return how many seconds the other side wants to be left alone, because it says so, or because too little remains of a limit.

    Args:
        headers: Names are found in any case.
        tokens: What a call takes: where less than that remains, another one like it would be refused.
    """
    if (asked := _read_asked(headers)) is not None:
        return asked
    return max((_rest_of(names, left, headers, tokens) for names in _LIMITS if (left := headers.get(names.left)) is not None), default=0.0)


def find_asked(headers: Mapping[str, str], body: bytes) -> float | None:
    """Return the seconds that a refusal asks for, in headers or in words; None where it does not say."""
    asked = _read_asked(headers)
    if asked is None and (said := _IN_WORDS.search(body)):
        asked = parse_reset(said[1].decode().rstrip("."))
    return asked if asked is not None else find_rest(headers) or None


def parse_reset(value: str | None) -> float:
    """Return the seconds until a limit is whole again, said as `6m0s`, `20ms`, a number of seconds or a time; 0 where it can't be read.

    Example:
        >>> parse_reset("6m0s"), parse_reset("20ms"), parse_reset("1.5"), parse_reset("soon")
        (360.0, 0.02, 1.5, 0.0)
    """
    if not value:
        return 0.0
    if _NUMBER.fullmatch(value):
        return max(0.0, float(value) - time()) if float(value) > 1e9 else float(value)  # some say it in seconds since 1970
    if spans := _SPAN.findall(value):
        return sum(float(number) * _UNIT_S[unit] for number, unit in spans)
    try:
        return max(0.0, datetime.fromisoformat(value).timestamp() - time())
    except ValueError:
        return 0.0


def _read_asked(headers: Mapping[str, str]) -> float | None:
    milliseconds = headers.get("retry-after-ms")
    if milliseconds is not None and _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    return parse_retry_after(headers.get("retry-after"))


def _rest_of(names: _Names, left: str, headers: Mapping[str, str], tokens: int) -> float:
    """Return how long until enough remains of a limit, which fills up evenly until its reset."""
    wanted = max(1, tokens) if names.of_tokens else 1
    limit = headers.get(names.limit, "")
    remaining = float(left) if _NUMBER.fullmatch(left) else float("inf")
    if remaining >= wanted:
        return 0.0
    reset_s = parse_reset(headers.get(names.reset))
    whole = float(limit) if _NUMBER.fullmatch(limit) else 0.0
    return reset_s * (wanted - remaining) / (whole - remaining) if whole > wanted else reset_s


__all__ = ["find_asked", "find_rest", "parse_reset"]

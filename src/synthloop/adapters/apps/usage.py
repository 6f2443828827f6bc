"""What an answer cost, as far as the app says: nothing is guessed, and what is not said stays unknown."""

from dataclasses import dataclass

from synthloop.adapters.apps.values import as_answer, follow_path
from synthloop.core.ask import Answer
from synthloop.core.errors import AppError
from synthloop.core.json_value import JsonValue
from synthloop.core.reply import Reply
from synthloop.core.usage import Usage

_LARGEST = 2**53  # what every JSON reader can hold as a whole number; leaves out infinity and NaN as well


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePaths:
    """Where an app's JSON says what an answer cost; an empty path: it does not say."""

    tokens_in: str = ""
    """Dotted path of the number of tokens read, e.g. `usage.prompt_tokens`."""
    tokens_out: str = ""
    """Dotted path of the number of tokens written."""
    cost_usd: str = ""
    """Dotted path of the cost in US dollars."""


def read_reply(value: object, app: str, *, latency_s: float) -> Answer:
    """Return what a function returned, a `Reply` or a bare answer, as an answer.

    Raises:
        AppError: The answer is None or not JSON, or a cost is no number of 0 or more.
    """
    reply = value if isinstance(value, Reply) else Reply(output=value)
    usage = _make_usage(latency_s, reply.tokens_in, reply.tokens_out, reply.cost_usd)
    for name in ("cost_usd", "tokens_in", "tokens_out"):
        said, read = getattr(reply, name), getattr(usage, name)
        if said is not None and read != said:
            wanted = "a number" if name == "cost_usd" else "a whole number"
            what = f"{app}: answered with {name}={said!r}. Fix: give {wanted} of 0 or more, or None where it is unknown."
            raise AppError(what, reason="invalid_answer")
    return Answer(value=as_answer(reply.output, app), usage=usage)


def read_usage(value: JsonValue, paths: UsagePaths, *, latency_s: float) -> Usage:
    """Return what an app's JSON says at the given paths; what is missing there, or no number of 0 or more, is unknown.

    Example:
        >>> paths = UsagePaths(tokens_in="usage.prompt_tokens", cost_usd="usage.cost")
        >>> read_usage({"usage": {"prompt_tokens": 212}}, paths, latency_s=0.5)
        Usage(latency_s=0.5, attempts=1, tokens_in=212, tokens_out=0, cost_usd=None)
    """
    return _make_usage(latency_s, *(_find(value, path) for path in (paths.tokens_in, paths.tokens_out, paths.cost_usd)))


def _make_usage(latency_s: float, tokens_in: object, tokens_out: object, cost_usd: object) -> Usage:
    return Usage(latency_s=latency_s, tokens_in=_as_tokens(tokens_in), tokens_out=_as_tokens(tokens_out), cost_usd=_as_cost(cost_usd))


def _find(value: JsonValue, path: str) -> JsonValue:
    if not path:
        return None
    try:
        return follow_path(value, path, "")
    except AppError:
        return None


def _as_cost(said: object) -> float | None:
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return float(said) if 0 <= said <= _LARGEST else None


def _as_tokens(said: object) -> int:
    """Return a count of tokens, 0 where it is unknown; `212.0` is one too, since JSON does not tell whole numbers apart."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return 0
    return int(said) if 0 <= said <= _LARGEST and said == int(said) else 0


__all__ = ["UsagePaths", "read_reply", "read_usage"]

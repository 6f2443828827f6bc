"""What an answer cost, as far as its counts can be believed."""

from synthloop.adapters.models.prices import Price
from synthloop.core.usage import Usage

_MOST_TOKENS = 2**53  # what every JSON reader can hold as a whole number


def count_usage(tokens_in: object, tokens_out: object, *, latency_s: float, price: Price | None) -> Usage:
    """Return what an answer cost. Counts that are missing or impossible are unknown, and so is then the cost.

    Example:
        >>> count_usage(12, -3, latency_s=0.5, price=Price(usd_per_million_in=1, usd_per_million_out=2))
        Usage(latency_s=0.5, attempts=1, tokens_in=12, tokens_out=0, cost_usd=None)
    """
    read, written = _as_count(tokens_in), _as_count(tokens_out)
    cost = price.of(read, written) if price is not None and read and written else None
    return Usage(latency_s=latency_s, tokens_in=read, tokens_out=written, cost_usd=cost)


def _as_count(said: object) -> int:
    """Return a number of tokens; 0, which means unknown, where it is none."""
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= _MOST_TOKENS:
        return 0
    return int(said) if said == int(said) else 0


__all__ = ["count_usage"]

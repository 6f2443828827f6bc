"""What answering costs."""

from collections.abc import Iterable

from synthloop.core.record import Record


class Usage(Record):
    """What answering cost."""

    latency_s: float = 0.0
    """Wall time of the attempt that answered, in seconds."""
    attempts: int = 1
    tokens_in: int = 0
    """0 where the other side did not say; the same holds for `tokens_out`."""
    tokens_out: int = 0
    cost_usd: float | None = None
    """None: unknown. Never guessed."""


def add_usage(usages: Iterable[Usage]) -> Usage:
    """Return what several answers cost together; the cost is unknown where that of any is, and nothing at all costs nothing.

    Example:
        >>> add_usage([Usage(tokens_in=3, cost_usd=0.5), Usage(tokens_in=4, cost_usd=0.25)])
        Usage(latency_s=0.0, attempts=2, tokens_in=7, tokens_out=0, cost_usd=0.75)
    """
    listed = list(usages)
    costs = [usage.cost_usd for usage in listed if usage.cost_usd is not None]
    return Usage(
        latency_s=sum(usage.latency_s for usage in listed),
        attempts=sum(usage.attempts for usage in listed),
        tokens_in=sum(usage.tokens_in for usage in listed),
        tokens_out=sum(usage.tokens_out for usage in listed),
        cost_usd=sum(costs) if len(costs) == len(listed) else None,
    )


__all__ = ["Usage", "add_usage"]

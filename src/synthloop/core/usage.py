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


def split_usage(usage: Usage, parts: int) -> tuple[Usage, ...]:
    """Return equal parts of what answering cost, which add up to the whole: what does not divide evenly goes to the first ones.

    Args:
        usage: The whole.
        parts: How many, at least 1.

    Example:
        >>> [part.tokens_in for part in split_usage(Usage(tokens_in=5, cost_usd=0.5), 2)]
        [3, 2]
    """
    return tuple(
        Usage(
            latency_s=usage.latency_s / parts,
            attempts=_divide(usage.attempts, parts, place),
            tokens_in=_divide(usage.tokens_in, parts, place),
            tokens_out=_divide(usage.tokens_out, parts, place),
            cost_usd=None if usage.cost_usd is None else usage.cost_usd / parts,
        )
        for place in range(parts)
    )


def _divide(count: int, parts: int, place: int) -> int:
    return count // parts + (place < count % parts)


__all__ = ["Usage", "add_usage", "split_usage"]

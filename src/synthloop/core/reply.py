"""What a Python app may return besides a bare answer: the answer and what it cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer and what it cost, for apps that know. What is left out is unknown, which is not zero.

    Example:
        >>> Reply(output="schedule", cost_usd=0.0004, tokens_in=212, tokens_out=3).output
        'schedule'
    """

    output: object
    """The answer: text, or any other JSON value."""
    cost_usd: float | None = None
    """US dollars, 0 or more."""
    tokens_in: int | None = None
    """Tokens that were read, 0 or more."""
    tokens_out: int | None = None
    """Tokens that were written, 0 or more."""


__all__ = ["Reply"]

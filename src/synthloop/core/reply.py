"""What a Python app may return besides a bare answer: the answer, what it cost, and what a conversation needs to go on."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer and what it cost, for apps that know. What is left out is unknown, which is not zero.

    Example:
        >>> Reply(output="schedule", cost_usd=0.0004, tokens_in=212, tokens_out=3).output
        'schedule'
        >>> Reply(output="Where do you sell?", quick_replies=["Online", "In person"], state={"step": "channel"}).done
        False
    """

    output: object
    """The answer: text, or any other JSON value. In a conversation: one message, or a list of several."""
    cost_usd: float | None = None
    """US dollars, 0 or more."""
    tokens_in: int | None = None
    """Tokens that were read, 0 or more."""
    tokens_out: int | None = None
    """Tokens that were written, 0 or more."""
    quick_replies: Sequence[str] = ()
    """In a conversation: answers that the user may pick instead of typing."""
    tool_calls: Sequence[object] = ()
    """In a conversation: tools that were called for this turn, as `{"name": ..., "arguments": {...}, "result": ...}`."""
    state: object = None
    """In a conversation: what the app knows now, as plain JSON. End states and the funnel are read from it; an app that keeps nothing
    itself is given it back with the next message."""
    done: bool = False
    """In a conversation: whether the app considers it ended."""


__all__ = ["Reply"]

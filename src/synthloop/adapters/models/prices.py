"""What tokens cost, as a user's file says; a price that it does not say is unknown, never guessed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one model's tokens cost."""

    usd_per_million_in: float
    usd_per_million_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """Return the cost of an answer in US dollars."""
        return (tokens_in * self.usd_per_million_in + tokens_out * self.usd_per_million_out) / 1_000_000


__all__ = ["Price"]

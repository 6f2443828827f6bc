"""Scorers of what an answer took: time and money."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec

from synthloop.evaluate.scorers.grade import AnswerScorer, Grade, Reply, grade_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(AnswerScorer):
    """Measures how long the app took, in seconds, and passes what was fast enough where a limit is given."""

    component: ClassVar[str] = "latency"
    name: str = "latency"
    at_most_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """Longest time that passes, in seconds; None: only measure."""

    @property
    def decides(self) -> bool:
        """Only where there is a limit."""
        return self.at_most_s is not None

    def grade(self, reply: Reply) -> Grade:
        """Return the seconds of the app's answers together."""
        return grade_limits(reply.transcript.latency_s, None, self.at_most_s, " s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(AnswerScorer):
    """Measures what an answer cost, in US dollars; an unknown cost is unscored, never guessed."""

    component: ClassVar[str] = "cost"
    name: str = "cost"
    at_most_usd: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """Highest cost that passes; None: only measure."""

    @property
    def decides(self) -> bool:
        """Only where there is a limit."""
        return self.at_most_usd is not None

    def grade(self, reply: Reply) -> Grade:
        """Return the dollars of the app's answers together."""
        if reply.transcript.cost_usd is None:
            return Grade(unscored="unknown-cost", note="the app did not say what the answer cost")
        return grade_limits(reply.transcript.cost_usd, None, self.at_most_usd, " USD")


__all__ = ["Cost", "Latency"]

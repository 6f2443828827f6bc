"""Scores of single transcripts, and what they add up to."""

from typing import Literal

from synthloop.core.json_value import JsonValue
from synthloop.core.record import Record

CriterionDecision = Literal["passed", "failed", "inconclusive"]


class CriterionVerdict(Record):
    """What a judge says of one criterion."""

    criterion: str
    """As it was given."""
    decision: CriterionDecision
    """Of the majority; inconclusive where there is none."""
    reason: str = ""
    """In the words of one judge that decided like that."""
    votes: dict[str, int] = {}
    """Decision -> how many of the panel's answers."""


class Score(Record):
    """What one scorer says of one transcript. A score that could not be given is `unscored`, never 0."""

    transcript_id: str
    scorer: str
    """The scorer's name in the project."""
    value: float | None
    """None where unscored."""
    passed: bool | None = None
    """None for scorers that only measure, and where unscored."""
    unscored: str = ""
    """A countable slug that says why there is no value, e.g. `app-error`."""
    label: JsonValue = None
    """For label scorers: the label or sorted labels that were read from the answer."""
    expected_label: JsonValue = None
    """For label scorers: the label or sorted labels it was compared with, in the same form."""
    decides: bool = True
    """False for scorers that only measure: they neither pass nor fail a transcript, and being unscored costs it nothing."""
    note: str = ""
    """For a person: what was compared, what differed."""
    criteria: tuple[CriterionVerdict, ...] = ()
    """For judges: criterion by criterion."""


IntervalMethod = Literal["wilson", "cluster-wilson", "cluster-t", "woodruff", "none"]
"""How an interval was made; see `synthloop.evaluate.intervals`."""


class MetricValue(Record):
    """A number with what is needed to trust it."""

    name: str
    value: float | None
    """None where nothing could be scored."""
    low: float | None = None
    high: float | None = None
    """Bounds of the confidence interval; where there is `low` alone, it is a one-sided bound."""
    level: float = 0.95
    method: IntervalMethod = "none"
    n: int
    """Scored transcripts."""
    clusters: int = 0
    """Scenarios they come from."""
    unscored: int = 0


_NOTHING = '""'


class Slice(Record):
    """A named subset: all samples where every attribute has the given value."""

    where: dict[str, str]
    """Attribute -> value; the keys `behavior`, `scorer` and `split` are reserved for the fields of that name."""

    @property
    def name(self) -> str:
        """`attribute=value`, joined by ` and `; `attribute=""` where it is empty."""
        return " and ".join(f"{key}={value or _NOTHING}" for key, value in sorted(self.where.items()))


class SliceResult(Record):
    """How a slice does against what lies outside it: a behavior against all others, an attribute's value within behaviors."""

    slice: Slice
    inside: MetricValue
    """Of an attribute's value: without behaviors in which every sample has it."""
    outside: MetricValue
    """Of an attribute's value: without behaviors in which no sample has it, and weighted to the behavior mix of the inside."""
    p_value: float
    """Two-sided, clustered by scenario; before control for multiple testing."""
    q_value: float
    """After Benjamini-Hochberg over all slices of the report."""


__all__ = ["CriterionDecision", "CriterionVerdict", "IntervalMethod", "MetricValue", "Score", "Slice", "SliceResult"]

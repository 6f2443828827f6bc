"""Gears: steps that ask a model, each with its own labelled set and a report of how far it can be trusted."""

from typing import Literal

from synthloop.core.json_value import JsonValue
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.core.score import MetricValue

GearKind = Literal["judge", "grader", "writer"]
Label = Literal["passed", "failed"]

FILTER = "filter"
"""Name of the gear that grades what models wrote."""


class Labelled(Record):
    """One case with a person's decision."""

    id: str
    """What is decided; the same for everybody who decides it."""
    messages: tuple[Message, ...]
    """The conversation up to the app's turn."""
    answer: str = ""
    """What the app said; empty for graders, which judge the sample itself."""
    behavior_id: str = ""
    expected: JsonValue = None
    """What the sample expects, for judges that compare with it."""
    scenario_id: str = ""
    """Cases of one scenario are near-copies and count together; empty: the case stands alone."""
    criterion: str = ""
    """The one criterion that the label is about, or its number; empty: all of them together."""
    label: Label | None = None
    """None: still to be decided."""
    by: str = ""
    """Who decided. Where several people decided, the case stands there once for each, under the same id."""
    note: str = ""


class Bias(Record):
    """How much a judge's decisions follow what should not matter."""

    length: float | None = None
    """Correlation (point-biserial) of the judge's error with the answer's length in words: above 0, long answers pass too easily."""
    length_p_value: float | None = None
    position: float | None = None
    """Share of pairs in which swapping the order changes the winner; None for judges of single answers."""
    position_n: int = 0
    longer: MetricValue | None = None
    """How much more it passes longer answers than people do, from -2 to 2; 0 is none; None where nothing can be said."""
    first_shown: MetricValue | None = None
    """How much more often it picks what is shown first than what is shown second, from -1 to 1; 0 is none; None without pairs."""


class GearReport(Record):
    """How a gear did on its labelled set. Rates are shares with 95 % intervals; a pass is what people call a pass."""

    gear: str
    kind: GearKind
    version: str
    """Of the gear: prompt, criteria, models. A report of another version tells nothing of this one."""
    checked_at: str
    """ISO 8601, UTC."""
    n: int
    """Labelled cases with a decision by both."""
    inconclusive: int
    """Cases that the gear would not decide; left out of every rate."""
    agreement: MetricValue
    kappa: MetricValue
    """Cohen's, between the gear and people."""
    sensitivity: MetricValue
    """Of what people pass, the share that it passes."""
    specificity: MetricValue
    """Of what people fail, the share that it fails."""
    alpha: MetricValue | None = None
    """Krippendorff's, over people and the gear together; None where no case was decided by several people."""
    people: MetricValue | None = None
    """Krippendorff's, among people alone: what a gear can reach at best; None where no case was decided by several."""
    contested: int = 0
    """Cases on which people are evenly divided; left out of every rate."""
    accepted: MetricValue | None = None
    """For writers: of what they wrote, the share that people pass; None for gears that decide."""
    self_agreement: MetricValue | None = None
    """Share of pairs of repeats that decide alike; None without repeats."""
    bias: Bias = Bias()
    disagreements: tuple[str, ...] = ()
    """Ids of cases on which it differs from people."""


__all__ = ["FILTER", "Bias", "GearKind", "GearReport", "Label", "Labelled"]

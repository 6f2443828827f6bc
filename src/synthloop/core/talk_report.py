"""What a run says of conversations as conversations: how they end, where they break off, and whether the users did as they were told."""

from synthloop.core.record import Record
from synthloop.core.score import MetricValue
from synthloop.core.transcript import EndReason


class EndShare(Record):
    """How often conversations end for one reason."""

    reason: EndReason
    share: MetricValue


class FunnelStep(Record):
    """One step on the way to the end state."""

    name: str
    reached: MetricValue
    """Share of conversations that came to it."""
    ended: int = 0
    """Conversations that failed and came no further than here."""
    turned_back: int = 0
    """Conversations that came back to it from a later step."""
    turns: float = 0.0
    """The app's turns at this step in a conversation that came to it, in the mean."""


class Funnel(Record):
    """The steps of one behavior's conversations, in order."""

    behavior_id: str
    steps: tuple[FunnelStep, ...]
    """The last one is the end state."""
    conversations: int
    learnt: bool = False
    """Whether the steps were learnt from the transcripts, because nobody declared any."""


class MannerCheck(Record):
    """Whether users behaved as they were told."""

    manner: str
    planned: float
    """Share of the users' turns in which it was planned to begin."""
    shown: MetricValue
    """Share of the users' turns in which it showed."""
    users: int
    """Users who were to have it."""


class TalkReport(Record):
    """All that a report says of conversations."""

    conversations: int
    ends: tuple[EndShare, ...]
    """The most frequent first."""
    faults: MetricValue
    """Share of conversations that the simulated user spoiled; they are left out of every rate of the app."""
    not_understood: MetricValue
    """Share of the users' turns in which the user could make nothing of what the app had said."""
    turns: MetricValue
    """The user's turns in conversations that reached the end state, in the median."""
    funnels: tuple[Funnel, ...] = ()
    manners: tuple[MannerCheck, ...] = ()


__all__ = ["EndShare", "Funnel", "FunnelStep", "MannerCheck", "TalkReport"]

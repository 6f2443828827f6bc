"""Scorers of whole conversations: did the user reach what it came for, and how did it go?"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import EndReason, Transcript
from synthloop.evaluate.conversation_measures import MeasureName, measure_one
from synthloop.evaluate.scorers.grade import Grade, grade_limits

NOT_THE_APPS_FAULT: frozenset[EndReason] = frozenset({"simulator_fault", "end_check_failed", "budget", "user_left", "answered"})
"""End reasons that say nothing about the app: such conversations are unscored, and counted by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndStateReached:
    """Passes conversations that reached the end state; fails others; those in whose end the app had no part are unscored."""

    component: ClassVar[str] = "end_state"
    name: str = "end_state"

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("scorers", self.component, self)

    @property
    def decides(self) -> bool:
        """Always."""
        return True

    def score(self, sample: Sample, transcript: Transcript) -> Score:  # noqa: ARG002 - the form of all scorers
        """Return the score; `unscored` where the conversation says nothing about the app."""
        reason = transcript.end_reason
        note = transcript.note or (transcript.failure.message if transcript.failure else "")
        if reason in NOT_THE_APPS_FAULT:
            slug = "no-conversation" if reason == "answered" else reason.replace("_", "-")
            return Score(transcript_id=transcript.id, scorer=self.name, value=None, unscored=slug, note=note)
        reached = reason == "end_state_reached"
        return Score(
            transcript_id=transcript.id,
            scorer=self.name,
            value=float(reached),
            passed=reached,
            label=None if reached else reason.replace("_", " "),
            note=note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationMeasure:
    """Measures how a conversation went (`synthloop.evaluate.conversation_measures`), and passes what is within limits."""

    component: ClassVar[str] = "conversation"
    name: str = "conversation"
    measure: MeasureName
    """What to measure, e.g. `turns`, `app_repetition`, `corrections`."""
    at_least: Annotated[float, msgspec.Meta(ge=-1)] | None = None
    """Lowest that passes."""
    at_most: Annotated[float, msgspec.Meta(ge=-1)] | None = None
    """Highest that passes."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("scorers", self.component, self)

    @property
    def decides(self) -> bool:
        """Only where there is a limit."""
        return self.at_least is not None or self.at_most is not None

    def score(self, sample: Sample, transcript: Transcript) -> Score:  # noqa: ARG002 - the form of all scorers
        """Return the measure; `unscored` where the app never said anything."""
        return self._grade(transcript).to_score(transcript.id, self.name, decides=self.decides)

    def _grade(self, transcript: Transcript) -> Grade:
        if not any(turn.role == "app" and turn.text for turn in transcript.turns):
            note = transcript.failure.message if transcript.failure else ""
            return Grade(unscored=transcript.end_reason.replace("_", "-"), note=note)
        return grade_limits(measure_one(transcript, self.measure), self.at_least, self.at_most, f" {self.measure.replace('_', ' ')}")


__all__ = ["NOT_THE_APPS_FAULT", "ConversationMeasure", "EndStateReached"]

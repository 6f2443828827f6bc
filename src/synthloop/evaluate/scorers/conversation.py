"""The scorer of whole conversations: did the user reach what it came for?"""

from dataclasses import dataclass
from typing import ClassVar

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import EndReason, Transcript

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


__all__ = ["NOT_THE_APPS_FAULT", "EndStateReached"]

"""What a scorer says of one reply, and the base of those that look at the app's answer.

An app that did not answer is not wrong, it is unscored: its transcript carries one of the slugs `app-error`, `app-timeout`,
`invalid-answer` or `budget` and stays out of every figure but the count of unscored ones, which the gate limits.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import EndReason, Transcript
from synthloop.evaluate.scorers.answer import last_answer, read_path, text_of

_UNANSWERED: frozenset[EndReason] = frozenset(
    {"app_error", "app_timeout", "invalid_answer", "app_silent", "budget", "simulator_fault", "end_check_failed"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A score before it knows which transcript and scorer it belongs to."""

    value: float | None = None
    """None where unscored."""
    passed: bool | None = None
    """None for "only measured" and for "unscored"."""
    unscored: str = ""
    """A countable slug where no score can be given."""
    label: JsonValue = None
    """The label or sorted labels that were read."""
    expected_label: JsonValue = None
    """The label or sorted labels that were expected, in the same form."""
    note: str = ""

    def to_score(self, transcript_id: str, scorer: str, *, decides: bool) -> Score:
        """Return the score of one transcript."""
        return Score(
            transcript_id=transcript_id,
            scorer=scorer,
            value=self.value,
            passed=self.passed,
            unscored=self.unscored,
            label=self.label,
            expected_label=self.expected_label,
            decides=decides,
            note=self.note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer to look at, with what was asked."""

    sample: Sample
    transcript: Transcript
    answer: JsonValue
    """The part of the answer that the scorer looks at."""

    @property
    def text(self) -> str:
        """The answer as text."""
        return text_of(self.answer)


def pass_if(passed: bool, note: str = "") -> Grade:
    """Return a grade of 1 or 0."""
    return Grade(value=float(passed), passed=passed, note=note)


def grade_limits(value: float, low: float | None, high: float | None, unit: str) -> Grade:
    """Return a measured value that passes within its limits; without limits it is only measured."""
    if low is None and high is None:
        return Grade(value=float(value))
    too_low = low is not None and value < low
    too_high = high is not None and value > high
    note = f"{value:g}{unit} is under {low:g}{unit}" if too_low else f"{value:g}{unit} is over {high:g}{unit}" if too_high else ""
    return Grade(value=float(value), passed=not (too_low or too_high), note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScorer(ABC):
    """Base of scorers that look at an answer: they grade replies, and what could not be graded is unscored."""

    component: ClassVar[str]
    """Name in the registry."""

    name: str
    """Name in the project; unique there."""
    at: str = ""
    """Where in the answer to look, as a dotted path such as `choices.0.label`; empty: the whole answer."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("scorers", self.component, self)

    @property
    def decides(self) -> bool:
        """Whether it passes or fails transcripts; False where it only measures."""
        return True

    def score(self, sample: Sample, transcript: Transcript) -> Score:
        """Return the score; `unscored` with a reason where none can be given."""
        return self._grade_any(sample, transcript).to_score(transcript.id, self.name, decides=self.decides)

    @abstractmethod
    def grade(self, reply: Reply) -> Grade:
        """Return what one reply is worth."""

    def _grade_any(self, sample: Sample, transcript: Transcript) -> Grade:
        if transcript.end_reason in _UNANSWERED:
            note = transcript.failure.message if transcript.failure else ""
            return Grade(unscored=transcript.end_reason.replace("_", "-"), note=note)
        try:
            answer = read_path(last_answer(transcript), self.at)
        except LookupError as error:
            return pass_if(False, str(error)) if self.decides else Grade(unscored="missing-field", note=str(error))
        return self.grade(Reply(sample=sample, transcript=transcript, answer=answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparingScorer(AnswerScorer):
    """Base of scorers that compare the answer with what the sample expects; a sample that expects nothing is unscored."""

    expected_at: str = ""
    """Where in the sample's expectation the right answer stands, as a dotted path; empty: the whole expectation."""

    def grade(self, reply: Reply) -> Grade:
        """Return what one reply is worth against the expectation."""
        try:
            expected = read_path(reply.sample.expected, self.expected_at)
        except LookupError:
            expected = None
        if expected is None:
            return Grade(unscored="no-expected", note="the sample expects nothing here")
        return self.compare(expected, reply)

    @abstractmethod
    def compare(self, expected: JsonValue, reply: Reply) -> Grade:
        """Return what one reply is worth; `expected` is never None."""


__all__ = ["AnswerScorer", "ComparingScorer", "Grade", "Reply", "grade_limits", "pass_if"]

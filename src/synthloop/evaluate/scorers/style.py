"""Scorers of how an answer sounds: its length, sentiment and tone."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from synthloop.evaluate.scorers.grade import AnswerScorer, Grade, Reply, grade_limits
from synthloop.evaluate.scorers.tone_lexicon import TONES, ToneName

LengthUnit = Literal["words", "characters", "sentences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length(AnswerScorer):
    """Measures how long the answer is, and passes what is within limits where they are given."""

    component: ClassVar[str] = "length"
    name: str = "length"
    unit: LengthUnit = "words"
    """What to count."""
    at_least: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Shortest that passes."""
    at_most: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Longest that passes."""

    @property
    def decides(self) -> bool:
        """Only where there is a limit."""
        return self.at_least is not None or self.at_most is not None

    def grade(self, reply: Reply) -> Grade:
        """Return the count."""
        return grade_limits(count_length(reply.text, self.unit), self.at_least, self.at_most, f" {self.unit}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brevity(AnswerScorer):
    """Scores 1 up to a number of words, and less the longer the answer is: half at twice as many."""

    component: ClassVar[str] = "brevity"
    name: str = "brevity"
    words: Annotated[int, msgspec.Meta(ge=1)] = 60
    """Number of words up to which an answer is short enough."""
    at_least: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """Score from which an answer passes; None: only measure."""

    @property
    def decides(self) -> bool:
        """Only where there is a limit."""
        return self.at_least is not None

    def grade(self, reply: Reply) -> Grade:
        """Return a value in (0, 1]."""
        count = count_length(reply.text, "words")
        return grade_limits(min(1.0, self.words / max(count, 1)), self.at_least, None, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment(AnswerScorer):
    """Measures the sentiment of the answer, from -1 (bad) over 0 (neutral) to 1 (good), with the VADER lexicon for English.

    Source: Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM 2014.
    """

    component: ClassVar[str] = "sentiment"
    name: str = "sentiment"
    at_least: Annotated[float, msgspec.Meta(ge=-1, le=1)] | None = None
    """Lowest that passes."""
    at_most: Annotated[float, msgspec.Meta(ge=-1, le=1)] | None = None
    """Highest that passes."""

    @property
    def decides(self) -> bool:
        """Only where there is a limit."""
        return self.at_least is not None or self.at_most is not None

    def grade(self, reply: Reply) -> Grade:
        """Return VADER's compound value."""
        return grade_limits(measure_sentiment(reply.text), self.at_least, self.at_most, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone(AnswerScorer):
    """Counts the marks of one tone (politeness, hedging, apology, ...) in the answer."""

    component: ClassVar[str] = "tone"
    name: str = "tone"
    tone: ToneName
    """Which tone to count."""
    at_least: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Fewest marks that pass."""
    at_most: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Most marks that pass."""

    @property
    def decides(self) -> bool:
        """Only where there is a limit."""
        return self.at_least is not None or self.at_most is not None

    def grade(self, reply: Reply) -> Grade:
        """Return the number of marks; the note names them."""
        found = find_tone(reply.text, self.tone)
        grade = grade_limits(len(found), self.at_least, self.at_most, f" {self.tone} marks")
        marks = f"found {', '.join(found[:8])}" if found else ""
        return replace(grade, note="; ".join(part for part in (grade.note, marks) if part))


def count_length(text: str, unit: LengthUnit) -> int:
    """Return how long a text is; a sentence ends with `.`, `!`, `?` or the text.

    Example:
        >>> count_length("Done. See you at 3!", "words"), count_length("Done. See you at 3!", "sentences")
        (5, 2)
    """
    if unit == "characters":
        return len(text)
    if unit == "words":
        return len(text.split())
    return sum(1 for part in re.split(r"[.!?]+(?=\s|$)", text) if part.strip())


def find_tone(text: str, tone: ToneName) -> list[str]:
    """Return the marks of a tone in a text, in order of appearance, lowercase.

    Example:
        >>> find_tone("Sorry, I'm afraid that room is taken.", "apology")
        ['sorry', "i'm afraid"]
    """
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return [match.group().lower() for match in _tone_pattern(tone).finditer(plain)]


def measure_sentiment(text: str) -> float:
    """Return VADER's compound sentiment of an English text, from -1 (bad) over 0 (neutral) to 1 (good).

    Example:
        >>> measure_sentiment("great, thanks") > 0 > measure_sentiment("this is terrible")
        True
    """
    compound: float = _analyzer().polarity_scores(text)["compound"]
    return compound


@lru_cache(maxsize=16)
def _tone_pattern(tone: ToneName) -> re.Pattern[str]:
    # the longest phrase first, so that "thank you very much" is one mark and not two
    phrases = sorted(TONES[tone], key=lambda phrase: (-len(phrase), phrase))
    escaped = [re.escape(phrase).replace(r"\ ", r"\s+") for phrase in phrases]
    bounded = [rf"\b{one}\b" if phrase[0].isalpha() else one for one, phrase in zip(escaped, phrases, strict=True)]
    return re.compile("|".join(bounded), re.IGNORECASE)


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - reads its lexicon, only where used

    return SentimentIntensityAnalyzer()


__all__ = ["Brevity", "Length", "LengthUnit", "Sentiment", "Tone", "count_length", "find_tone", "measure_sentiment"]

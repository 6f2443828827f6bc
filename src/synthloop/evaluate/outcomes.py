"""What all scores of one transcript say together, and of one sample over its repeats.

A transcript fails where any deciding score failed. Otherwise it is unscored where any deciding score is unscored, passes where one
passed, and is left out of every rate where its scorers only measure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from synthloop.core.report import Result
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One transcript with its sample and scores."""

    sample: Sample
    transcript: Transcript
    scores: tuple[Score, ...]
    passed: bool | None
    unscored: str
    """The first reason, where `passed` is None because a deciding score could not be given; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTable:
    """Outcomes as columns: what the statistics work on. All columns have one entry an outcome."""

    outcomes: tuple[Outcome, ...]
    passed: Floats
    """1, 0, or NaN where the outcome neither passed nor failed."""
    cluster: Codes
    """Number of its scenario, from 0 in order of appearance."""
    sample: Codes
    """Number of its sample, from 0 in order of appearance."""

    def select(self, mask: npt.NDArray[np.bool_]) -> "OutcomeTable":
        """Return the rows where `mask` is true; scenarios and samples keep their numbers."""
        return OutcomeTable(
            outcomes=tuple(self.outcomes[row] for row in np.flatnonzero(mask)),
            passed=self.passed[mask],
            cluster=self.cluster[mask],
            sample=self.sample[mask],
        )

    @property
    def unscored(self) -> int:
        """Number of transcripts that could not be scored."""
        return sum(1 for outcome in self.outcomes if outcome.unscored)


def judge_transcripts(
    samples_by_id: Mapping[str, Sample], transcripts: Iterable[Transcript], scores: Iterable[Score]
) -> tuple[Outcome, ...]:
    """Return the outcome of each transcript, in the order of the samples and then of repeats.

    Transcripts of samples that are not in `samples_by_id` are left out.
    """
    by_transcript: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        by_transcript[score.transcript_id].append(score)
    position = {sample_id: place for place, sample_id in enumerate(samples_by_id)}
    known = [transcript for transcript in transcripts if transcript.sample_id in position]
    known.sort(key=lambda transcript: (position[transcript.sample_id], transcript.replica))
    return tuple(_judge(samples_by_id[one.sample_id], one, tuple(by_transcript.get(one.id, ()))) for one in known)


def tabulate_outcomes(outcomes: Sequence[Outcome]) -> OutcomeTable:
    """Return outcomes as columns."""
    passed = [np.nan if outcome.passed is None else float(outcome.passed) for outcome in outcomes]
    return OutcomeTable(
        outcomes=tuple(outcomes),
        passed=np.array(passed, dtype=np.float64),
        cluster=number_keys(outcome.sample.scenario_id for outcome in outcomes),
        sample=number_keys(outcome.sample.id for outcome in outcomes),
    )


def number_keys(keys: Iterable[str]) -> Codes:
    """Return the number of each key, counted from 0 in order of first appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def sum_by(codes: Codes, values: Floats, size: int) -> Floats:
    """Return the sum of `values` for each code from 0 to `size` - 1."""
    return cast("Floats", np.bincount(codes, weights=values, minlength=size))


def explain_unscored(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return each reason why outcomes are unscored with what was noted the first time; reasons without a note are left out."""
    notes: dict[str, str] = {}
    for outcome in outcomes:
        for score in outcome.scores if outcome.unscored else ():
            if score.decides and score.note and score.unscored == outcome.unscored:
                notes.setdefault(outcome.unscored, score.note)
    return dict(sorted(notes.items()))


def make_results(outcomes: Sequence[Outcome]) -> tuple[Result, ...]:
    """Return one result a sample, in order; repeats must stand together."""
    by_sample: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_sample[outcome.sample.id].append(outcome)
    return tuple(_make_result(repeats) for repeats in by_sample.values())


def _judge(sample: Sample, transcript: Transcript, scores: tuple[Score, ...]) -> Outcome:
    deciding = [score for score in scores if score.decides]
    unscored = next((score.unscored for score in deciding if score.unscored), "")
    verdicts = [score.passed for score in deciding if score.passed is not None]
    failed = False in verdicts
    passed = False if failed else None if unscored or not verdicts else True
    return Outcome(sample=sample, transcript=transcript, scores=scores, passed=passed, unscored="" if failed else unscored)


def _make_result(repeats: list[Outcome]) -> Result:
    first = repeats[0]
    failed = {score.scorer for outcome in repeats for score in outcome.scores if score.decides and score.passed is False}
    return Result(
        sample_id=first.sample.id,
        scenario_id=first.sample.scenario_id,
        behavior_id=first.sample.behavior_id,
        passes=tuple(outcome.passed for outcome in repeats),
        output=first.transcript.output,
        transcript_ids=tuple(outcome.transcript.id for outcome in repeats),
        failed_scorers=tuple(sorted(failed)),
        latency_s=sum(outcome.transcript.latency_s for outcome in repeats) / len(repeats),
        unscored=next((outcome.unscored for outcome in repeats if outcome.unscored), ""),
    )


__all__ = [
    "Codes",
    "Floats",
    "Outcome",
    "OutcomeTable",
    "explain_unscored",
    "judge_transcripts",
    "make_results",
    "number_keys",
    "sum_by",
    "tabulate_outcomes",
]

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from synthloop.core.behavior import Behavior
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.evaluate.outcomes import judge_transcripts, make_results, tabulate_outcomes
from synthloop.evaluate.scorers import SCORERS
from synthloop.evaluate.scoring import score_transcripts

Build = Callable[..., Any]


class BrokenScorer:
    name = "broken"

    @property
    def spec(self) -> Any:
        raise NotImplementedError

    def score(self, sample: Sample, transcript: Transcript) -> Score:
        raise RuntimeError(f"out of ink at {sample.text!r} {transcript.replica}")


def test_a_scorer_that_raises_costs_one_score(a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    scores = list(score_transcripts({sample.id: sample}, [a_transcript(sample, "schedule")], [BrokenScorer(), SCORERS.build("label")]))
    assert [(score.scorer, score.unscored, score.passed) for score in scores] == [("broken", "scorer-error", None), ("label", "", True)]
    assert scores[0].note == "raised RuntimeError: out of ink at 'move my 3pm' 0 (tests/unit/evaluate/test_outcomes.py:25)"


class EndlessScorer(BrokenScorer):
    def score(self, sample: Sample, transcript: Transcript) -> Score:  # noqa: ARG002 - the port's signature
        return Score(transcript_id=transcript.id, scorer="broken", value=float("inf"), passed=True)


def test_a_scorer_that_measures_no_finite_number_costs_one_score(a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    (score,) = score_transcripts({sample.id: sample}, [a_transcript(sample, "x")], [EndlessScorer()])
    assert (score.value, score.passed, score.unscored, score.note) == (
        None,
        None,
        "scorer-error",
        "the score is inf, which is no finite number",
    )


def test_a_transcript_without_its_sample_is_counted(a_sample: Build, a_transcript: Build) -> None:
    scores = list(score_transcripts({}, [a_transcript(a_sample(), "x")], [SCORERS.build("label")]))
    assert [score.unscored for score in scores] == ["unknown-sample"]


def test_a_behavior_that_names_scorers_is_judged_by_these(a_sample: Build, a_transcript: Build) -> None:
    polite, free = a_sample("hi", behavior="polite"), a_sample("yo", behavior="free")
    samples = {sample.id: sample for sample in (polite, free)}
    scorers = [SCORERS.build("label"), SCORERS.build("length")]
    behaviors = [Behavior(id="polite", says="Is polite.", scorers=("length",)), Behavior(id="free", says="Is free.")]
    scores = score_transcripts(samples, [a_transcript(polite, "x"), a_transcript(free, "x")], scorers, behaviors)
    assert [score.scorer for score in scores] == ["length", "label", "length"]


@pytest.mark.parametrize(
    ("scores", "passed", "unscored"),
    [
        ([{"passed": True}, {"passed": False}], False, ""),
        ([{"passed": True}, {"passed": None, "unscored": "app-error"}], None, "app-error"),
        ([{"passed": False}, {"passed": None, "unscored": "app-error"}], False, ""),
        ([{"passed": True}, {"passed": None, "unscored": "unknown-cost", "decides": False}], True, ""),
        ([{"passed": None, "value": 0.3, "decides": False}], None, ""),
        ([], None, ""),
    ],
)
def test_what_scores_say_together(
    scores: list[dict[str, Any]], passed: bool | None, unscored: str, a_sample: Build, a_transcript: Build, a_score: Build
) -> None:
    sample = a_sample()
    transcript = a_transcript(sample)
    built = [a_score(transcript, scorer=f"s{place}", **fields) for place, fields in enumerate(scores)]
    (outcome,) = judge_transcripts({sample.id: sample}, [transcript], built)
    assert (outcome.passed, outcome.unscored) == (passed, unscored)


def test_results_gather_repeats_in_order(a_sample: Build, a_transcript: Build, a_score: Build) -> None:
    sample, other = a_sample(), a_sample("something else", scenario="two")

    def tell() -> Iterator[tuple[Transcript, Score]]:
        for replica, passed in ((2, True), (0, False), (1, None)):
            transcript = a_transcript(sample, f"answer {replica}", replica=replica, latency_s=float(replica))
            yield transcript, a_score(transcript, passed=passed, unscored="" if passed is not None else "app-error")

    transcripts, scores = zip(*tell(), strict=True)
    outcomes = judge_transcripts({sample.id: sample}, [*transcripts, a_transcript(other)], scores)
    (result,) = make_results(outcomes)
    assert result.passes == (False, None, True)
    assert (result.output, result.latency_s, result.failed_scorers, result.unscored) == ("answer 0", 1.0, ("label",), "app-error")
    assert tabulate_outcomes(outcomes).unscored == 1

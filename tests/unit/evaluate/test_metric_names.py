"""What is known of metrics before a run is what a run delivers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from synthloop.core.behavior import Authored, Behavior
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec
from synthloop.core.ports import Scorer
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.evaluate.metric_names import find_metric_names
from synthloop.evaluate.reporting import Run, make_report
from synthloop.evaluate.scorers import SCORERS
from synthloop.evaluate.scoring import score_transcripts

Build = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """A scorer of somebody else's that reads labels."""

    name: str = "mood"

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return Spec(kind="scorers", name="mood")

    def score(self, sample: Sample, transcript: Transcript) -> Score:
        """Read the mood of an answer."""
        return Score(
            transcript_id=transcript.id,
            scorer=self.name,
            value=1.0,
            passed=bool(sample.text),
            label="calm",
            expected_label="calm",
            decides=True,
        )


def behavior(name: str, expected: JsonValue, *others: JsonValue) -> Behavior:
    authored = tuple(Authored(messages=(("user", f"{name} {place}"),), expected=other) for place, other in enumerate(others))
    return Behavior(id=name, says=f"{name} is done.", expected=expected, authored=authored)


CASES: dict[str, tuple[Sequence[Scorer], tuple[Behavior, ...]]] = {
    "labels of one kind": ([SCORERS.build("label")], (behavior("a", "book", "decline"), behavior("b", "change"))),
    "several scorers": (
        [SCORERS.build("label"), SCORERS.build("exact"), SCORERS.build("latency"), SCORERS.build("cost"), SCORERS.build("brevity")],
        (behavior("a", "book"), behavior("b", "change")),
    ),
    "two label scorers": ([SCORERS.build("label"), SCORERS.build("label", {"name": "second"})], (behavior("a", "x"), behavior("b", 3))),
    "sets of labels": ([SCORERS.build("labels")], (behavior("a", ["x", "y"]), behavior("b", []))),
    "sets written as text": ([SCORERS.build("labels")], (behavior("a", "x, y"), behavior("b", ["z"]))),
    "any of several labels": ([SCORERS.build("label")], (behavior("a", ["x", "y"]), behavior("b", "z"))),
    "no labels": ([SCORERS.build("exact"), SCORERS.build("length")], (behavior("a", {"k": 1}), behavior("b", "z"))),
    "somebody else's": ([Mood()], (behavior("a", None), behavior("b", None))),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_metric_of_a_report_was_known_before(case: str, a_sample: Build, a_transcript: Build) -> None:
    scorers, behaviors = CASES[case]
    samples: list[Sample] = []
    transcripts: list[Transcript] = []
    for place in range(24):
        one = behaviors[place % len(behaviors)]
        expected = one.authored[0].expected if one.authored and place % 4 else one.expected
        samples.append(a_sample(f"text {place}", expected, behavior=one.id, scenario=f"s{place % 8}"))
        answer = "book" if place % 3 else expected
        transcripts += [a_transcript(samples[-1], answer, replica=replica, cost_usd=0.1 * place) for replica in range(3)]
    scores = list(score_transcripts({sample.id: sample for sample in samples}, transcripts, scorers))
    run = Run(app="router", app_version="1", seed=7, made_at="2026-01-01T00:00:00Z")
    report = make_report(run, samples, transcripts, scores, behaviors)
    names = find_metric_names(scorers, behaviors, repeats=3)
    assert [metric.name for metric in report.metrics if metric.name not in names] == []


def test_labels_are_those_that_behaviors_expect() -> None:
    names = find_metric_names([SCORERS.build("label")], (behavior("a", "book", "decline"),))
    assert "f1:book" in names
    assert "recall:decline" in names
    assert "f1:bok" not in names
    assert "pass^2" not in names


@pytest.mark.parametrize("scorer", [Mood(), SCORERS.build("function", {"call": "builtins:print"})])
def test_labels_that_nobody_can_know_are_let_through(scorer: Scorer) -> None:
    names = find_metric_names([scorer], (behavior("a", "book"),))
    assert "f1:calm" in names
    assert f"{scorer.name}.recall:calm" in names
    assert "f2:calm" not in names


def test_without_a_label_scorer_there_are_no_label_metrics() -> None:
    names = find_metric_names([SCORERS.build("contains", {"texts": ["x"]})], (behavior("a", "book"),))
    assert "macro_f1" not in names
    assert "accuracy" in names


def test_the_pass_rate_of_the_only_scorer_has_no_name_of_its_own() -> None:
    alone, other = SCORERS.build("exact"), SCORERS.build("length")
    assert "pass:exact" not in find_metric_names([alone], ())
    assert {"pass:exact", "mean:exact"} <= set(find_metric_names([alone, other], ()).listed)

"""A made-up run with failures of known kinds."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.report import Result
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.score import Score


@dataclass
class History:
    """Samples with what happened to them."""

    samples: list[Sample] = field(default_factory=list[Sample])
    results: list[Result] = field(default_factory=list[Result])
    scores: list[Score] = field(default_factory=list[Score])

    def add(self, text: str, expected: str, got: JsonValue, *, scorer: str = "label", scenario: str = "") -> Sample:
        """Add one answered sample and return it."""
        sample = make_sample(
            behavior_id=expected,
            scenario_id=scenario or text[:6],
            messages=(Message(role="user", text=text),),
            expected=expected,
            attributes={"city": "Rome"},
            protected=("3pm",) if "3pm" in text else (),
            lineage=Lineage(origin="generated", parents=("root",), seed=7),
        )
        passed = got == expected
        transcript = f"t-{sample.id}"
        labels: dict[str, JsonValue] = {"label": got, "expected_label": expected} if scorer == "label" else {}
        self.samples.append(sample)
        self.scores.append(Score(transcript_id=transcript, scorer=scorer, value=float(passed), passed=passed, **labels))  # pyright: ignore[reportArgumentType] - only labels
        self.results.append(
            Result(
                sample_id=sample.id,
                scenario_id=sample.scenario_id,
                behavior_id=expected,
                passes=(passed,),
                transcript_ids=(transcript,),
                failed_scorers=() if passed else (scorer,),
            )
        )
        return sample

    @property
    def by_id(self) -> dict[str, Sample]:
        """Sample id -> sample."""
        return {sample.id: sample for sample in self.samples}


@pytest.fixture(name="history")
def history_fixture() -> History:
    return History()


@pytest.fixture(name="messy")
def messy_fixture() -> History:
    """Two phrasings of one label pair, another pair, a scorer without labels, and passed samples."""
    history = History()
    people, days = ("Ana", "Bo", "Carl", "Dee", "Eli", "Finn"), ("monday", "tuesday", "friday", "tomorrow")
    for person in people:
        for day in days:
            history.add(f"book a call with {person} on {day}", "schedule", "schedule")
            history.add(f"move my 3pm with {person} to {day}", "schedule", "find_document")
            history.add(f"could you get me in front of {person} {day}", "schedule", "find_document")
            if day == "friday":
                history.add(f"sum up what {person} said", "summarize", "schedule")
        history.add(f"please be kind to {person}", "polite", "rude", scorer="tone")
    return history


Grouping = Callable[[History], object]

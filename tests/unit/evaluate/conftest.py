"""Made-up samples, transcripts and reports."""

from collections.abc import Callable

import pytest

from synthloop.core.ask import Failure
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.report import Report, Result
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.score import MetricValue, Score
from synthloop.core.transcript import EndReason, Transcript, Turn

MakeSample = Callable[..., Sample]
MakeTranscript = Callable[..., Transcript]
MakeReport = Callable[..., Report]


def _sample(
    text: str = "move my 3pm",
    expected: JsonValue = "schedule",
    *,
    behavior: str = "schedule",
    scenario: str = "one",
    attributes: dict[str, str] | None = None,
) -> Sample:
    return make_sample(
        behavior_id=behavior,
        scenario_id=scenario,
        messages=(Message(role="user", text=text),),
        expected=expected,
        attributes=attributes,
        lineage=Lineage(origin="authored"),
    )


def _transcript(
    sample: Sample,
    output: JsonValue = None,
    *,
    end: EndReason = "answered",
    replica: int = 0,
    latency_s: float = 0.1,
    cost_usd: float | None = None,
    turns: tuple[Turn, ...] = (),
) -> Transcript:
    return Transcript(
        id=f"{sample.id}-{replica}",
        sample_id=sample.id,
        app="router",
        app_version="1",
        replica=replica,
        turns=turns,
        output=output,
        end_reason=end,
        failure=None if end == "answered" else Failure(reason="error", message="the app raised ValueError: no"),
        latency_s=latency_s,
        cost_usd=cost_usd,
    )


def _report(name: str, passes: dict[str, tuple[bool | None, ...]], *, behavior: str = "schedule") -> Report:
    """`passes`: `scenario/sample` -> what happened in each repeat."""
    results = tuple(
        Result(sample_id=key, scenario_id=key.partition("/")[0], behavior_id=behavior, passes=repeats) for key, repeats in passes.items()
    )
    rate = MetricValue(name="pass_rate", value=0.5, low=0.4, high=0.6, method="wilson", n=len(results), clusters=len(results))
    return Report(
        id=name,
        app=name,
        app_version="1",
        seed=7,
        split="dev",
        made_at="2026-01-01T00:00:00Z",
        metrics=(rate,),
        behaviors=(),
        results=results,
    )


@pytest.fixture(name="a_sample")
def a_sample_fixture() -> MakeSample:
    return _sample


@pytest.fixture(name="a_transcript")
def a_transcript_fixture() -> MakeTranscript:
    return _transcript


@pytest.fixture(name="a_report")
def a_report_fixture() -> MakeReport:
    return _report


@pytest.fixture(name="a_score")
def a_score_fixture() -> Callable[..., Score]:
    def build(transcript: Transcript, *, passed: bool | None = True, **fields: object) -> Score:
        value = None if passed is None else float(passed)
        return Score(**{"transcript_id": transcript.id, "scorer": "label", "value": value, "passed": passed, **fields})  # type: ignore[arg-type] - any field may be given

    return build

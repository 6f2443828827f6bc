"""Have judges score transcripts, and say what their scores are worth."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from synthloop.core.ask import Flow
from synthloop.core.gear import GearReport
from synthloop.core.lineage import content_id
from synthloop.core.own_code import explain_raised
from synthloop.core.ports import Judge
from synthloop.core.report import CorrectedRate
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.evaluate.gears import correct_rates
from synthloop.evaluate.metrics import measure_judge
from synthloop.evaluate.outcomes import judge_transcripts, tabulate_outcomes
from synthloop.loop.setup import Setup
from synthloop.loop.write import make_model_engine


def judge_answers(setup: Setup, samples: Sequence[Sample], transcripts: Sequence[Transcript]) -> tuple[Score, ...]:
    """Ask every judge about every transcript of a behavior that it applies to; what was asked before comes from the journal.

    Raises:
        CallError: No model can be reached.
    """
    if not setup.judges:
        return ()
    scores: list[Score] = []
    flows = list(_list_flows(setup, {sample.id: sample for sample in samples}, transcripts))
    make_model_engine(setup).run(flows, sink=scores.append, total=len(flows))
    return tuple(scores)


def correct_judges(
    setup: Setup, samples: Sequence[Sample], transcripts: Iterable[Transcript], scores: Iterable[Score]
) -> tuple[CorrectedRate, ...]:
    """Return each judge's pass rate, raw and corrected for its known error."""
    if not setup.judges:
        return ()
    table = tabulate_outcomes(judge_transcripts({sample.id: sample for sample in samples}, list(transcripts), list(scores)))
    raw = {judge.name: measure_judge(table, judge.name) for judge in setup.judges}
    versions = {judge.name: version_of_gear(judge) for judge in setup.judges}
    return correct_rates(raw, versions, read_gear_reports(setup))


def read_gear_reports(setup: Setup) -> Mapping[str, GearReport]:
    """Return the last report of every judge that has one."""
    found = {judge.name: setup.gears.read_report(judge.name) for judge in setup.judges}
    return {name: report for name, report in found.items() if report is not None}


def version_of_gear(gear: Judge) -> str:
    """Return what a gear's report is valid for: its prompt, criteria and models."""
    return content_id("gear", gear.spec)[:16]


def _list_flows(setup: Setup, samples: Mapping[str, Sample], transcripts: Iterable[Transcript]) -> Iterator[Flow[Score]]:
    chosen = {behavior.id: frozenset(behavior.scorers) for behavior in setup.behaviors if behavior.scorers}
    for transcript in transcripts:
        sample = samples[transcript.sample_id]
        names = chosen.get(sample.behavior_id)
        for judge in setup.judges:
            if names is None or judge.name in names:
                yield _judge_safely(judge, sample, transcript)


def _judge_safely(judge: Judge, sample: Sample, transcript: Transcript) -> Flow[Score]:
    """Let a judge that raises, or measures no finite number, cost one score and never the run."""
    try:
        score = yield from judge.judge(sample, transcript)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin's judge may raise anything; it costs this one score and is shown
        return _unscored(judge, transcript, explain_raised(error, judge.judge))
    if score.value is None or math.isfinite(score.value):
        return score
    return _unscored(judge, transcript, f"the score is {score.value}, which is no finite number")


def _unscored(judge: Judge, transcript: Transcript, note: str) -> Score:
    return Score(transcript_id=transcript.id, scorer=judge.name, value=None, unscored="scorer-error", note=note)


__all__ = ["correct_judges", "judge_answers", "read_gear_reports", "version_of_gear"]

"""What the largest problems of conversations come from: the shortest conversation that shows each, and the condition that triggers it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec
import numpy as np

from synthloop.core.problem import Trigger
from synthloop.core.report import FailureMode, Report
from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript
from synthloop.distill.breakdowns import BROKEN, covers, find_breakdown
from synthloop.distill.talk_grouping import BrokenTalk, find_broken_talks
from synthloop.distill.triggers import Case, control_triggers, find_trigger, judge_trigger, list_outside
from synthloop.evaluate.outcomes import number_keys
from synthloop.evaluate.slices import correlate_clusters
from synthloop.generate.fresh_conversations import make_conversations_where
from synthloop.loop.minimize import have_talks, minimize_talks
from synthloop.loop.setup import Setup

EXPLAINED = 5
"""Problems of conversations that are explained, the largest first: as many as are shown. Each may cost two hundred conversations."""

_FRESH_PER_NEIGHBOR = 3
"""Fresh conversations on either side of a condition, for each neighbor that is tried around a failure: rates need more than a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspicion:
    """A condition that was found, with fresh samples to test it on."""

    mode: FailureMode
    trigger: Trigger
    correlation: float
    inside: tuple[Sample, ...]
    outside: tuple[Sample, ...]


def read_broken_talks(setup: Setup, samples: Mapping[str, Sample], report: Report) -> tuple[BrokenTalk, ...]:
    """Return the failed conversations of a report in whose end the app had a part."""
    if not any(sample.goal for sample in samples.values()):
        return ()
    kept = setup.store.read_transcripts(app=report.app, app_version=report.app_version)
    wanted = {id_ for result in report.results if False in result.passes for id_ in result.transcript_ids}
    return find_broken_talks(samples, report.results, {each.id: each for each in kept if each.id in wanted})


def explain_talks(setup: Setup, modes: Sequence[FailureMode], talks: Sequence[BrokenTalk], report: Report) -> list[FailureMode]:
    """Return modes, the largest ones of conversations with their shortest conversation and their trigger.

    Args:
        setup: The project.
        modes: Of the report.
        talks: Its failed conversations.
        report: The run.
    """
    by_sample = {talk.sample.id: talk for talk in talks}
    largest = [mode for mode in modes if mode.breakdown is not None and mode.sample_ids[0] in by_sample][:EXPLAINED]
    explained = {mode.id: mode for mode in largest}
    if setup.minimize_runs:
        is_random = any(len(set(result.passes) - {None}) > 1 for result in report.results)
        central = [(by_sample[mode.sample_ids[0]], mode.breakdown) for mode in largest if mode.breakdown]
        found = minimize_talks(setup, central, app=report.app, is_random=is_random)
        explained = {mode.id: msgspec.structs.replace(mode, minimal=minimal) for mode, minimal in zip(largest, found, strict=True)}
    triggers = _find_triggers(setup, largest, report)
    explained = {id_: msgspec.structs.replace(mode, trigger=triggers.get(id_)) for id_, mode in explained.items()}
    return [explained.get(mode.id, mode) for mode in modes]


def _find_triggers(setup: Setup, modes: Sequence[FailureMode], report: Report) -> dict[str, Trigger]:
    """Return mode id -> trigger, tested on fresh conversations where the project allows any."""
    samples = {sample.id: sample for sample in setup.store.read_samples() if sample.goal is not None}
    scored = [samples[each.sample_id] for each in report.results if each.sample_id in samples and set(each.passes) & {True, False}]
    suspicions = [each for mode in modes if (each := _suspect(setup, mode, scored)) is not None]
    fresh = [sample for each in suspicions for sample in (*each.inside, *each.outside)]
    had = have_talks(setup, fresh, app=report.app) if fresh else {}
    judged = [_judge(each, had) for each in suspicions]
    controlled = control_triggers(judged)
    return {each.mode.id: trigger for each, trigger in zip(suspicions, controlled, strict=True)}


def _suspect(setup: Setup, mode: FailureMode, scored: Iterable[Sample]) -> _Suspicion | None:
    failed = set(mode.sample_ids)
    cases = [Case(sample=sample, failed=sample.id in failed) for sample in scored if sample.behavior_id in mode.behavior_ids]
    correlation = _correlate(cases)
    trigger = find_trigger(cases, correlation=correlation)
    if trigger is None:
        return None
    count = setup.neighbors * _FRESH_PER_NEIGHBOR
    inside = _make_fresh(setup, mode, [trigger.where] * count)
    outside = _make_fresh(setup, mode, list_outside(trigger, (case.sample for case in cases), count))
    return _Suspicion(mode=mode, trigger=trigger, correlation=correlation, inside=inside, outside=outside)


def _correlate(cases: Sequence[Case]) -> float:
    failed = np.array([case.failed for case in cases], dtype=np.float64)
    cluster = number_keys(case.sample.scenario_id for case in cases)
    return correlate_clusters(failed, cluster) if len(cases) else 0.0


def _make_fresh(setup: Setup, mode: FailureMode, conditions: Sequence[Mapping[str, str]]) -> tuple[Sample, ...]:
    """Return one fresh sample a condition, all different; fewer where no user can fulfill one."""
    behavior = next((each for each in setup.behaviors if each.id in mode.behavior_ids), None)
    if behavior is None or behavior.talk is None:
        return ()
    wanted = Counter(tuple(sorted(each.items())) for each in conditions)
    samples: list[Sample] = []
    for where, count in wanted.items():
        levels = setup.generate.levels
        fresh = make_conversations_where(behavior, behavior.talk, dict(where), settings=setup.users, levels=levels, seed=setup.seed)
        samples += islice(fresh, count)
    return tuple(samples)


def _judge(suspicion: _Suspicion, had: Mapping[str, Sequence[Transcript]]) -> Trigger:
    def judge(samples: Iterable[Sample]) -> list[Case]:
        return [
            case for sample in samples for transcript in had.get(sample.id, ()) if (case := _as_case(suspicion.mode, sample, transcript))
        ]

    inside, outside = judge(suspicion.inside), judge(suspicion.outside)
    return judge_trigger(suspicion.trigger, inside, outside, correlation=suspicion.correlation)


def _as_case(mode: FailureMode, sample: Sample, transcript: Transcript) -> Case | None:
    """Return whether a conversation failed in the way of a mode; None where it says nothing about the app."""
    if mode.breakdown is None or transcript.end_reason not in {*BROKEN, "end_state_reached"}:
        return None
    return Case(sample=sample, failed=covers(mode.breakdown, find_breakdown(sample, transcript)))


__all__ = ["EXPLAINED", "explain_talks", "read_broken_talks"]

"""From failures to failure modes, permanent cases and training sets."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.lineage import content_id
from synthloop.core.report import FailureMode, Report, Result
from synthloop.core.sample import Sample
from synthloop.curate.order import DEFAULT_VALIDATORS, Curator, accept_samples
from synthloop.distill.confirmation import confirm_mode, control_modes
from synthloop.distill.grouping import group_failures
from synthloop.distill.promotion import Promotion, promote_modes
from synthloop.distill.talk_grouping import group_talks
from synthloop.generate.fresh_conversations import vary_conversation
from synthloop.generate.neighbors import make_neighbors
from synthloop.loop.evaluate import read_open_samples, read_results, run_app
from synthloop.loop.explain import explain_talks, read_broken_talks
from synthloop.loop.generate import read_active
from synthloop.loop.setup import Setup
from synthloop.loop.spool import Judged

MOST_TRIED = 50
"""Failure modes whose neighbors are put to the app, the largest first: a thousand lone failures would cost ten thousand calls."""

MOST_TALKS_TRIED = 10
"""The same for modes of conversations, of which each neighbor costs many calls."""

_CENTRAL = 6
_CANDIDATES_PER_NEIGHBOR = 10


def distill_failures(setup: Setup, report: Report) -> Report:
    """Group the failures of a report, try fresh neighbors of the largest groups on the app, and say which of these hold up.

    Of conversations, the largest groups are explained as well: see `synthloop.loop.explain`.

    Args:
        setup: The project.
        report: A report on open samples; its app variant is asked.

    Returns:
        The report with its failure modes, confirmed ones first, saved in place of the old one.

    Raises:
        UsageError: The report is of the holdout, which teaches nothing but the gate.
    """
    if report.split == "holdout":
        raise UsageError("failures of the holdout are not distilled: it would no longer be held out. Use a report on dev.")
    samples = {sample.id: sample for sample in read_open_samples(setup, report.split)}
    scores = setup.store.read_scores(app=report.app, app_version=report.app_version)
    talks = read_broken_talks(setup, samples, report)
    broken = {talk.sample.id for talk in talks}
    single = [result for result in report.results if result.sample_id not in broken]
    modes = (*group_talks(talks), *group_failures(samples.values(), single, scores, seed=setup.seed))
    tried = _try_neighbors(setup, modes, samples, report) if setup.neighbors else modes
    explained = explain_talks(setup, tried, talks, report) if talks else tried
    ranked = sorted(explained, key=lambda mode: (not mode.confirmed, -len(mode.sample_ids), mode.id))
    distilled = msgspec.structs.replace(report, failure_modes=tuple(ranked))
    setup.store.save_report(distilled)
    return distilled


def promote_failures(setup: Setup, report: Report, *, modes: Sequence[str] = (), per_mode: int = 5) -> tuple[Promotion, ...]:
    """Return the permanent cases that failure modes of a report become.

    Args:
        setup: The project.
        report: A distilled report.
        modes: Ids (or beginnings of ids) of failure modes; empty: every confirmed one.
        per_mode: Most cases to take from each.

    Raises:
        UsageError: There is no such failure mode, more than one begins like that, or its neighbors did not fail.
    """
    samples = {sample.id: sample for sample in read_open_samples(setup, report.split)}
    chosen = [_find_mode(report, name) for name in modes] or report.failure_modes
    return promote_modes(chosen, samples, setup.behaviors, per_mode=per_mode)


def _find_mode(report: Report, name: str) -> FailureMode:
    found = [mode for mode in report.failure_modes if mode.id.startswith(name)]
    if len(found) != 1:
        known = ", ".join(mode.id[:8] for mode in report.failure_modes) or "none"
        raise UsageError(f"{'no' if not found else 'more than one'} failure mode begins with {name!r}. The last report has: {known}.")
    if not found[0].confirmed:
        raise UsageError(
            f"failure mode {name!r} is not confirmed: fresh neighbors of it do not fail beyond chance. Promote a confirmed one."
        )
    return found[0]


def _try_neighbors(setup: Setup, modes: Sequence[FailureMode], samples: Mapping[str, Sample], report: Report) -> list[FailureMode]:
    # What earlier turns tried around failures is not remembered: the same report is to give the same neighbors, answered by the journal.
    curator = Curator(validators=(*DEFAULT_VALIDATORS, *setup.validators))
    curator.remember(read_active(setup, None))
    largest = _pick_largest(modes)
    tried = [_try_mode(setup, mode, samples, report, curator) for mode in modes if mode.id in largest]
    return [*control_modes(tried, _overall_rate(report)), *(mode for mode in modes if mode.id not in largest)]


def _pick_largest(modes: Sequence[FailureMode]) -> frozenset[str]:
    """Return the ids of the modes whose neighbors are tried."""
    talks = [mode.id for mode in modes if mode.breakdown is not None][:MOST_TALKS_TRIED]
    single = [mode.id for mode in modes if mode.breakdown is None][:MOST_TRIED]
    return frozenset((*talks, *single))


def _try_mode(setup: Setup, mode: FailureMode, samples: Mapping[str, Sample], report: Report, curator: Curator) -> FailureMode:
    fresh = _make_neighbors(setup, [samples[sample_id] for sample_id in mode.sample_ids[:_CENTRAL]], curator)
    if not fresh:
        return mode
    tried, failed = _count_failed(read_results(fresh, run_app(setup, fresh, app=report.app)))
    return confirm_mode(mode, tried, failed, overall_rate=_overall_rate(report))


def _overall_rate(report: Report) -> float:
    tried, failed = _count_failed(report.results)
    return failed / max(1, tried)


def _count_failed(results: Iterable[Result]) -> tuple[int, int]:
    """Return how many samples were scored, and how many of them failed in any repeat."""
    scored = [result for result in results if None not in result.passes]
    return len(scored), sum(1 for result in scored if False in result.passes)


def _make_neighbors(setup: Setup, central: Sequence[Sample], curator: Curator) -> list[Sample]:
    """Make and save fresh samples around the most central failures, dropping what repeats what is known."""
    behaviors = {behavior.id: behavior for behavior in setup.behaviors}
    each = -(-setup.neighbors // max(1, len(central)))
    judged = [pair for sample in central for pair in _accept_around(setup, sample, behaviors[sample.behavior_id], each, curator)]
    setup.store.save_candidates(judged, batch=content_id("neighbors", [sample.id for sample, _ in judged]))
    return [sample for sample, verdict in judged if verdict.keep][: setup.neighbors]


def _accept_around(setup: Setup, sample: Sample, behavior: Behavior, count: int, curator: Curator) -> list[Judged]:
    limit = count * _CANDIDATES_PER_NEIGHBOR
    if sample.goal is None or behavior.talk is None:
        candidates = make_neighbors(sample, behavior, count=limit, noisers=setup.noisers, seed=setup.seed)
    else:
        candidates = vary_conversation(sample, behavior, behavior.talk, levels=setup.generate.levels, seed=setup.seed)
    return list(accept_samples(islice(candidates, limit), count=count, curator=curator, candidate_limit=limit))


__all__ = ["MOST_TALKS_TRIED", "MOST_TRIED", "distill_failures", "promote_failures"]

"""Run the app on samples and report how it did."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec

from synthloop.core.errors import UsageError
from synthloop.core.ports import Store
from synthloop.core.report import Comparison, Report, Result
from synthloop.core.sample import Sample, Split
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.engine.runner import Engine, RunSummary
from synthloop.evaluate.comparison import compare_variants
from synthloop.evaluate.outcomes import judge_transcripts, make_results
from synthloop.evaluate.reporting import Run, make_report
from synthloop.evaluate.scoring import score_transcripts
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.judge import correct_judges, judge_answers
from synthloop.loop.setup import Setup
from synthloop.loop.simulate import count_flows, make_flows

LAST_REPORT = "last-report"
"""Note that holds the id of the last report that anyone may look at; with `:` and a variant's name, the last one of that variant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRun:
    """What the app said and what it is worth."""

    transcripts: tuple[Transcript, ...]
    scores: tuple[Score, ...]
    summary: RunSummary


def evaluate_app(setup: Setup, *, app: str | None = None, split: Split | None = "dev") -> Report:
    """Put every sample of a split to one variant of the app, score the answers and report.

    Samples that the project's files describe and that are not there yet are generated first.

    Args:
        setup: The project.
        app: Name of the variant; None: the first.
        split: Which samples; None: train and dev together. The holdout is read by the gate alone.

    Raises:
        UsageError: The split is empty or the holdout, there is no such variant, or a behavior's parameters allow nothing.
        AppError: The app can't be reached at all.
    """
    if split == "holdout":
        raise UsageError("only the gate reads the holdout: synthloop gate")
    generate_samples(setup)
    return report_on(setup, read_open_samples(setup, split), app=app or setup.app, split=split)


def read_open_samples(setup: Setup, split: Split | None) -> list[Sample]:
    """Return the samples in use of a split, or of train and dev together: what anyone may look at.

    Raises:
        UsageError: Nothing was generated, or the split is empty.
    """
    samples = [sample for sample in read_active(setup, split) if sample.split != "holdout"]
    if not samples:
        raise UsageError(f"there are no {split or 'open'} samples. Give the split a share in synthloop.yaml, or add phrasings.")
    return samples


def report_on(setup: Setup, samples: Sequence[Sample], *, app: str, split: Split | None) -> Report:
    """Run one variant on given samples, save transcripts and scores, and save and return the report.

    A report on open samples is remembered as the last one; see `find_last_report`.
    """
    run = run_app(setup, samples, app=app)
    about = Run(app=app, app_version=version_of(setup, app), seed=setup.seed, made_at=setup.clock.now(), split=split, project=setup.name)
    report = make_report(about, samples, run.transcripts, run.scores, setup.behaviors)
    report = msgspec.structs.replace(report, corrected=correct_judges(setup, samples, run.transcripts, run.scores))
    setup.store.save_report(report)
    if split != "holdout":
        for key in (f"{LAST_REPORT}:{app}", LAST_REPORT):
            setup.store.write_note(key, report.id)
    return report


def find_last_report(store: Store, app: str | None = None) -> Report | None:
    """Return the last report on open samples, of one variant where it is named; the holdout's belong to the gate."""
    report_id = store.read_note(f"{LAST_REPORT}:{app}" if app else LAST_REPORT)
    return store.read_report(report_id) if report_id else None


def evaluate_variants(setup: Setup, *, split: Split | None = "dev") -> tuple[tuple[Report, ...], Comparison]:
    """Report on every variant of the app, and compare each with the first on the same samples.

    Raises:
        UsageError: As `evaluate_app`.
    """
    reports = tuple(evaluate_app(setup, app=app, split=split) for app in setup.apps)
    return reports, compare_variants(reports)


def run_app(setup: Setup, samples: Sequence[Sample], *, app: str, first_replica: int = 0) -> AppRun:
    """Ask the app, or the journal, about every sample; save and return transcripts and scores.

    Args:
        setup: The project.
        samples: What to ask, in order.
        app: Name of the variant.
        first_replica: Where to begin counting repeats: beyond what was asked before, the app is asked anew.

    Raises:
        UsageError: There is no such variant.
        AppError: The app can't be reached at all.
        StoreError: The journal or the store can't be written.
    """
    if app not in setup.apps:
        raise UsageError(f"there is no variant {app!r} of the app. There are: {', '.join(setup.apps)}.")
    transcripts: list[Transcript] = []
    flows = make_flows(setup, samples, app=app, first_replica=first_replica)
    summary = make_engine(setup).run(flows, sink=_collect(transcripts), total=count_flows(setup, samples))
    scores = (
        *score_transcripts({sample.id: sample for sample in samples}, transcripts, setup.scorers, setup.behaviors),
        *judge_answers(setup, samples, transcripts),
    )
    setup.store.save_transcripts(transcripts)
    setup.store.save_scores(scores)
    return AppRun(transcripts=tuple(transcripts), scores=scores, summary=summary)


def read_results(samples: Sequence[Sample], run: AppRun) -> tuple[Result, ...]:
    """Return how the app did on each sample, in order."""
    return make_results(judge_transcripts({sample.id: sample for sample in samples}, run.transcripts, run.scores))


def make_engine(setup: Setup) -> Engine:
    """Build the engine that answers what this project's flows ask: of its apps, and of the models of its judges."""
    return Engine(
        ports={**setup.models, **setup.apps},
        journal=setup.journal,
        limits_by_port={**setup.limits_by_model, **setup.limits_by_app},
        purse=setup.purse,
        gates=setup.gates,
        progress=setup.progress,
        clock=setup.clock,
        seed=setup.seed,
    )


def version_of(setup: Setup, app: str) -> str:
    """Return the version under which the answers of a variant are kept."""
    return setup.apps[app].version


def _collect(into: list[Transcript]) -> Callable[[Iterable[Transcript]], None]:
    return into.extend


__all__ = [
    "LAST_REPORT",
    "AppRun",
    "evaluate_app",
    "evaluate_variants",
    "find_last_report",
    "make_engine",
    "read_open_samples",
    "read_results",
    "report_on",
    "run_app",
    "version_of",
]

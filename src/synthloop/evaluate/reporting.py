"""One report from everything that a run produced."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from synthloop.core.behavior import Behavior
from synthloop.core.lineage import content_id
from synthloop.core.report import FailureMode, Report
from synthloop.core.sample import Sample, Split
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.evaluate.label_metrics import count_confusion, find_label_scorers
from synthloop.evaluate.metrics import measure_behaviors, measure_outcomes
from synthloop.evaluate.outcomes import explain_unscored, judge_transcripts, make_results, tabulate_outcomes
from synthloop.evaluate.slices import SMALLEST, find_slices
from synthloop.evaluate.talks import report_talks


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a report is about, besides its figures."""

    app: str
    """Name of the app variant; transcripts of others are left out."""
    app_version: str
    seed: int
    """The run seed."""
    made_at: str
    """ISO 8601, UTC."""
    split: Split | None = None
    """Which split was read; None: all that was accepted."""
    project: str = ""
    smallest_slice: int = SMALLEST
    """Samples that a slice needs inside and outside."""


def make_report(
    run: Run,
    samples: Sequence[Sample],
    transcripts: Iterable[Transcript],
    scores: Iterable[Score],
    behaviors: Sequence[Behavior] = (),
    failure_modes: tuple[FailureMode, ...] = (),
) -> Report:
    """Return the report of one app variant.

    Transcripts of other samples, variants or versions are left out; so are scores without a transcript. The report's id depends on the
    app, its version, the split, the samples and what happened to each, not on the time.
    """
    samples_by_id: Mapping[str, Sample] = {sample.id: sample for sample in samples}
    own = [one for one in transcripts if one.app == run.app and one.app_version == run.app_version]
    table = tabulate_outcomes(judge_transcripts(samples_by_id, own, scores))
    results = make_results(table.outcomes)
    slices, skipped = find_slices(table, run.smallest_slice)
    labeling = find_label_scorers(table)
    return Report(
        id=content_id("report", run.app, run.app_version, run.split, [(one.sample_id, one.passes, one.output) for one in results]),
        app=run.app,
        app_version=run.app_version,
        project=run.project,
        seed=run.seed,
        split=run.split,
        made_at=run.made_at,
        metrics=measure_outcomes(table, behaviors),
        behaviors=measure_behaviors(table, behaviors),
        confusion=count_confusion(table, labeling[0]) if labeling else (),
        slices=slices,
        slices_skipped=skipped,
        unscored_reasons=dict(sorted(Counter(outcome.unscored for outcome in table.outcomes if outcome.unscored).items())),
        unscored_notes=explain_unscored(table.outcomes),
        failure_modes=failure_modes,
        talks=report_talks(table.outcomes, behaviors),
        results=results,
    )


__all__ = ["Run", "make_report"]

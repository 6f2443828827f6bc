"""What every surface shows of a run: the reports, the gate, the samples behind them, and the few figures that all of them need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from synthloop.core.errors import UsageError
from synthloop.core.report import FailureMode, GateResult, PairedDifference, Report, Result
from synthloop.core.sample import Sample
from synthloop.surfaces.figures import show_value


@dataclass(frozen=True, kw_only=True)
class Case:
    """One sample beside what the app made of it."""

    sample_id: str
    text: str
    """The last message; the sample's id where the sample is not at hand."""
    expected: str
    got: str
    outcome: str
    """`failed`, `passed` or `unscored`."""
    behavior_id: str


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """Everything that a surface may show. Build it with `view_of`."""

    reports: tuple[Report, ...]
    """One for each app variant, not empty; the first one is shown in full."""
    samples: Mapping[str, Sample] = field(repr=False)
    """Id -> sample."""
    gate: GateResult | None = None
    gate_report: Report | None = None
    """The report that the gate judged, where it is another one: the holdout's."""
    baseline: Report | None = None
    dropped: Mapping[str, int] = field(default_factory=dict[str, int])
    """Reason -> number of samples that curation dropped."""
    earlier: tuple[Report, ...] = ()
    """Reports of earlier versions of the same app on the same samples, the oldest first."""

    @property
    def report(self) -> Report:
        """The report that is shown in full."""
        return self.reports[0]

    @cached_property
    def change(self) -> PairedDifference | None:
        """What changed since the baseline, pair by pair; None without one, or where the two share no sample."""
        if self.baseline is None:
            return None
        from synthloop.evaluate.comparison import compare_reports  # noqa: PLC0415 - scipy, for the few runs that have a baseline

        change = compare_reports(self.baseline, self.report)
        return change if change.difference.n else None

    @cached_property
    def results(self) -> Mapping[str, Result]:
        """Sample id -> result, of the report that is shown in full and of the one that the gate judged."""
        judged = self.gate_report.results if self.gate_report else ()
        return {result.sample_id: result for result in (*judged, *self.report.results)}

    @cached_property
    def modes(self) -> tuple[FailureMode, ...]:
        """Failure modes, the most frequent first."""
        return tuple(sorted(self.report.failure_modes, key=lambda mode: -len(mode.sample_ids)))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Outcome -> number of samples: `failed`, `passed`, `unscored`."""
        counted = {"failed": 0, "passed": 0, "unscored": 0}
        for result in self.report.results:
            counted[outcome_of(result)] += 1
        return counted

    def case(self, sample_id: str) -> Case:
        """Return one sample beside what the app made of it."""
        sample, result = self.samples.get(sample_id), self.results.get(sample_id)
        return Case(
            sample_id=sample_id,
            text=sample.text if sample else sample_id,
            expected=show_value(sample.expected) if sample else "",
            got=show_value(result.output) if result else "",
            outcome=outcome_of(result) if result else "unscored",
            behavior_id=result.behavior_id if result else sample.behavior_id if sample else "",
        )

    def cases(self, sample_ids: Sequence[str], at_most: int) -> Iterator[Case]:
        """Yield the first cases of a list of sample ids."""
        return (self.case(sample_id) for sample_id in sample_ids[:at_most])


def view_of(  # noqa: PLR0913 - each is a part of the view
    reports: Report | Sequence[Report],
    samples: Iterable[Sample] = (),
    *,
    gate: GateResult | None = None,
    gate_report: Report | None = None,
    baseline: Report | None = None,
    dropped: Mapping[str, int] | None = None,
    earlier: Sequence[Report] = (),
) -> ReportView:
    """Gather what the surfaces show.

    Args:
        reports: One report, or one for each app variant with the main one first.
        samples: The samples behind them. Those that neither the first report nor a check of the gate mentions are left out, so that no
            surface shows the rest of the holdout.
        gate: The gate's decision.
        gate_report: The report that the gate judged, where it is not the first one.
        baseline: The accepted report that the first one is compared with.
        dropped: Reason -> number of samples that curation dropped; `kept` is left out.
        earlier: Reports of earlier versions of the same app on the same samples, the oldest first.

    Raises:
        UsageError: There is no report.
    """
    reports = (reports,) if isinstance(reports, Report) else tuple(reports)
    if not reports:
        raise UsageError("there is no report to show. Fix: run `synthloop evaluate` first.")
    shown = {result.sample_id for result in reports[0].results}
    shown.update(sample_id for check in (gate.checks if gate else ()) for sample_id in check.sample_ids)
    return ReportView(
        reports=reports,
        samples={sample.id: sample for sample in samples if sample.id in shown},
        gate=gate,
        gate_report=gate_report,
        baseline=baseline,
        dropped={reason: count for reason, count in (dropped or {}).items() if reason != "kept"},
        earlier=tuple(earlier),
    )


def outcome_of(result: Result) -> str:
    """Return `failed` where any repeat failed, `passed` where all that were scored passed, else `unscored`."""
    if False in result.passes:
        return "failed"
    return "passed" if True in result.passes else "unscored"


__all__ = ["Case", "ReportView", "outcome_of", "view_of"]

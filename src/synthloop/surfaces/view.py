"""What every surface shows of a run: the reports, the gate, the samples behind them, and the few figures that all of them need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import encode_canonical
from synthloop.core.report import FailureMode, GateResult, Report, Result
from synthloop.core.sample import Sample


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
class Change:
    """How samples that both runs have moved from one to the other."""

    fixed: tuple[str, ...]
    """Ids of samples that failed before and pass now, in the order of the new report."""
    broken: tuple[str, ...]
    """Ids of samples that passed before and fail now."""
    both_passed: int
    both_failed: int

    @property
    def paired(self) -> int:
        """Number of samples that were scored in both runs."""
        return len(self.fixed) + len(self.broken) + self.both_passed + self.both_failed


@dataclass(frozen=True, kw_only=True)
class ReportView:
    """Everything that a surface may show. Build it with `view_of`."""

    reports: tuple[Report, ...]
    """One for each app variant, not empty; the first one is shown in full."""
    samples: Mapping[str, Sample] = field(repr=False)
    """Id -> sample."""
    gate: GateResult | None = None
    baseline: Report | None = None
    dropped: Mapping[str, int] = field(default_factory=dict[str, int])
    """Reason -> number of samples that curation dropped."""

    @property
    def report(self) -> Report:
        """The report that is shown in full."""
        return self.reports[0]

    @cached_property
    def change(self) -> Change | None:
        """What was fixed and broken since the baseline; None without one."""
        return None if self.baseline is None else compare_results(self.baseline, self.report)

    @cached_property
    def results(self) -> Mapping[str, Result]:
        """Sample id -> result of the report that is shown in full."""
        return {result.sample_id: result for result in self.report.results}

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


def view_of(
    reports: Report | Sequence[Report],
    samples: Iterable[Sample] = (),
    *,
    gate: GateResult | None = None,
    baseline: Report | None = None,
    dropped: Mapping[str, int] | None = None,
) -> ReportView:
    """Gather what the surfaces show.

    Args:
        reports: One report, or one for each app variant with the main one first.
        samples: The samples behind them; those that no report mentions are left out.
        gate: The gate's decision on the first report.
        baseline: The accepted report that the first one is compared with.
        dropped: Reason -> number of samples that curation dropped; `kept` is left out.

    Raises:
        UsageError: There is no report.
    """
    reports = (reports,) if isinstance(reports, Report) else tuple(reports)
    if not reports:
        raise UsageError("there is no report to show. Fix: run `synthloop evaluate` first.")
    shown = {result.sample_id for result in reports[0].results}
    return ReportView(
        reports=reports,
        samples={sample.id: sample for sample in samples if sample.id in shown},
        gate=gate,
        baseline=baseline,
        dropped={reason: count for reason, count in (dropped or {}).items() if reason != "kept"},
    )


def outcome_of(result: Result) -> str:
    """Return `failed` where any repeat failed, `passed` where all that were scored passed, else `unscored`."""
    if False in result.passes:
        return "failed"
    return "passed" if True in result.passes else "unscored"


def compare_results(before: Report, after: Report) -> Change:
    """Pair two reports by sample. Samples that only one of them has, or that one could not score, are left out."""
    old = {result.sample_id: outcome_of(result) for result in before.results}
    moves: dict[tuple[str, str], list[str]] = {}
    for result in after.results:
        moves.setdefault((old.get(result.sample_id, "unscored"), outcome_of(result)), []).append(result.sample_id)
    return Change(
        fixed=tuple(moves.get(("failed", "passed"), ())),
        broken=tuple(moves.get(("passed", "failed"), ())),
        both_passed=len(moves.get(("passed", "passed"), ())),
        both_failed=len(moves.get(("failed", "failed"), ())),
    )


def show_value(value: JsonValue) -> str:
    """Write an expectation or an answer for a person: text as it is, everything else as JSON, nothing as a dash.

    Example:
        >>> show_value("schedule"), show_value(["a", 1]), show_value(None)
        ('schedule', '["a",1]', '–')
    """
    if value is None:
        return "–"
    return value if isinstance(value, str) else encode_canonical(value).decode()


__all__ = ["Case", "Change", "ReportView", "compare_results", "outcome_of", "show_value", "view_of"]

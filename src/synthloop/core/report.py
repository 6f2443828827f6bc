"""All figures of one run, the accepted report that new ones are compared with, the CI decision, and what failures teach."""

from typing import Literal

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.problem import Breakdown, Minimal, Trigger
from synthloop.core.record import Record
from synthloop.core.sample import Message, Split
from synthloop.core.score import MetricValue, SliceResult
from synthloop.core.talk_report import TalkReport

Decision = Literal["pass", "fail", "too little data"]

EXIT_CODES: dict[Decision, int] = {"pass": 0, "fail": 1, "too little data": 1}
"""Exit code of each gate decision; 2 is kept for usage errors."""


REPORT_SCHEMA_VERSION = 1
"""Raised when a report's records change so that older ones can't be read."""


class Result(Record):
    """How the app did on one sample, over all repeats: the unit that the gate pairs."""

    sample_id: str
    scenario_id: str
    behavior_id: str
    passes: tuple[bool | None, ...]
    """One entry a repeat, in order of replica; None where unscored."""
    output: JsonValue = None
    """The answer of the first repeat."""
    transcript_ids: tuple[str, ...] = ()
    failed_scorers: tuple[str, ...] = ()
    """Scorers that failed in any repeat, sorted."""
    latency_s: float = 0.0
    """Mean over repeats."""
    unscored: str = ""
    """The first reason why a repeat is unscored; empty where all are scored."""


class BehaviorResult(Record):
    """How the app did on one behavior."""

    behavior_id: str
    says: str
    weight: float
    at_least: float | None = None
    pass_rate: MetricValue
    metrics: tuple[MetricValue, ...] = ()


class ConfusionCell(Record, array_like=True):
    """How often one expected label got one answer."""

    expected: str
    got: str
    count: int


class FailureMode(Record):
    """A named group of failures: one problem, counted once."""

    id: str
    name: str
    """One line for a person, e.g. `schedule answered as find_document: "move", "rebook"`."""
    scorer: str
    expected: JsonValue = None
    got: JsonValue = None
    terms: tuple[str, ...] = ()
    """Words that set the group's texts apart from passed samples of the same behaviors, the most telling first."""
    behavior_ids: tuple[str, ...] = ()
    sample_ids: tuple[str, ...]
    """Failed samples of the group, the most central first."""
    neighbors_tried: int = 0
    neighbors_failed: int = 0
    confirmed: bool | None = None
    """Whether fresh neighbors fail as well, more often than the app does overall or than half the time; None before they were tried."""
    breakdown: Breakdown | None = None
    """Of conversations: where they break."""
    end_reasons: dict[str, int] = {}
    """Of conversations: how they ended, with how many of them, the most frequent first."""
    minimal: Minimal | None = None
    """Of conversations: the shortest one that still fails; None where it was not looked for."""
    trigger: Trigger | None = None
    """The condition under which it appears; None where none was found beyond chance."""


class CorrectedRate(Record):
    """A judge's pass rate beside what it would be if the judge made no errors; see `synthloop.evaluate.corrected`."""

    judge: str
    raw: MetricValue
    """As the judge says."""
    value: float | None
    """Corrected; None where the judge does no better than chance, or was never checked."""
    low: float | None = None
    high: float | None = None
    """Interval over both sources of error: the run's samples and the labelled ones."""
    labels: int = 0
    """Labelled samples that the correction rests on."""
    warning: str = ""
    """Why there is no correction, or why not to trust it, for a person."""


class Report(Record):
    """All metrics of one app variant in one run."""

    id: str
    app: str
    app_version: str
    project: str = ""
    seed: int
    split: Split | None
    """Which split was read; None: all that was accepted."""
    made_at: str
    """ISO 8601, UTC."""
    metrics: tuple[MetricValue, ...]
    """The pass rate first."""
    behaviors: tuple[BehaviorResult, ...]
    confusion: tuple[ConfusionCell, ...] = ()
    slices: tuple[SliceResult, ...] = ()
    """Sorted by q-value, then by how far the slice is below the rest."""
    corrected: tuple[CorrectedRate, ...] = ()
    """One for each judge."""
    slices_skipped: int = 0
    """Attribute values that too few samples had to be a slice."""
    unscored_reasons: dict[str, int] = {}
    """Why transcripts could not be scored: slug -> number of transcripts."""
    unscored_notes: dict[str, str] = {}
    """What exactly was wrong with the first transcript of each of these reasons, for a person, e.g. what the app raised."""
    failure_modes: tuple[FailureMode, ...] = ()
    talks: TalkReport | None = None
    """What it says of conversations; None where there are none."""
    results: tuple[Result, ...]

    @property
    def pass_rate(self) -> MetricValue:
        """Share of scored transcripts in which every scorer passed."""
        return self.metrics[0]

    def worst_slices(self, count: int, q_below: float = 0.05) -> tuple[SliceResult, ...]:
        """Return up to `count` slices that do worse than the rest beyond chance, the worst first."""

        def gap(found: SliceResult) -> float:
            return (found.outside.value or 0.0) - (found.inside.value or 0.0)

        beyond = [found for found in self.slices if found.q_value <= q_below and gap(found) > 0]
        return tuple(sorted(beyond, key=gap, reverse=True)[:count])


PairedTest = Literal["mcnemar", "sign-flip-exact", "sign-flip"]


class PairedDifference(Record):
    """Two reports on the same samples: what changed, with what certainty."""

    before: str
    """App variant of the first report."""
    after: str
    difference: MetricValue
    """Pass rate after minus before, over the samples in both; `n` counts samples, `clusters` scenarios."""
    fixed: tuple[str, ...] = ()
    """Ids of samples that failed before and pass after."""
    broken: tuple[str, ...] = ()
    """Ids of samples that passed before and fail after."""
    both_pass: int = 0
    both_fail: int = 0
    p_value: float
    """Two-sided, clustered by scenario."""
    test: PairedTest
    smallest_difference: float | None = None
    """The smallest difference that this many samples would have shown four times in five; None with fewer than two scenarios."""
    only_before: int = 0
    """Samples that only the first report has a score for."""
    only_after: int = 0


class ComparisonRow(Record):
    """One variant of a comparison."""

    app: str
    app_version: str
    report_id: str
    metrics: tuple[MetricValue, ...]
    difference: PairedDifference | None = None
    """Against the reference; None for the reference itself."""
    q_value: float | None = None
    """After Benjamini-Hochberg over the rows."""


class Comparison(Record):
    """Several variants of an app on the same samples, each against the first."""

    reference: str
    rows: tuple[ComparisonRow, ...]
    """The reference first, then the others in the given order."""


class Baseline(Record, omit_defaults=False):
    """The accepted report under a name."""

    schema_version: int = REPORT_SCHEMA_VERSION
    name: str
    accepted_at: str
    """ISO 8601, UTC."""
    report: Report


class GateCheck(Record):
    """One demand of the gate and how it was met."""

    name: str
    """`accuracy`, `no_regression`, `behavior:schedule`, ..."""
    decision: Decision
    demanded: str
    """In words and numbers, e.g. `at least 0.90`."""
    observed: MetricValue | None = None
    """With the bounds that decided: of `no_regression`, the one-sided lower one, unless the test alone failed it."""
    p_value: float | None = None
    n_needed: int | None = None
    """Scenarios that would settle it, where the decision is too little data."""
    note: str = ""
    sample_ids: tuple[str, ...] = ()
    """Samples to look at, e.g. the confirmed regressions."""


class GateResult(Record):
    """The CI decision."""

    decision: Decision
    checks: tuple[GateCheck, ...]
    app: str
    baseline: str | None = None
    """Name of the baseline compared with; None where there was none."""

    @property
    def exit_code(self) -> int:
        """0 for pass, 1 for fail and for too little data."""
        return EXIT_CODES[self.decision]


class TrainingExample(Record):
    """One example to train on."""

    sample_id: str
    behavior_id: str
    messages: tuple[Message, ...]
    expected: JsonValue
    rejected: JsonValue = None
    """A worse answer to the same, of a preference pair; None where there is none."""
    attributes: dict[str, str] = {}
    lineage: Lineage


__all__ = [
    "EXIT_CODES",
    "REPORT_SCHEMA_VERSION",
    "Baseline",
    "BehaviorResult",
    "Comparison",
    "ComparisonRow",
    "ConfusionCell",
    "CorrectedRate",
    "Decision",
    "FailureMode",
    "GateCheck",
    "GateResult",
    "PairedDifference",
    "PairedTest",
    "Report",
    "Result",
    "TrainingExample",
]

"""Reports on the same samples, compared pair by pair."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from synthloop.core.errors import UsageError
from synthloop.core.lineage import chance
from synthloop.core.report import Comparison, ComparisonRow, PairedDifference, PairedTest, Report, Result
from synthloop.core.score import MetricValue
from synthloop.evaluate.intervals import LEVEL, ratio_error
from synthloop.evaluate.outcomes import Codes, Floats, number_keys, sum_by
from synthloop.evaluate.permutation import MOST_LISTED, Alternative, flip_signs, pair_exactly
from synthloop.evaluate.slices import adjust_p_values

POWER = 0.8
"""How often the smallest difference would be found."""

COMPARED = (
    "pass_rate",
    "weighted_pass_rate",
    "accuracy",
    "macro_f1",
    "pass^2",
    "pass^3",
    "latency_p50_s",
    "latency_p95_s",
    "cost_mean_usd",
)
"""Metrics in the table of variants, where a report has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Samples that two reports have a score for, as columns."""

    sample_ids: tuple[str, ...]
    behavior_ids: tuple[str, ...]
    cluster: Codes
    before: Floats
    """Share of scored repeats that pass, in [0, 1]."""
    after: Floats
    only_before: int
    only_after: int

    @property
    def clusters(self) -> int:
        """Number of scenarios."""
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0

    @property
    def scenario_differences(self) -> Floats:
        """Sum of after minus before over each scenario's samples."""
        return sum_by(self.cluster, self.after - self.before, self.clusters)

    @property
    def is_plain(self) -> bool:
        """Whether each scenario has one sample that plainly passed or failed on both sides."""
        return len(self.sample_ids) == self.clusters and bool(np.isin((self.before, self.after), (0.0, 1.0)).all())

    def select(self, behavior_id: str) -> "Pairs":
        """Return the pairs of one behavior."""
        rows = [row for row, name in enumerate(self.behavior_ids) if name == behavior_id]
        return Pairs(
            sample_ids=tuple(self.sample_ids[row] for row in rows),
            behavior_ids=(behavior_id,) * len(rows),
            cluster=number_keys(str(self.cluster[row]) for row in rows),
            before=self.before[rows],
            after=self.after[rows],
            only_before=0,
            only_after=0,
        )


def rate_result(result: Result) -> float | None:
    """Return the share of scored repeats that pass, or None where none is scored."""
    scored = [passed for passed in result.passes if passed is not None]
    return sum(scored) / len(scored) if scored else None


def passes_mostly(rate: float) -> bool:
    """Return whether more than half of the repeats pass: what counts as passed where a sample has several repeats."""
    return rate > 0.5


def pair_results(before: Report, after: Report) -> Pairs:
    """Return the samples with a score in both reports, in the order of `after`."""
    old, new = _rate_scored(before), _rate_scored(after)
    shared = [result for result in after.results if result.sample_id in new and result.sample_id in old]
    return Pairs(
        sample_ids=tuple(result.sample_id for result in shared),
        behavior_ids=tuple(result.behavior_id for result in shared),
        cluster=number_keys(result.scenario_id for result in shared),
        before=np.array([old[result.sample_id] for result in shared], dtype=np.float64),
        after=np.array([new[result.sample_id] for result in shared], dtype=np.float64),
        only_before=len(old.keys() - new.keys()),
        only_after=len(new.keys() - old.keys()),
    )


def check_pairs(pairs: Pairs, alternative: Alternative, *, seed: int, address: str) -> tuple[float, PairedTest]:
    """Return the p-value of "nothing changed" and the test: exact McNemar where it applies, else sign flips of whole scenarios.

    Args:
        pairs: What to compare.
        alternative: Which change counts.
        seed: The run seed.
        address: What distinguishes this comparison's chance from that of others, e.g. the ids of both reports.
    """
    if pairs.is_plain:
        fixed, broken = int((pairs.after > pairs.before).sum()), int((pairs.after < pairs.before).sum())
        return pair_exactly(fixed, broken, alternative), "mcnemar"
    differences = pairs.scenario_differences
    p_value = flip_signs(differences, alternative, chance(seed, "evaluate.comparison", address))
    return p_value, "sign-flip-exact" if int((np.abs(differences) > 1e-9).sum()) <= MOST_LISTED else "sign-flip"


def measure_difference(pairs: Pairs, level: float = LEVEL) -> MetricValue:
    """Return the mean difference with a clustered t interval.

    Where nothing changed in any scenario, the bounds are those that Wilson's interval gives for no change in that many scenarios.
    """
    plain = MetricValue(name="difference", value=None, n=len(pairs.sample_ids), clusters=pairs.clusters, level=level)
    if not plain.n:
        return plain
    value = float((pairs.after - pairs.before).mean())
    half = _half_width(pairs, (1 - level) / 2)
    low, high = (None, None) if half is None else (max(-1.0, value - half), min(1.0, value + half))
    return MetricValue(
        name="difference",
        value=value,
        low=low,
        high=high,
        level=level,
        method="none" if half is None else "cluster-t",
        n=plain.n,
        clusters=plain.clusters,
    )


def find_smallest_difference(pairs: Pairs, alpha: float = 1 - LEVEL) -> float | None:
    """Return the smallest difference that pairs like these would show with a power of 0.8; None with fewer than two scenarios.

    It is never below what the exact test needs: with fewer changed scenarios than log2(2 / alpha), nothing is ever beyond chance.
    """
    clusters = pairs.clusters
    if clusters < 2:
        return None
    quantiles = float(stats.t.isf(alpha / 2, clusters - 1)) + float(stats.t.ppf(POWER, clusters - 1))
    fewest = math.ceil(math.log2(2 / alpha)) / clusters
    return min(1.0, max(quantiles * difference_error(pairs), fewest))


def difference_error(pairs: Pairs) -> float:
    """Return the standard error of the mean difference, clustered by scenario."""
    return ratio_error(pairs.scenario_differences, sum_by(pairs.cluster, np.ones_like(pairs.after), pairs.clusters))


def compare_reports(before: Report, after: Report) -> PairedDifference:
    """Return what changed from one report to another on the samples they share."""
    pairs = pair_results(before, after)
    p_value, test = check_pairs(pairs, "two-sided", seed=after.seed, address=f"{before.id}:{after.id}")
    was, now = pairs.before > 0.5, pairs.after > 0.5
    return PairedDifference(
        before=before.app,
        after=after.app,
        difference=measure_difference(pairs),
        fixed=_pick(pairs, ~was & now),
        broken=_pick(pairs, was & ~now),
        both_pass=int((was & now).sum()),
        both_fail=int((~was & ~now).sum()),
        p_value=p_value,
        test=test,
        smallest_difference=find_smallest_difference(pairs),
        only_before=pairs.only_before,
        only_after=pairs.only_after,
    )


def compare_variants(reports: Sequence[Report], metrics: Iterable[str] = COMPARED) -> Comparison:
    """Return several variants beside each other, each compared with the first.

    Raises:
        UsageError: There is no report.
    """
    if not reports:
        raise UsageError("there is nothing to compare. Fix: run at least one app variant first.")
    reference, others = reports[0], reports[1:]
    wanted = tuple(metrics)
    differences = [compare_reports(reference, other) for other in others]
    q_values = adjust_p_values([difference.p_value for difference in differences])
    rows = [_make_row(other, wanted, found, q_value) for other, found, q_value in zip(others, differences, q_values, strict=True)]
    return Comparison(reference=reference.app, rows=(_make_row(reference, wanted, None, None), *rows))


def _make_row(report: Report, wanted: tuple[str, ...], difference: PairedDifference | None, q_value: float | None) -> ComparisonRow:
    by_name = {metric.name: metric for metric in report.metrics}
    return ComparisonRow(
        app=report.app,
        app_version=report.app_version,
        report_id=report.id,
        metrics=tuple(by_name[name] for name in wanted if name in by_name),
        difference=difference,
        q_value=q_value,
    )


def _rate_scored(report: Report) -> dict[str, float]:
    rates = ((result.sample_id, rate_result(result)) for result in report.results)
    return {sample_id: rate for sample_id, rate in rates if rate is not None}


def _half_width(pairs: Pairs, tail: float) -> float | None:
    if pairs.clusters < 2:
        return None
    error = difference_error(pairs)
    if error > 0:
        return float(stats.t.isf(tail, pairs.clusters - 1)) * error
    square = float(stats.norm.isf(tail)) ** 2
    return square / (pairs.clusters + square)


def _pick(pairs: Pairs, mask: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(pairs.sample_ids[row] for row in np.flatnonzero(mask))


__all__ = [
    "COMPARED",
    "POWER",
    "Pairs",
    "check_pairs",
    "compare_reports",
    "compare_variants",
    "difference_error",
    "find_smallest_difference",
    "measure_difference",
    "pair_results",
    "passes_mostly",
    "rate_result",
]

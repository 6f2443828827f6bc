"""All metrics of one run: rates, pass^k over repeats, labels, and what scorers measured."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from synthloop.core.behavior import Behavior
from synthloop.core.report import BehaviorResult
from synthloop.core.score import MetricValue, Score
from synthloop.evaluate.intervals import combine_shares, measure_mean, measure_quantile, measure_share
from synthloop.evaluate.label_metrics import find_label_scorers, measure_labels
from synthloop.evaluate.metric_names import MOST_REPEATS
from synthloop.evaluate.outcomes import Floats, OutcomeTable, sum_by


def pass_hat(passed: int, repeats: int, k: int) -> float:
    """Return the chance that k repeats, drawn without replacement from those seen, all pass: C(passed, k) / C(repeats, k).

    It is not (passed / repeats) ** k, which is too high. Needs `k` <= `repeats`.

    Source: Yao et al., "tau-bench: A benchmark for tool-agent-user interaction in real-world domains", 2024.

    Example:
        >>> pass_hat(2, 3, 2), pass_hat(3, 3, 3), pass_hat(2, 3, 3)
        (0.3333333333333333, 1.0, 0.0)
    """
    return math.comb(passed, k) / math.comb(repeats, k)


def measure_outcomes(table: OutcomeTable, behaviors: Iterable[Behavior] = ()) -> tuple[MetricValue, ...]:
    """Return all metrics, the pass rate first; what does not apply is left out.

    `pass_rate`; with two or more behaviors `weighted_pass_rate`, in which each counts by its weight; `pass^2` and so on with repeats; for
    label scorers `accuracy`, `macro_f1`, `micro_f1`, `f1:LABEL` and the like; `pass:SCORER` and `mean:SCORER`; `latency_mean_s`,
    `latency_p50_s`, `latency_p95_s`, `cost_mean_usd`. The first label scorer's metrics have plain names, those of further ones start with
    `SCORER.`.
    """
    labeling = find_label_scorers(table)
    labels = [metric for place, name in enumerate(labeling) for metric in measure_labels(table, name, f"{name}." if place else "")]
    return (
        measure_pass_rate(table),
        *_measure_weighted(table, {behavior.id: behavior.weight for behavior in behaviors}),
        *measure_repeats(table),
        *labels,
        *_measure_scorers(table),
        *_measure_resources(table),
    )


def measure_pass_rate(table: OutcomeTable, name: str = "pass_rate") -> MetricValue:
    """Return the share of scored transcripts that pass."""
    hits, trials = _sum_passes(table)
    return measure_share(name, hits, trials, unscored=table.unscored)


def measure_judge(table: OutcomeTable, judge: str) -> MetricValue:
    """Return the share of transcripts that one scorer passes, of those that it decided."""
    rows = [
        (row, score) for row, outcome in enumerate(table.outcomes) for score in outcome.scores if score.scorer == judge and score.decides
    ]
    passes = [(row, float(score.passed)) for row, score in rows if score.passed is not None]
    if not passes:
        return MetricValue(name=f"pass:{judge}", value=None, n=0, unscored=len(rows))
    return _measure_rows(table, f"pass:{judge}", passes, len(rows) - len(passes))


def measure_behaviors(table: OutcomeTable, behaviors: Iterable[Behavior]) -> tuple[BehaviorResult, ...]:
    """Return how the app did on each behavior that has transcripts, in the given order."""
    ids = np.array([outcome.sample.behavior_id for outcome in table.outcomes], dtype=object)
    found: list[BehaviorResult] = []
    for behavior in behaviors:
        part = table.select(ids == behavior.id)
        if part.outcomes:
            found.append(
                BehaviorResult(
                    behavior_id=behavior.id,
                    says=behavior.says,
                    weight=behavior.weight,
                    at_least=behavior.at_least,
                    pass_rate=measure_pass_rate(part),
                    metrics=tuple(measure_repeats(part)),
                )
            )
    return tuple(found)


def measure_repeats(table: OutcomeTable) -> list[MetricValue]:
    """Return pass^k for k from 2 up to the largest number of repeats, over the samples with at least k scored repeats."""
    scored = ~np.isnan(table.passed)
    samples, first, codes = np.unique(table.sample[scored], return_index=True, return_inverse=True)
    if not len(samples):
        return []
    passed = table.passed[scored]
    repeats = np.bincount(codes)
    passes = sum_by(codes, passed, len(samples)).astype(int)
    cluster = table.cluster[scored][first]
    size = int(cluster.max()) + 1
    found: list[MetricValue] = []
    for k in range(2, min(int(repeats.max()), MOST_REPEATS) + 1):
        enough = repeats >= k
        values = np.array([pass_hat(int(c), int(n), k) for c, n in zip(passes[enough], repeats[enough], strict=True)])
        hits = sum_by(cluster[enough], values, size)
        trials = sum_by(cluster[enough], np.ones_like(values), size)
        found.append(measure_share(f"pass^{k}", hits, trials, n=int(repeats[enough].sum())))
    return found


def measure_flip_rate(table: OutcomeTable) -> MetricValue:
    """Return the share of samples whose repeats disagree, of those with at least two scored ones."""
    scored = ~np.isnan(table.passed)
    samples, first, codes = np.unique(table.sample[scored], return_index=True, return_inverse=True)
    repeats = np.bincount(codes, minlength=len(samples))
    passes = sum_by(codes, table.passed[scored], len(samples))
    enough = repeats >= 2
    flips = ((passes > 0) & (passes < repeats))[enough].astype(np.float64)
    cluster = table.cluster[scored][first][enough]
    size = int(cluster.max()) + 1 if len(cluster) else 0
    trials = sum_by(cluster, np.ones_like(flips), size)
    return measure_share("flip_rate", sum_by(cluster, flips, size), trials, n=int(repeats[enough].sum()))


def _sum_passes(table: OutcomeTable) -> tuple[Floats, Floats]:
    scored = ~np.isnan(table.passed)
    size = int(table.cluster.max()) + 1 if len(table.cluster) else 0
    cluster = table.cluster[scored]
    return sum_by(cluster, table.passed[scored], size), sum_by(cluster, np.ones(int(scored.sum())), size)


def _measure_weighted(table: OutcomeTable, weights: Mapping[str, float]) -> list[MetricValue]:
    ids = np.array([outcome.sample.behavior_id for outcome in table.outcomes], dtype=object)
    rates = [(weight, measure_pass_rate(table.select(ids == name))) for name, weight in weights.items()]
    scored = [(weight, rate) for weight, rate in rates if rate.value is not None]
    # behaviors share no scenario, so that their rates are independent
    return [combine_shares(measure_pass_rate(table, "weighted_pass_rate"), scored)] if len(scored) > 1 else []


def _measure_scorers(table: OutcomeTable) -> list[MetricValue]:
    rows: dict[str, list[tuple[int, Score]]] = {}
    for row, outcome in enumerate(table.outcomes):
        for score in outcome.scores:
            rows.setdefault(score.scorer, []).append((row, score))
    deciding = [name for name, found in rows.items() if any(score.passed is not None for _, score in found)]
    metrics: list[MetricValue] = []
    for name, found in rows.items():
        passes = [(row, float(score.passed)) for row, score in found if score.passed is not None]
        if name in deciding and len(deciding) > 1:
            metrics.append(_measure_rows(table, f"pass:{name}", passes, len(found) - len(passes)))
        values = [(row, score.value) for row, score in found if score.value is not None]
        if any(value not in {0.0, 1.0} for _, value in values):
            metrics.append(_measure_rows(table, f"mean:{name}", values, len(found) - len(values)))
    return metrics


def _measure_rows(table: OutcomeTable, name: str, rows: list[tuple[int, float]], unscored: int) -> MetricValue:
    size = int(table.cluster.max()) + 1
    cluster = table.cluster[[row for row, _ in rows]]
    values = np.array([value for _, value in rows], dtype=np.float64)
    sums, counts = sum_by(cluster, values, size), sum_by(cluster, np.ones_like(values), size)
    if name.startswith("pass:"):
        return measure_share(name, sums, counts, unscored=unscored)
    return measure_mean(name, sums, counts, unscored=unscored)


def _measure_resources(table: OutcomeTable) -> list[MetricValue]:
    answered = [row for row, outcome in enumerate(table.outcomes) if outcome.transcript.end_reason == "answered"]
    if not answered:
        return []
    seconds = np.array([table.outcomes[row].transcript.latency_s for row in answered])
    cluster = table.cluster[answered]
    costs = [(row, cost) for row in answered if (cost := table.outcomes[row].transcript.cost_usd) is not None]
    return [
        _measure_rows(table, "latency_mean_s", list(zip(answered, seconds.tolist(), strict=True)), len(table.outcomes) - len(answered)),
        measure_quantile("latency_p50_s", seconds, cluster, 0.5),
        measure_quantile("latency_p95_s", seconds, cluster, 0.95),
        *([_measure_rows(table, "cost_mean_usd", costs, len(table.outcomes) - len(costs))] if costs else []),
    ]


__all__ = [
    "measure_behaviors",
    "measure_flip_rate",
    "measure_judge",
    "measure_outcomes",
    "measure_pass_rate",
    "measure_repeats",
    "pass_hat",
]

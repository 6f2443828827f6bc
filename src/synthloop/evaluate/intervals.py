"""Confidence intervals that know about scenarios.

Samples of one scenario are near-copies and repeats of one sample are nearly the same answer, so neither counts as one more observation:
scenarios are the clusters, and every interval here is made from sums over clusters. Nothing is drawn by chance.

- `wilson`: the score interval of a plain rate, where every scenario has one sample with one repeat.
- `cluster-wilson`: the score interval with an effective number of observations, v(1 - v) / se², where `se` is the clustered standard
  error (linearized ratio, or jackknife over clusters), and with a t quantile of (clusters - 1) degrees of freedom, or fewer where a few
  clusters make up the spread. Where no spread shows between clusters (v is 0 or 1) the effective number is that of the clusters. It
  stays inside [0, 1] and never has zero width, which plain t and percentile bootstrap intervals both get wrong near 0 and 1. A weighted
  mean of shares has the interval that theirs give together.
- `cluster-t`: value ± t · se, for means without bounds.
- `woodruff`: for quantiles, the interval of the distribution function there, read backwards.

How often they hold what they promise is measured by `benchmarks/gate_statistics.py`: 92 to 98 % for pass rates from 0.7 to 0.97 in 10 to
400 scenarios, where intervals that ignore scenarios hold 67 to 92 %; skewed means and macro F1 hold 88 to 90 % with 15 scenarios and 93
to 96 % from 50.

With one scenario there is no interval: one cluster says nothing about the spread between clusters.

Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927; Dean and Pagano, "Evaluating
confidence interval methods for binomial proportions in clustered surveys", J. Survey Statistics and Methodology 2015 (ours caps the
effective number at the observed one); Woodruff, "Confidence intervals for medians and other position measures", JASA 1952.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats

from synthloop.core.score import IntervalMethod, MetricValue
from synthloop.evaluate.outcomes import Codes, Floats, sum_by

LEVEL = 0.95
"""Confidence level of every interval in a report."""

FEWEST_FREEDOM = 8
"""However few clusters make up the spread, a share keeps at least these degrees of freedom (or clusters - 1)."""

MOST_BLOCKS = 1000
"""Where scenarios must be put together to hold their counts, at least this many larger clusters remain."""


def wilson_interval(share: float, n: float, quantile: float) -> tuple[float, float]:
    """Return Wilson's score interval.

    Args:
        share: Observed share, in [0, 1].
        n: Number of observations, or an effective number; above 0.
        quantile: Two-sided quantile of the normal or t distribution, 1.96 for 95 %.

    Example:
        >>> low, high = wilson_interval(0.5, 10, 1.959964)
        >>> round(low, 4), round(high, 4)
        (0.2366, 0.7634)
    """
    square = quantile**2
    center = (share + square / (2 * n)) / (1 + square / n)
    half = quantile / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, center - half) if share > 0 else 0.0, min(1.0, center + half) if share < 1 else 1.0


def measure_share(name: str, hits: Floats, trials: Floats, *, n: int | None = None, unscored: int = 0) -> MetricValue:
    """Return hits / trials with its interval.

    Args:
        name: Name of the metric.
        hits: Sum over each cluster of values in [0, 1].
        trials: Number of values in each cluster; clusters without any are left out.
        n: Scored transcripts behind it; None: the sum of `trials`.
        unscored: Transcripts that could not be scored.
    """
    hits, trials = hits[trials > 0], trials[trials > 0]
    clusters, total = len(trials), float(trials.sum())
    counted = round(total) if n is None else n
    if not clusters:
        return MetricValue(name=name, value=None, n=counted, unscored=unscored)
    value = min(1.0, max(0.0, float(hits.sum()) / total))
    if clusters > 1 and total == clusters and np.isin(hits, (0.0, 1.0)).all():
        low, high = wilson_interval(value, clusters, float(stats.norm.isf((1 - LEVEL) / 2)))
        return MetricValue(name=name, value=value, low=low, high=high, method="wilson", n=counted, clusters=clusters, unscored=unscored)
    plain = MetricValue(name=name, value=value, n=counted, clusters=clusters, unscored=unscored)
    return bound_share(plain, ratio_error(hits, trials), total, count_freedom(hits, trials))


def measure_mean(name: str, sums: Floats, counts: Floats, *, unscored: int = 0) -> MetricValue:
    """Return the mean of an unbounded value with a clustered t interval.

    Args:
        name: Name of the metric.
        sums: Sum over each cluster.
        counts: Number of values in each cluster; clusters without any are left out.
        unscored: Transcripts that could not be scored.
    """
    sums, counts = sums[counts > 0], counts[counts > 0]
    clusters, total = len(counts), float(counts.sum())
    if not clusters:
        return MetricValue(name=name, value=None, n=0, unscored=unscored)
    value = float(sums.sum()) / total
    plain = MetricValue(name=name, value=value, n=round(total), clusters=clusters, unscored=unscored)
    if clusters == 1:
        return plain
    half = t_quantile(count_freedom(sums, counts)) * ratio_error(sums, counts)
    return _with_bounds(plain, (value - half, value + half), "cluster-t")


def measure_quantile(name: str, values: Floats, cluster: Codes, share: float) -> MetricValue:
    """Return a quantile of values, e.g. the 95th percentile of latencies, with its interval.

    Args:
        name: Name of the metric.
        values: One value a transcript.
        cluster: Number of its scenario.
        share: Which quantile, in (0, 1).
    """
    if not len(values):
        return MetricValue(name=name, value=None, n=0)
    value = float(np.quantile(values, share, method="inverted_cdf"))
    size = int(cluster.max()) + 1
    trials = sum_by(cluster, np.ones_like(values), size)
    below = sum_by(cluster, (values <= value).astype(np.float64), size)
    at = measure_share(name, below, trials)
    plain = MetricValue(name=name, value=value, n=len(values), clusters=at.clusters)
    if at.low is None or at.high is None:
        return plain
    low, high = np.quantile(values, (at.low, at.high), method="inverted_cdf")
    return _with_bounds(plain, (float(low), float(high)), "woodruff")


def measure_smooth(name: str, statistic: Callable[[Floats], Floats], counts: Floats, *, n: int, clusters: int) -> MetricValue:
    """Return a smooth function of counts, in [0, 1], with a jackknife interval.

    Args:
        name: Name of the metric.
        statistic: Takes counts of shape (any, ...) and returns one value for each entry of the first axis.
        counts: Counts of each block of scenarios; the first axis is the block.
        n: Scored transcripts.
        clusters: Scenarios.
    """
    total = counts.sum(axis=0, keepdims=True)
    value = float(statistic(total)[0])
    plain = MetricValue(name=name, value=min(1.0, max(0.0, value)), n=n, clusters=clusters)
    blocks = len(counts)
    if blocks < 2:
        return plain
    without = statistic(total - counts)
    se = math.sqrt((blocks - 1) / blocks * float(np.square(without - value).sum()))
    return bound_share(plain, se, float(n), blocks - 1)


def bound_share(plain: MetricValue, se: float, most: float, freedom: float) -> MetricValue:
    """Return a share with its cluster-wilson interval.

    Args:
        plain: The share, without bounds.
        se: Its clustered standard error.
        most: Its number of observations, which the effective number never exceeds.
        freedom: Degrees of freedom of `se`.
    """
    if plain.value is None or plain.clusters < 2:
        return plain
    spread = plain.value * (1 - plain.value)
    effective = plain.clusters if spread <= 0 or se <= 0 else min(most, spread / se**2)
    return _with_bounds(plain, wilson_interval(plain.value, effective, t_quantile(freedom)), "cluster-wilson")


def combine_shares(whole: MetricValue, parts: Sequence[tuple[float, MetricValue]]) -> MetricValue:
    """Return the weighted mean of independent shares; without an interval where one of them has none.

    Each bound lies as far from the mean as the parts' own bounds lie from theirs, added up like errors (MOVER): a part in which everything
    passes, or with few scenarios, is then as uncertain as it is by itself.

    Source: Zou, Huang and Zhang, "A note on confidence interval estimation for a linear function of binomial proportions", Computational
    Statistics and Data Analysis 2009.

    Args:
        whole: Name and counts of the mean.
        parts: Weight and share of each, at least one; a weight counts relative to the others.
    """
    total = sum(weight for weight, _ in parts)
    shares = [(weight / total, part.value or 0.0, part.low, part.high) for weight, part in parts]
    value = sum(weight * share for weight, share, _, _ in shares)
    below = [weight * (share - low) for weight, share, low, _ in shares if low is not None]
    above = [weight * (high - share) for weight, share, _, high in shares if high is not None]
    plain = MetricValue(name=whole.name, value=value, n=whole.n, clusters=whole.clusters, unscored=whole.unscored)
    if min(len(below), len(above)) < len(parts):
        return plain
    return _with_bounds(plain, (value - math.hypot(*below), value + math.hypot(*above)), "cluster-wilson")


def ratio_error(sums: Floats, counts: Floats) -> float:
    """Return the clustered standard error of sum / count; 0 for one cluster, which shows no spread."""
    clusters, total = len(counts), float(counts.sum())
    if clusters < 2:
        return 0.0
    return math.sqrt(clusters / (clusters - 1) * float(np.square(_residuals(sums, counts)).sum())) / total


def count_freedom(sums: Floats, counts: Floats) -> float:
    """Return the degrees of freedom of `ratio_error`: clusters - 1, or fewer where a few clusters make up nearly all of the spread.

    After Satterthwaite, with the clusters' own residuals: normal ones leave clusters - 1, a single failing cluster among a hundred leaves
    the smallest number allowed. Without it, rates near 0 or 1 are bounded too narrowly.
    """
    clusters = len(counts)
    squares = np.square(_residuals(sums, counts))
    fourth = float(np.square(squares).sum())
    if fourth <= 0:
        return clusters - 1
    return min(clusters - 1, max(FEWEST_FREEDOM, 3 * float(squares.sum()) ** 2 / fourth - 1))


def _residuals(sums: Floats, counts: Floats) -> Floats:
    return sums - float(sums.sum()) / float(counts.sum()) * counts


def t_quantile(freedom: float, level: float = LEVEL) -> float:
    """Return the two-sided t quantile for degrees of freedom, at least 1."""
    return float(stats.t.isf((1 - level) / 2, freedom))


def _with_bounds(plain: MetricValue, bounds: tuple[float, float], method: IntervalMethod) -> MetricValue:
    low, high = bounds
    return MetricValue(
        name=plain.name,
        value=plain.value,
        low=low,
        high=high,
        level=LEVEL,
        method=method,
        n=plain.n,
        clusters=plain.clusters,
        unscored=plain.unscored,
    )


__all__ = [
    "FEWEST_FREEDOM",
    "LEVEL",
    "MOST_BLOCKS",
    "bound_share",
    "combine_shares",
    "count_freedom",
    "measure_mean",
    "measure_quantile",
    "measure_share",
    "measure_smooth",
    "ratio_error",
    "t_quantile",
    "wilson_interval",
]

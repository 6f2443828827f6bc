"""Where the app does worse: every attribute value and behavior against everything outside it, with control for testing many.

One number a sample (its share of passed repeats) enters, so that repeats never count as samples. How much samples of one scenario
resemble each other (the intraclass correlation) is estimated once over the whole run; each side of a slice is then shrunk to the number of
independent samples it is worth, and Fisher's exact test is done on what remains. This keeps its promise for small slices too, where a t
test does not, and a slice from a single scenario can't be called worse by its number of near-copies.

Source: Rao and Scott, "A simple method for the analysis of clustered binary data", Biometrics 1992 (ours takes the design effect from a
pooled correlation instead of from each group, which may have one cluster); Benjamini and Hochberg, JRSS B 1995.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy import stats

from synthloop.core.sample import Sample
from synthloop.core.score import Slice, SliceResult
from synthloop.evaluate.intervals import measure_share
from synthloop.evaluate.outcomes import Codes, Floats, OutcomeTable, number_keys, sum_by

SMALLEST = 10
"""Samples that a slice needs on either side, unless told otherwise."""

RESERVED = ("behavior", "scorer", "split")
"""Attribute names that stand for the sample's own fields and are not read from attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRates:
    """One row a scored sample."""

    samples: tuple[Sample, ...]
    rate: Floats
    """Share of its scored repeats that pass."""
    repeats: Floats
    """Number of scored repeats."""
    cluster: Codes
    clusters: int

    @property
    def correlation(self) -> float:
        """Intraclass correlation of rates within scenarios, in [0, 1]; the ANOVA estimate."""
        return correlate_clusters(self.rate, self.cluster, self.clusters)


def find_slices(table: OutcomeTable, smallest: int = SMALLEST) -> tuple[tuple[SliceResult, ...], int]:
    """Return all slices with their tests, and how many attribute values were skipped because too few samples had them.

    Slices are sorted by q-value, then by how far the slice is below the rest.

    Args:
        table: All outcomes of a run.
        smallest: Samples that are needed inside and outside.
    """
    rates = _rate_samples(table)
    if not len(rates.rate):
        return (), 0
    found: list[SliceResult] = []
    p_values: list[float] = []
    skipped, correlation = 0, rates.correlation
    for where, inside in _split_by_attributes(rates.samples):
        size = int(inside.sum())
        if min(size, len(inside) - size) < smallest:
            skipped += size < smallest
            continue
        found.append(_measure_slice(rates, where, inside))
        p_values.append(_test_slice(rates, inside, correlation))
    return _rank(found, p_values), skipped


def correlate_clusters(values: Floats, cluster: Codes, clusters: int) -> float:
    """Return the intraclass correlation of values within clusters, in [0, 1]; 0 where no cluster has two values.

    Source: Donner, "A review of inference procedures for the intraclass correlation coefficient in the one-way random effects model",
    International Statistical Review 1986.
    """
    sizes = sum_by(cluster, np.ones_like(values), clusters)
    sums = sum_by(cluster, values, clusters)
    sizes, sums = sizes[sizes > 0], sums[sizes > 0]
    groups, total = len(sizes), float(sizes.sum())
    if groups < 2 or total <= groups:
        return 0.0
    within = (float(np.square(values).sum()) - float((sums**2 / sizes).sum())) / (total - groups)
    between = (float((sums**2 / sizes).sum()) - float(sums.sum()) ** 2 / total) / (groups - 1)
    usual = (total - float(np.square(sizes).sum()) / total) / (groups - 1)
    spread = between + (usual - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 0.0


def adjust_p_values(p_values: list[float]) -> list[float]:
    """Return Benjamini-Hochberg's q-values, in the same order."""
    if not p_values:
        return []
    adjusted: npt.NDArray[np.float64] = stats.false_discovery_control(p_values, method="bh")
    return adjusted.tolist()


def _rate_samples(table: OutcomeTable) -> SampleRates:
    scored = ~np.isnan(table.passed)
    _, first, codes = np.unique(table.sample[scored], return_index=True, return_inverse=True)
    repeats = np.bincount(codes).astype(np.float64)
    rows = np.flatnonzero(scored)[first]
    cluster = table.cluster[rows]
    return SampleRates(
        samples=tuple(table.outcomes[row].sample for row in cast("list[int]", rows.tolist())),
        rate=sum_by(codes, table.passed[scored], len(first)) / np.maximum(repeats, 1),
        repeats=repeats,
        cluster=cluster,
        clusters=int(cluster.max()) + 1 if len(cluster) else 0,
    )


def _split_by_attributes(samples: tuple[Sample, ...]) -> Iterator[tuple[dict[str, str], npt.NDArray[np.bool_]]]:
    """Yield each attribute value with the mask of its samples, by attribute and then by value."""
    yield from _split_by_values("behavior", [sample.behavior_id for sample in samples])
    names = sorted({name for sample in samples for name in sample.attributes if name not in RESERVED})
    for name in names:
        yield from _split_by_values(name, [sample.attributes.get(name) for sample in samples])


def _split_by_values(name: str, values: list[str | None]) -> Iterator[tuple[dict[str, str], npt.NDArray[np.bool_]]]:
    codes = number_keys("" if value is None else f"={value}" for value in values)
    number = {value: int(code) for value, code in zip(values, codes, strict=True) if value is not None}
    for value in sorted(number):
        yield {name: value}, codes == number[value]


def _measure_slice(rates: SampleRates, where: dict[str, str], inside: npt.NDArray[np.bool_]) -> SliceResult:
    def measure(name: str, mask: npt.NDArray[np.bool_]) -> tuple[str, Floats, Floats, int]:
        hits = sum_by(rates.cluster[mask], rates.rate[mask], rates.clusters)
        return name, hits, sum_by(rates.cluster[mask], np.ones(int(mask.sum())), rates.clusters), int(rates.repeats[mask].sum())

    (name_in, hits_in, trials_in, n_in), (name_out, hits_out, trials_out, n_out) = measure("inside", inside), measure("outside", ~inside)
    return SliceResult(
        slice=Slice(where=where),
        inside=measure_share(name_in, hits_in, trials_in, n=n_in),
        outside=measure_share(name_out, hits_out, trials_out, n=n_out),
        p_value=1.0,
        q_value=1.0,
    )


def _test_slice(rates: SampleRates, inside: npt.NDArray[np.bool_], correlation: float) -> float:
    n_in, passed_in = _shrink(rates, inside, correlation)
    n_out, passed_out = _shrink(rates, ~inside, correlation)
    shape = (n_in + n_out, passed_in + passed_out, n_in)
    lower, upper = float(stats.hypergeom.cdf(passed_in, *shape)), float(stats.hypergeom.sf(passed_in - 1, *shape))
    return min(1.0, 2 * min(lower, upper))


def _shrink(rates: SampleRates, mask: npt.NDArray[np.bool_], correlation: float) -> tuple[int, int]:
    """Return the number of independent samples that a part is worth, and how many of these passed."""
    sizes = np.bincount(rates.cluster[mask])
    effect = 1 + (float(np.square(sizes).sum()) / float(sizes.sum()) - 1) * correlation
    worth = max(1, int(float(sizes.sum()) / effect))
    return worth, round(worth * float(rates.rate[mask].mean()))


def _rank(found: list[SliceResult], p_values: list[float]) -> tuple[SliceResult, ...]:
    tested = [
        SliceResult(slice=one.slice, inside=one.inside, outside=one.outside, p_value=p_value, q_value=q_value)
        for one, p_value, q_value in zip(found, p_values, adjust_p_values(p_values), strict=True)
    ]
    return tuple(sorted(tested, key=lambda one: (one.q_value, (one.inside.value or 0.0) - (one.outside.value or 0.0), one.slice.name)))


__all__ = ["RESERVED", "SMALLEST", "SampleRates", "adjust_p_values", "correlate_clusters", "find_slices"]

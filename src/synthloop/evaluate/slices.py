"""Where the app does worse: every attribute value and behavior against what lies outside it, with control for testing many.

An attribute value is compared within behaviors: a value that occurs in a hard behavior alone is no finding of its own. Behaviors in which
all samples or none have the value say nothing about it and are left out; in the others, the outside is weighted to the behavior mix of the
inside. A behavior itself is compared with all others.

One number a sample (its share of passed repeats) enters, so that repeats never count as samples. How much samples of one scenario
resemble each other (the intraclass correlation within behaviors) is estimated once over the whole run; each side of a slice is then shrunk,
behavior by behavior, to the number of independent samples it is worth, and the exact test of Mantel and Haenszel's hypothesis is done on
what remains: Fisher's, where there is one behavior. This keeps its promise for small slices too, where a t test does not, and a slice from
a single scenario can't be called worse by its number of near-copies.

Source: Mantel and Haenszel, "Statistical aspects of the analysis of data from retrospective studies of disease", JNCI 1959; Rao and Scott,
"A simple method for the analysis of clustered binary data", Biometrics 1992 (ours takes the design effect from a pooled correlation instead
of from each group, which may have one cluster); Benjamini and Hochberg, JRSS B 1995.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from scipy import stats

from synthloop.core.sample import Sample
from synthloop.core.score import MetricValue, Slice, SliceResult
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
    behavior: Codes

    @property
    def correlation(self) -> float:
        """Intraclass correlation of rates within scenarios of one behavior, in [0, 1]; the ANOVA estimate."""
        return correlate_clusters(self.rate, self.cluster, self.behavior)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """The samples that are compared, as masks, and what they are compared within."""

    inside: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.bool_]
    stratum: Codes
    """Its behavior, or 0 for all where behaviors themselves are compared; one entry a sample."""

    @property
    def weights(self) -> Floats:
        """How much each sample outside counts, so that strata weigh as they do inside; the sum is the number of samples it is worth."""
        sizes_in, sizes_out = np.bincount(self.stratum[self.inside]), np.bincount(self.stratum[self.outside])
        each = (sizes_in / np.maximum(sizes_out, 1))[self.stratum[self.outside]]
        return cast("Floats", np.round(each * (each.sum() / np.square(each).sum()), 9))


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
        sides = _pair_sides(inside, np.zeros_like(rates.behavior) if "behavior" in where else rates.behavior)
        if min(int(sides.inside.sum()), int(sides.outside.sum())) < smallest:
            skipped += int(inside.sum()) < smallest
            continue
        found.append(_measure_slice(rates, where, sides))
        p_values.append(_test_slice(rates, sides, correlation))
    return _rank(found, p_values), skipped


def correlate_clusters(values: Floats, cluster: Codes, stratum: Codes | None = None) -> float:
    """Return the intraclass correlation of values within clusters, in [0, 1]; 0 where no cluster has two values.

    Args:
        values: One entry an observation.
        cluster: The cluster of each.
        stratum: What each cluster lies in, one entry an observation; differences between strata are no correlation. None: all in one.

    Source: Donner, "A review of inference procedures for the intraclass correlation coefficient in the one-way random effects model",
    International Statistical Review 1986 (ours takes the sums of squares within strata).
    """
    _, first, codes = np.unique(cluster, return_index=True, return_inverse=True)
    sizes, sums = np.bincount(codes).astype(np.float64), np.bincount(codes, weights=values)
    strata = np.zeros(len(sizes), dtype=np.intp) if stratum is None else np.unique(stratum[first], return_inverse=True)[1]
    whole = np.bincount(strata, weights=sizes)
    total, free = float(sizes.sum()), len(sizes) - len(whole)
    if free < 1 or total <= len(sizes):
        return 0.0
    shared = float((sums**2 / sizes).sum())
    within = (float(np.square(values).sum()) - shared) / (total - len(sizes))
    between = (shared - float((np.bincount(strata, weights=sums) ** 2 / whole).sum())) / free
    usual = (total - float((np.bincount(strata, weights=sizes**2) / whole).sum())) / free
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
    samples = tuple(table.outcomes[row].sample for row in cast("list[int]", rows.tolist()))
    return SampleRates(
        samples=samples,
        rate=sum_by(codes, table.passed[scored], len(first)) / np.maximum(repeats, 1),
        repeats=repeats,
        cluster=cluster,
        clusters=int(cluster.max()) + 1 if len(cluster) else 0,
        behavior=number_keys(sample.behavior_id for sample in samples),
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


def _pair_sides(inside: npt.NDArray[np.bool_], stratum: Codes) -> _Sides:
    """Return both sides of a slice without the strata that lie on one side altogether."""
    strata = int(stratum.max()) + 1
    shared = (np.bincount(stratum[inside], minlength=strata) > 0) & (np.bincount(stratum[~inside], minlength=strata) > 0)
    return _Sides(inside=inside & shared[stratum], outside=~inside & shared[stratum], stratum=stratum)


def _measure_slice(rates: SampleRates, where: dict[str, str], sides: _Sides) -> SliceResult:
    def measure(name: str, mask: npt.NDArray[np.bool_], weights: Floats) -> MetricValue:
        hits = sum_by(rates.cluster[mask], rates.rate[mask] * weights, rates.clusters)
        trials = sum_by(rates.cluster[mask], weights, rates.clusters)
        return measure_share(name, hits, trials, n=int(rates.repeats[mask].sum()))

    return SliceResult(
        slice=Slice(where=where),
        inside=measure("inside", sides.inside, np.ones(int(sides.inside.sum()))),
        outside=measure("outside", sides.outside, sides.weights),
        p_value=1.0,
        q_value=1.0,
    )


def _test_slice(rates: SampleRates, sides: _Sides, correlation: float) -> float:
    """Return the two-sided p-value: how many of the inside pass, given how many of each stratum do."""
    observed, chances = 0, np.ones(1)
    for stratum in np.unique(sides.stratum[sides.inside]):
        here = sides.stratum == stratum
        n_in, passed_in = _shrink(rates, sides.inside & here, correlation)
        n_out, passed_out = _shrink(rates, sides.outside & here, correlation)
        shape = (n_in + n_out, passed_in + passed_out, n_in)
        observed += passed_in
        chances = np.convolve(chances, stats.hypergeom.pmf(np.arange(n_in + 1), *shape))
    lower, upper = float(chances[: observed + 1].sum()), float(chances[observed:].sum())
    return min(1.0, 2 * min(lower, upper))


def _shrink(rates: SampleRates, mask: npt.NDArray[np.bool_], correlation: float) -> tuple[int, int]:
    """Return the number of independent samples that a part is worth, and how many of these passed."""
    sizes = np.bincount(rates.cluster[mask])
    effect = 1 + (float(np.square(sizes).sum()) / float(sizes.sum()) - 1) * correlation
    worth = max(1, int(float(sizes.sum()) / effect))
    return worth, round(worth * float(rates.rate[mask].mean()))


def _rank(found: list[SliceResult], p_values: list[float]) -> tuple[SliceResult, ...]:
    """Return slices with their q-values, behaviors and attributes each by themselves.

    Behaviors mostly do differ, and every true discovery among them would allow false ones among the attributes.
    """
    tested: list[SliceResult] = []
    for of_behaviors in (True, False):
        family = [(one, p_value) for one, p_value in zip(found, p_values, strict=True) if ("behavior" in one.slice.where) == of_behaviors]
        q_values = adjust_p_values([p_value for _, p_value in family])
        tested += [
            SliceResult(slice=one.slice, inside=one.inside, outside=one.outside, p_value=p_value, q_value=q_value)
            for (one, p_value), q_value in zip(family, q_values, strict=True)
        ]
    return tuple(sorted(tested, key=lambda one: (one.q_value, (one.inside.value or 0.0) - (one.outside.value or 0.0), one.slice.name)))


__all__ = ["RESERVED", "SMALLEST", "SampleRates", "adjust_p_values", "correlate_clusters", "find_slices"]

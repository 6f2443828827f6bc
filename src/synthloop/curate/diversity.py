"""Diversity and bias, compared at equal n.

Nearly every measure of diversity changes with the number of texts: distinct-n falls, the vocabulary grows. So groups are compared on
equally many texts, drawn again and again; the interval says how much one draw differs from the next.

Source: distinct-n from Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models" (2016); subsampling
intervals from Politis and Romano (1994); Cramér's V with Bergsma's bias correction (2013).
"""

import heapq
import zlib
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import fsum
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from synthloop.core.lineage import chance
from synthloop.core.sample import Sample
from synthloop.curate.features import read_feature
from synthloop.curate.identity import fold_text, list_labels

_sparse = cast("Any", sparse)  # scipy ships no types
_Ints: TypeAlias = NDArray[np.int64]

_MIN_GROUP = 20
_MAX_DRAW = 250
_MAX_NEIGHBORS = 50
_POOL = 2 * _MAX_DRAW
_GROWTH_POOL = 10_000
_GROWTH_AT = (10, 30, 100, 300, 1_000, 3_000, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One measure over equally large draws."""

    name: str
    """`distinct-1`, `distinct-2`: different words, word pairs, as a share of all; `vocabulary`: different words; `unique-openings`:
    different first three words, as a share of texts; `opening-entropy`: in [0, 1], 1 where every text begins differently; `words`: a
    text's mean length; `neighbor-distance`: mean over texts of 1 - Jaccard of character trigrams with the most similar text."""
    value: float
    """Mean over draws."""
    low: float
    high: float
    """The middle 95 % of draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDiversity:
    """The diversity of one group, at the size that all groups share."""

    feature: str
    """`all`, or the feature that the group is named after."""
    value: str
    n: int
    """Samples in the group."""
    estimates: tuple[Estimate, ...]

    def read(self, name: str) -> Estimate:
        """Return one measure by name.

        Raises:
            KeyError: There is no such measure.
        """
        return {estimate.name: estimate for estimate in self.estimates}[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiversityReport:
    """How varied the samples are, and whether some groups are less so."""

    n: int
    """Samples."""
    draw_size: int
    """Texts in each draw: the n at which groups are compared. 0 where there were too few texts to compare anything."""
    groups: tuple[GroupDiversity, ...]
    """`all` first, then by feature and value."""
    too_small: tuple[tuple[str, str], ...]
    """(feature, value) of groups with fewer than 20 samples, which are not compared."""
    labels: dict[str, int]
    """Label -> samples that have it, the most frequent first."""
    length_words: dict[int, int]
    """Words -> number of texts, by words."""
    growth: tuple[tuple[int, int], ...]
    """(texts, different words in them), along one random order of texts."""


def measure_diversity(
    samples: Iterable[Sample], *, compare: Sequence[str] = ("behavior",), seed: int = 0, draws: int = 20
) -> DiversityReport:
    """Measure diversity of all samples and of groups, at equal n.

    Linear in the number of samples; at most 500 texts a group, chosen by the hash of their id, are kept. The order of samples does
    not matter.

    Args:
        samples: Read once, so it may be a stream.
        compare: Features whose values form the groups (see `read_feature`), e.g. `behavior` or an attribute.
        seed: Of the draws.
        draws: How often texts are drawn from every group, without replacement, at most half of the smallest group.
    """
    scan = _Scan(tuple(compare), seed)
    for sample in samples:
        scan.add(sample)
    pools = {("all", ""): scan.everything, **dict(sorted(scan.pools.items()))}
    large = {key: pool for key, pool in pools.items() if pool.n >= _MIN_GROUP}
    size = min((min(pool.n // 2, _MAX_DRAW) for pool in large.values()), default=0)
    return DiversityReport(
        n=scan.everything.n,
        draw_size=size,
        groups=tuple(_measure_group(key, pool, size=size, seed=seed, draws=draws) for key, pool in large.items()),
        too_small=tuple(key for key in pools if key not in large),
        labels=dict(sorted(scan.labels.items(), key=lambda item: (-item[1], item[0]))),
        length_words=dict(sorted(scan.lengths.items())),
        growth=_grow(scan.everything.read_texts()),
    )


class _Pool:
    """Keeps the texts with the smallest ranks: a random sample that depends on the members alone, not on their order."""

    __slots__ = ("_kept", "_size", "highest", "n")

    def __init__(self, size: int) -> None:
        self.n = 0
        self.highest = 1 << 32
        """Samples of a higher rank are only counted."""
        self._size = size
        self._kept: list[tuple[int, str, str]] = []

    def keep(self, rank: int, sample: Sample) -> None:
        if len(self._kept) < self._size:
            heapq.heappush(self._kept, (-rank, sample.id, sample.text))
        else:
            heapq.heappushpop(self._kept, (-rank, sample.id, sample.text))
            self.highest = -self._kept[0][0]

    def read_texts(self) -> list[str]:
        """In the order of their ranks."""
        return [text for _, _, text in sorted(self._kept, reverse=True)]


class _Scan:
    """The one pass over all samples."""

    def __init__(self, features: tuple[str, ...], seed: int) -> None:
        self.everything = _Pool(_GROWTH_POOL)
        self.pools: dict[tuple[str, str], _Pool] = {}
        self.labels: Counter[str] = Counter()
        self.lengths: Counter[int] = Counter()
        self._features = features
        self._salt = zlib.crc32(str(seed).encode())

    def add(self, sample: Sample) -> None:
        rank = zlib.crc32(sample.id.encode(), self._salt)
        for label in list_labels(sample.expected):
            self.labels[label] += 1
        self.lengths[len(sample.text.split())] += 1
        keys = [(feature, value) for feature in self._features for value in read_feature(sample, feature)]
        for pool in (self.everything, *map(self._find_pool, keys)):
            pool.n += 1
            if rank <= pool.highest:
                pool.keep(rank, sample)

    def _find_pool(self, key: tuple[str, str]) -> _Pool:
        pool = self.pools.get(key)
        if pool is None:
            pool = self.pools[key] = _Pool(_POOL)
        return pool


class _Numbered:
    """Things said in texts, as numbers from 0 in the order in which they first turn up."""

    def __init__(self, texts: Sequence[Iterable[Hashable]]) -> None:
        numbers: dict[Hashable, int] = {}
        said = [[numbers.setdefault(thing, len(numbers)) for thing in things] for things in texts]
        self.sizes: _Ints = np.array([len(things) for things in said], dtype=np.int64)
        self.rows: _Ints = np.repeat(np.arange(len(said)), self.sizes)
        """The text of each thing."""
        self.things: _Ints = np.fromiter(chain.from_iterable(said), dtype=np.int64, count=len(self.rows))

    def count(self, chosen: NDArray[np.bool_]) -> _Ints:
        """Return how often each thing is said in the chosen texts; the position is its number."""
        return np.bincount(self.things[chosen[self.rows]])


@dataclass(frozen=True, slots=True)
class _Encoded:
    """The texts of a pool."""

    n: int
    words: _Numbered
    pairs: _Numbered
    openings: _Numbered
    similarity: NDArray[np.float64]
    """Of the first texts with each other, at most 2 * 50 of them; -1 with themselves."""


def _measure_group(key: tuple[str, str], pool: _Pool, *, size: int, seed: int, draws: int) -> GroupDiversity:
    texts = _encode(pool.read_texts()[:_POOL])
    rng = np.random.default_rng(chance(seed, "curate.diversity", "\x1f".join(key)).getrandbits(64))
    found = [_measure_draw(texts, size, rng) for _ in range(draws)]
    estimates = tuple(_estimate(name, [measures[name] for measures in found]) for name in found[0])
    return GroupDiversity(feature=key[0], value=key[1], n=pool.n, estimates=estimates)


def _encode(texts: list[str]) -> _Encoded:
    split = [fold_text(text).split() for text in texts]
    return _Encoded(
        n=len(texts),
        words=_Numbered(split),
        pairs=_Numbered([tuple(pairwise(said)) for said in split]),
        openings=_Numbered([(" ".join(said[:3]),) for said in split]),
        similarity=_compare([" ".join(said) for said in split[: 2 * _MAX_NEIGHBORS]]),
    )


def _compare(texts: list[str]) -> NDArray[np.float64]:
    """Jaccard similarity of character trigrams, each text with each."""
    grams = _Numbered([dict.fromkeys(text[at : at + 3] for at in range(max(1, len(text) - 2))) for text in texts])
    sets = _sparse.csr_matrix((np.ones(grams.rows.size, dtype=np.int64), (grams.rows, grams.things)))
    shared = cast("_Ints", (sets @ sets.T).toarray())
    similarity: NDArray[np.float64] = shared / (grams.sizes[:, None] + grams.sizes[None, :] - shared)
    np.fill_diagonal(similarity, -1.0)
    return similarity


def _measure_draw(texts: _Encoded, size: int, rng: np.random.Generator) -> dict[str, float]:
    chosen = np.zeros(texts.n, dtype=np.bool_)
    chosen[rng.permutation(texts.n)[:size]] = True
    near = rng.permutation(len(texts.similarity))[: min(size, _MAX_NEIGHBORS)]
    words, pairs, openings = texts.words.count(chosen), texts.pairs.count(chosen), texts.openings.count(chosen)
    total, types = int(words.sum()), np.count_nonzero(words)
    shares = openings[openings > 0] / size
    return {
        "distinct-1": types / max(1, total),
        "distinct-2": np.count_nonzero(pairs) / max(1, int(pairs.sum())),
        "vocabulary": float(types),
        "unique-openings": len(shares) / size,
        "opening-entropy": max(0.0, min(1.0, -float((shares * np.log2(shares)).sum()) / float(np.log2(size)))),
        "words": total / size,
        "neighbor-distance": 1.0 - float(texts.similarity[near[:, None], near].max(axis=1).mean()),
    }


def _estimate(name: str, values: list[float]) -> Estimate:
    low, high = cast("list[float]", np.quantile(values, [0.025, 0.975]).tolist())
    return Estimate(name=name, value=fsum(values) / len(values), low=low, high=high)


def _grow(texts: list[str]) -> tuple[tuple[int, int], ...]:
    seen: set[str] = set()
    points: list[tuple[int, int]] = []
    for count, text in enumerate(texts, start=1):
        seen.update(fold_text(text).split())
        if count in _GROWTH_AT or count == len(texts):
            points.append((count, len(seen)))
    return tuple(points)


__all__ = ["DiversityReport", "Estimate", "GroupDiversity", "measure_diversity"]

"""Over- and under-represented patterns: openings, scenarios, clusters, labels, behaviors and attributes against what was asked for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synthloop.core.sample import Sample
from synthloop.curate.features import read_feature
from synthloop.curate.identity import fold_text

_stats = cast("Any", stats)  # scipy ships no types

_ALIKE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The mix that was asked for."""

    mix: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    """Feature -> value -> weight, e.g. `{"label": {"schedule": 3, "summarize": 1}}`. Features are `behavior`, `label` and the names of
    attributes. Weights are relative; a value that is not named has weight 0."""
    max_shares: Mapping[str, float] = field(default_factory=lambda: {"opening": 0.1})
    """Feature -> the largest share in (0, 1] that any one of its values should have. Besides the features of `mix`, `opening` (the
    first three words), `scenario` and `cluster` can be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternCount:
    """How often one value of one feature occurs, against what was asked for."""

    feature: str
    value: str
    count: int
    expected: float
    """The count that the mix asks for; for a largest share, the count that it allows."""
    n: int
    """Samples that have the feature at all."""
    p_value: float
    """Exact binomial: two-sided against a mix, one-sided (too often) against a largest share. Samples are taken as independent."""
    q_value: float
    """After Benjamini-Hochberg over all patterns of the report."""
    is_limit: bool = False
    """True where `expected` is the most that is allowed, not what is wanted."""
    within: str = ""
    """The behavior that alone was counted; empty: all samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFit:
    """How well all values of one feature fit the mix, together."""

    feature: str
    n: int
    chi_square: float
    degrees: int
    p_value: float
    """Chi-square goodness of fit; approximate where expected counts are under 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceReport:
    """What is said too often or too rarely."""

    n: int
    """Samples."""
    patterns: tuple[PatternCount, ...]
    """Every value against the mix, and every value above its largest share; sorted by q-value, then by excess."""
    fits: tuple[FeatureFit, ...]
    """One for every feature of the mix, in its order."""

    def find_overrepresented(self, q_below: float = 0.05) -> tuple[PatternCount, ...]:
        """Return the patterns that are too frequent beyond chance."""
        return tuple(found for found in self.patterns if found.q_value <= q_below and found.count > found.expected)

    def find_underrepresented(self, q_below: float = 0.05) -> tuple[PatternCount, ...]:
        """Return the patterns that are too rare beyond chance."""
        return tuple(found for found in self.patterns if found.q_value <= q_below and found.count < found.expected)


def measure_balance(samples: Iterable[Sample], demand: Demand, clusters: Sequence[str] | None = None) -> BalanceReport:
    """Compare samples with the mix that was asked for.

    Args:
        samples: Read once, so it may be a stream; their order does not matter.
        demand: The mix and the largest shares.
        clusters: One cluster name a sample, in the order of `samples`, where `max_shares` names `cluster`; empty where it is in none.
    """
    features = tuple(dict.fromkeys((*demand.mix, *demand.max_shares)))
    counts: dict[str, Counter[str]] = {feature: Counter() for feature in features}
    sizes: Counter[str] = Counter()
    n = 0
    for sample in samples:
        for feature in features:
            values = (clusters[n],) if feature == "cluster" and clusters is not None else read_feature(sample, feature)
            counts[feature].update(value for value in values if value or feature != "cluster")
            sizes[feature] += bool(values)
        n += 1
    found = [pattern for feature, mix in demand.mix.items() for pattern in _against_mix(feature, counts[feature], mix, sizes[feature])]
    found += [p for feature, share in demand.max_shares.items() for p in _against_share(feature, counts[feature], share, sizes[feature])]
    fits = tuple(_fit(feature, counts[feature], mix) for feature, mix in demand.mix.items() if counts[feature])
    return BalanceReport(n=n, patterns=control_patterns(found), fits=fits)


def control_patterns(found: Sequence[PatternCount]) -> tuple[PatternCount, ...]:
    """Return the patterns with q-values over all of them, sorted by q-value, then by distance from what was expected.

    Patterns of several reports are put together with it: what they were controlled for apart is replaced.
    """
    if not found:
        return ()
    q_values = cast("list[float]", _stats.false_discovery_control([pattern.p_value for pattern in found]).tolist())
    corrected = [replace(pattern, q_value=q_value) for pattern, q_value in zip(found, q_values, strict=True)]
    return tuple(sorted(corrected, key=_rank))


def cluster_texts(texts: Sequence[str], *, seed: int, clusters: int | None = None) -> tuple[str, ...]:
    """Return the name of each text's cluster, in the order of `texts`: the three words that set it apart.

    k-means on the TF-IDF of words, in linear time. k-means puts whatever is like nothing else into some cluster as well; a text far from
    its center (cosine under 0.3) is in none, and its name is empty.

    Args:
        texts: The texts.
        seed: Where the centers start.
        clusters: How many; None takes the square root of half the number of texts, at most 50.
    """
    from sklearn.cluster import MiniBatchKMeans  # noqa: PLC0415 - half a second to load, and only clusters need it
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - the same

    wanted = clusters or min(50, max(1, int((len(texts) / 2) ** 0.5)))
    vectorizer = cast("Any", TfidfVectorizer)(analyzer=_split_words, sublinear_tf=True, max_features=5_000)
    try:
        matrix = vectorizer.fit_transform(texts)
    except ValueError:  # nothing but white space: no words to compare
        return ("",) * len(texts)
    model = cast("Any", MiniBatchKMeans)(n_clusters=min(wanted, len(texts)), random_state=seed, n_init=3, batch_size=2_048)
    members = cast("list[int]", model.fit_predict(matrix).tolist())
    words = cast("list[str]", vectorizer.get_feature_names_out().tolist())
    lengths: NDArray[np.float64] = np.linalg.norm(model.cluster_centers_, axis=1)
    cosines: NDArray[np.float64] = (matrix @ model.cluster_centers_.T)[np.arange(len(texts)), members] / np.maximum(lengths, 1e-12)[members]
    apart: NDArray[np.float64] = model.cluster_centers_ - np.asarray(matrix.mean(axis=0))
    typical = cast("list[list[int]]", np.argsort(-apart, axis=1, kind="stable")[:, :3].tolist())
    names = [" ".join(words[at] for at in found) for found in typical]
    return tuple(names[member] if cosine >= _ALIKE else "" for member, cosine in zip(members, cosines.tolist(), strict=True))


def _rank(pattern: PatternCount) -> tuple[float, float, str, str, str]:
    return pattern.q_value, -abs(pattern.count - pattern.expected), pattern.feature, pattern.value, pattern.within


def _split_words(text: str) -> list[str]:
    return fold_text(text).split()


def _against_mix(feature: str, counts: Counter[str], mix: Mapping[str, float], n: int) -> list[PatternCount]:
    total = sum(mix.values())
    shares = {value: mix.get(value, 0.0) / total for value in sorted({*counts, *mix})} if total > 0 else {}
    return [_pattern(feature, value, counts[value], n, share, "two-sided") for value, share in shares.items() if n]


def _against_share(feature: str, counts: Counter[str], share: float, n: int) -> list[PatternCount]:
    found = [_pattern(feature, value, count, n, share, "greater") for value, count in sorted(counts.items()) if count > share * n]
    return [replace(pattern, is_limit=True) for pattern in found]


def _pattern(feature: str, value: str, count: int, n: int, share: float, alternative: str) -> PatternCount:
    p_value = float(_stats.binomtest(count, n, min(share, 1.0), alternative=alternative).pvalue)
    return PatternCount(feature=feature, value=value, count=count, expected=share * n, n=n, p_value=p_value, q_value=p_value)


def _fit(feature: str, counts: Counter[str], mix: Mapping[str, float]) -> FeatureFit:
    """Values that nobody asked for have no expected count; they are judged one by one instead."""
    asked = [value for value in sorted(mix) if mix[value] > 0]
    observed = [counts[value] for value in asked]
    n, total = sum(observed), sum(mix[value] for value in asked)
    if n == 0 or len(asked) < 2:
        return FeatureFit(feature=feature, n=n, chi_square=0.0, degrees=0, p_value=1.0)
    result: Any = _stats.chisquare(observed, [n * mix[value] / total for value in asked])
    return FeatureFit(feature=feature, n=n, chi_square=float(result.statistic), degrees=len(asked) - 1, p_value=float(result.pvalue))


__all__ = ["BalanceReport", "Demand", "FeatureFit", "PatternCount", "cluster_texts", "control_patterns", "measure_balance"]

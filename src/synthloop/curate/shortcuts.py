"""Shortcuts: attributes, or lengths, that give away the label, so that a model can be right without reading the text."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synthloop.core.sample import Sample
from synthloop.curate.identity import list_labels

_stats = cast("Any", stats)  # scipy ships no types

_MAX_VALUES = 50
_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """The value of a feature that says most about the label."""

    value: str
    """For `length`, a range of words such as `1 to 6 words`."""
    label: str
    count: int
    """Samples with the value that have the label."""
    n: int
    """Samples with the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """How strongly one feature goes together with the label."""

    feature: str
    """An attribute's name, or `length`: the quartile of the number of words."""
    strength: float
    """Cramér's V with Bergsma's bias correction: 0 where they have nothing to do with each other, 1 where one gives away the other."""
    n: int
    """Samples that have both."""
    guess_share: float
    """Share of them whose label is guessed right by someone who sees the feature alone, and knows this very table."""
    blind_share: float
    """The same without the feature: the share of the most frequent label."""
    sign: Sign
    p_value: float
    """Chi-square test of independence; samples are taken as independent."""
    q_value: float
    """After Benjamini-Hochberg over all features of the report."""


def find_shortcuts(samples: Iterable[Sample], features: Sequence[str] | None = None) -> tuple[Shortcut, ...]:
    """Return how strongly each attribute and the length go together with the label, the strongest first.

    Attributes that are made from the label (a template's parameter that only one behavior has) are strong by design: read the list as
    questions, not as faults. Samples without an expectation are left out. The order of samples does not matter.

    Args:
        samples: Read once, so it may be a stream.
        features: Attributes to look at; None takes every attribute with at most 50 values. `length` is always looked at.
    """
    tables: dict[str, Counter[tuple[str, str]]] = {}
    lengths: Counter[tuple[int, str]] = Counter()
    for sample in samples:
        label = " + ".join(list_labels(sample.expected))
        if not label:
            continue
        lengths[len(sample.text.split()), label] += 1
        for feature in sample.attributes if features is None else features:
            if feature in sample.attributes:
                tables.setdefault(feature, Counter())[sample.attributes[feature], label] += 1
    tables["length"] = _bin_lengths(lengths)
    found = [_measure(feature, table) for feature, table in sorted(tables.items())]
    return _control([shortcut for shortcut in found if shortcut is not None])


def _bin_lengths(lengths: Counter[tuple[int, str]]) -> Counter[tuple[str, str]]:
    if not lengths:
        return Counter()
    words = np.repeat([length for length, _ in lengths], list(lengths.values()))
    edges = np.quantile(words, _QUARTILES)
    bins = {length: int(np.searchsorted(edges, length)) for length, _ in lengths}
    ranges = {at: [length for length, found in bins.items() if found == at] for at in bins.values()}
    names = {at: f"{min(found)} to {max(found)} words" for at, found in ranges.items()}
    binned: Counter[tuple[str, str]] = Counter()
    for (length, label), count in lengths.items():
        binned[names[bins[length]], label] += count
    return binned


def _measure(feature: str, table: Counter[tuple[str, str]]) -> Shortcut | None:
    values = sorted({value for value, _ in table})
    labels = sorted({label for _, label in table})
    if not 2 <= len(values) <= _MAX_VALUES or len(labels) < 2:
        return None
    counts = np.array([[table[value, label] for label in labels] for value in values], dtype=np.int64)
    result: Any = _stats.chi2_contingency(counts, correction=False)
    n = int(counts.sum())
    return Shortcut(
        feature=feature,
        strength=_correct_bias(float(result.statistic), n, *counts.shape),
        n=n,
        guess_share=int(counts.max(axis=1).sum()) / n,
        blind_share=int(counts.sum(axis=0).max()) / n,
        sign=_find_sign(values, labels, counts),
        p_value=float(result.pvalue),
        q_value=float(result.pvalue),
    )


def _find_sign(values: list[str], labels: list[str], counts: NDArray[np.int64]) -> Sign:
    """The cell that lies furthest above what independence would give, in samples."""
    excess = counts - counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / counts.sum()
    row, column = divmod(int(excess.argmax()), len(labels))
    return Sign(value=values[row], label=labels[column], count=int(counts[row, column]), n=int(counts[row].sum()))


def _correct_bias(chi_square: float, n: int, rows: int, columns: int) -> float:
    if n < 2:
        return 0.0
    excess = max(0.0, chi_square / n - (rows - 1) * (columns - 1) / (n - 1))
    fewest = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return min(1.0, (excess / fewest) ** 0.5) if fewest > 0 else 0.0


def _control(found: list[Shortcut]) -> tuple[Shortcut, ...]:
    if not found:
        return ()
    q_values = cast("list[float]", _stats.false_discovery_control([shortcut.p_value for shortcut in found]).tolist())
    corrected = [replace(shortcut, q_value=q_value) for shortcut, q_value in zip(found, q_values, strict=True)]
    return tuple(sorted(corrected, key=lambda shortcut: (-shortcut.strength, shortcut.feature)))


__all__ = ["Shortcut", "Sign", "find_shortcuts"]

"""Precision, recall, F1 and Jaccard of labels, one by one and averaged, and which label was taken for which.

The labels are those that samples expect; an answer that is no such label lowers recall and is nobody's false alarm. Macro averages weigh
each label alike, micro averages each decision. A label that nothing was answered as has precision 0.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from synthloop.core.json_value import JsonValue
from synthloop.core.report import ConfusionCell
from synthloop.core.score import MetricValue, Score
from synthloop.evaluate.intervals import MOST_BLOCKS, measure_share, measure_smooth
from synthloop.evaluate.outcomes import Codes, Floats, OutcomeTable, sum_by

MOST_UNEXPECTED = 30
"""Answers that are nobody's label are listed in the confusion up to this many; the rarer ones are `(other)`."""

MOST_COUNTS = 2_000_000
"""Counts to hold at once; above it (10,000 scenarios with 200 labels) scenarios are put together into larger clusters."""

OTHER = "(other)"
"""Stands in the confusion for rare answers that are no label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCounts:
    """How often each label was right, wrongly given and missed, in each block of scenarios."""

    labels: tuple[str, ...]
    """Expected labels, sorted."""
    hits: Floats
    """True positives; shape (blocks, labels), as the other two."""
    alarms: Floats
    """False positives."""
    misses: Floats
    """False negatives."""
    n: int
    clusters: int


def find_label_scorers(table: OutcomeTable) -> tuple[str, ...]:
    """Return the names of the scorers that read labels, in order of appearance."""
    names = (score.scorer for outcome in table.outcomes for score in outcome.scores if score.expected_label is not None)
    return tuple(dict.fromkeys(names))


def measure_labels(table: OutcomeTable, scorer: str, prefix: str = "") -> tuple[MetricValue, ...]:
    """Return the metrics of one label scorer: accuracy, averages, then each label's own; names start with `prefix`."""
    rows, scores = _find_scores(table, scorer)
    if not scores:
        return ()
    counts = _count_labels(table.cluster[rows], scores)
    ones = np.ones(len(scores))
    right = np.array([float(score.passed is True) for score in scores])
    size = int(table.cluster.max()) + 1
    accuracy = measure_share(f"{prefix}accuracy", sum_by(table.cluster[rows], right, size), sum_by(table.cluster[rows], ones, size))
    return (
        accuracy,
        *_measure_averages(counts, prefix),
        *_measure_each(counts, prefix),
        *_measure_empty(table.cluster[rows], scores, prefix),
    )


def count_confusion(table: OutcomeTable, scorer: str) -> tuple[ConfusionCell, ...]:
    """Return how often each expected label got which answer, the most frequent first; nothing for sets of labels."""
    _, scores = _find_scores(table, scorer)
    pairs = [(score.expected_label, str(score.label)) for score in scores if isinstance(score.expected_label, str)]
    expected = {wanted for wanted, _ in pairs}
    strange = Counter(got for _, got in pairs if got not in expected)
    listed = expected | set(sorted(strange, key=lambda got: (-strange[got], got))[:MOST_UNEXPECTED])
    cells = Counter((wanted, got if got in listed else OTHER) for wanted, got in pairs)
    return tuple(
        ConfusionCell(expected=wanted, got=got, count=count)
        for (wanted, got), count in sorted(cells.items(), key=lambda item: (-item[1], item[0]))
    )


def _find_scores(table: OutcomeTable, scorer: str) -> tuple[Codes, list[Score]]:
    found = [
        (row, score)
        for row, outcome in enumerate(table.outcomes)
        for score in outcome.scores
        if score.scorer == scorer and score.value is not None and score.expected_label is not None
    ]
    return np.array([row for row, _ in found], dtype=np.intp), [score for _, score in found]


def _as_set(label: JsonValue) -> frozenset[str]:
    if isinstance(label, list):
        return frozenset(str(one) for one in label)
    return frozenset() if label is None else frozenset((str(label),))


def _count_labels(cluster: Codes, scores: Sequence[Score]) -> LabelCounts:
    pairs = [(_as_set(score.expected_label), _as_set(score.label)) for score in scores]
    labels = tuple(sorted({label for wanted, _ in pairs for label in wanted}))
    column = {label: place for place, label in enumerate(labels)}
    numbers, dense = np.unique(cluster, return_inverse=True)
    blocks = min(len(numbers), max(MOST_BLOCKS, MOST_COUNTS // max(len(labels), 1)))
    counts = np.zeros((3, blocks, len(labels)))
    for block, (wanted, got) in zip((dense % blocks).tolist(), pairs, strict=True):
        for kind, found in enumerate((wanted & got, got - wanted, wanted - got)):
            for label in found:
                if label in column:
                    counts[kind, block, column[label]] += 1
    return LabelCounts(labels=labels, hits=counts[0], alarms=counts[1], misses=counts[2], n=len(scores), clusters=len(numbers))


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _precision(hits: Floats, alarms: Floats, _misses: Floats) -> tuple[Floats, Floats]:
    return hits, hits + alarms


def _recall(hits: Floats, _alarms: Floats, misses: Floats) -> tuple[Floats, Floats]:
    return hits, hits + misses


def _f1(hits: Floats, alarms: Floats, misses: Floats) -> tuple[Floats, Floats]:
    return 2 * hits, 2 * hits + alarms + misses


def _jaccard(hits: Floats, alarms: Floats, misses: Floats) -> tuple[Floats, Floats]:
    return hits, hits + alarms + misses


_MEASURES = {"precision": _precision, "recall": _recall, "f1": _f1, "jaccard": _jaccard}
"""Each is a ratio of counts: what stands above and below the line."""


def _average_labels(measure: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]], counts: Floats) -> Floats:
    """Return the mean of a measure over labels, for counts of shape (any, 3, labels)."""
    return _ratio(*measure(counts[:, 0], counts[:, 1], counts[:, 2])).mean(axis=1)


def measure_f1_macro(counts: Floats) -> Floats:
    """Return macro F1 for counts of shape (any, 3, labels): hits, false alarms and misses of each label."""
    return _average_labels(_f1, counts)


def _measure_averages(counts: LabelCounts, prefix: str) -> list[MetricValue]:
    if not counts.labels:
        return []
    stacked = np.stack([counts.hits, counts.alarms, counts.misses], axis=1)
    found: list[MetricValue] = []
    for name, measure in _MEASURES.items():
        macro = partial(_average_labels, measure)
        found.append(measure_smooth(f"{prefix}macro_{name}", macro, stacked, n=counts.n, clusters=counts.clusters))
    for name, measure in _MEASURES.items():
        above, below = measure(counts.hits, counts.alarms, counts.misses)
        found.append(measure_share(f"{prefix}micro_{name}", above.sum(axis=1), below.sum(axis=1), n=counts.n))
    return found


def _measure_each(counts: LabelCounts, prefix: str) -> list[MetricValue]:
    return [
        measure_share(f"{prefix}{name}:{label}", above[:, place], below[:, place], n=_count_scores(counts, name, place))
        for place, label in enumerate(counts.labels)
        for name, measure in _MEASURES.items()
        for above, below in (measure(counts.hits, counts.alarms, counts.misses),)
    ]


def _count_scores(counts: LabelCounts, name: str, place: int) -> int:
    """Return the number of scores that a measure of one label rests on."""
    alarms = 0.0 if name == "recall" else float(counts.alarms[:, place].sum())
    misses = 0.0 if name == "precision" else float(counts.misses[:, place].sum())
    return round(float(counts.hits[:, place].sum()) + alarms + misses)


def _measure_empty(cluster: Codes, scores: Sequence[Score], prefix: str) -> list[MetricValue]:
    if not any(isinstance(score.expected_label, list) for score in scores):
        return []
    size = int(cluster.max()) + 1
    empty = np.array([float(score.expected_label == [] and score.label == []) for score in scores])
    overlap = np.array([score.value or 0.0 for score in scores])
    trials = sum_by(cluster, np.ones(len(scores)), size)
    return [
        measure_share(f"{prefix}sample_jaccard", sum_by(cluster, overlap, size), trials),
        measure_share(f"{prefix}both_empty_share", sum_by(cluster, empty, size), trials),
    ]


__all__ = ["MOST_UNEXPECTED", "OTHER", "LabelCounts", "count_confusion", "find_label_scorers", "measure_f1_macro", "measure_labels"]

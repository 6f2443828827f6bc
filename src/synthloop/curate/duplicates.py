"""Exact and near duplicates, and texts with two labels.

Samples whose label or protected values differ are never merged: "turn on the light" and "turn off the light" are two questions, and
so are a thousand fills of one template that differ in one city. Both would pass for near duplicates by their letters alone.

Near duplicates share label, protected values and numbers, are alike by the Jaccard similarity of their character trigrams, and say the
same words up to misspelling: texts that exchange a word for another ("in Rome", "in Oslo") are two texts even where no value was
protected. On 48 to 288 sentences with known truth, no two of them were merged; a copy with one typo was found in 90 to 100 % of cases,
with two typos in 52 % (26 letters) to 95 % (54 letters).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from synthloop.core.record import Record
from synthloop.core.sample import Sample, Split
from synthloop.curate.identity import Identity, fold_text, identify, list_labels
from synthloop.curate.near import NEAR_THRESHOLD, NearIndex, compare_identities

TwinKind = Literal["exact", "near", "conflict"]

_MAX_CANDIDATES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """The earlier sample that another one repeats or contradicts."""

    sample_id: str
    kind: TwinKind
    """`exact`: same text up to case, spacing and punctuation; `near`: misspelled, or a few words more; `conflict`: same text, but
    another label."""
    similarity: float
    """Jaccard similarity of character trigrams, in [0, 1]; 1 for exact and conflict."""
    split: Split | None
    """Where the earlier sample lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelConflict:
    """One text with more than one label."""

    text: str
    """As the first of the samples says it."""
    labels: dict[str, tuple[str, ...]]
    """Label (several joined by ` + `) -> ids of the samples that have it; both sorted."""


class _Entry(Record, gc=False):
    """What an index keeps of a sample; a record because it is made a million times, in a quarter of a dataclass's time."""

    sample_id: str
    split: Split | None
    labelled: bool
    identity: Identity


class DuplicateIndex:
    """Remembers samples and finds the earlier twin of a new one.

    Add whatever new samples must not repeat: what was accepted before, dev, holdout, the batch so far.

    Args:
        threshold: Jaccard similarity in (0, 1] from which texts are near copies; None looks for exact copies only.

    Ten to twenty microseconds a sample, a kilobyte or two for each that is remembered.
    """

    def __init__(self, threshold: float | None = NEAR_THRESHOLD) -> None:
        self.threshold = threshold
        self._entries: list[_Entry] = []
        self._by_text: dict[str, tuple[int, ...]] = {}
        self._near = NearIndex()
        self._last: tuple[Sample, _Entry] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, sample: Sample) -> Twin | None:
        """Return the earlier sample that `sample` repeats (exact first, then the most similar) or contradicts; None where it is new."""
        entry = self._read(sample)
        return self._find_same(entry) or (None if self.threshold is None else self._find_nearest(entry.identity, self.threshold))

    def add(self, sample: Sample) -> None:
        """Remember `sample`, whether or not it has a twin."""
        entry = self._read(sample)
        key = entry.identity.text_key
        self._by_text[key] = (*self._by_text.get(key, ()), len(self._entries))
        self._entries.append(entry)
        if self.threshold is not None:
            self._near.add(entry.identity)

    def _find_same(self, entry: _Entry) -> Twin | None:
        """The same text: an exact copy where there is one, else one with another label."""
        own = entry.identity
        found = self._by_text.get(own.text_key)
        if found is None:
            return None
        same_text = [self._entries[at] for at in found]
        for other in same_text:
            if own.label_key == other.identity.label_key and (
                own.span_key == other.identity.span_key or entry.sample_id == other.sample_id
            ):
                return _twin(other, "exact")
        for other in same_text:
            if other.labelled and entry.labelled and other.identity.label_key != own.label_key:
                return _twin(other, "conflict")
        return None

    def _find_nearest(self, identity: Identity, threshold: float) -> Twin | None:
        """The most similar of all near copies, the earliest among equals."""
        best: tuple[float, _Entry] | None = None
        for other in (self._entries[at] for at in self._near.find(identity)[:_MAX_CANDIDATES]):
            similarity = compare_identities(identity, other.identity, threshold)
            if similarity is not None and (best is None or similarity > best[0]):
                best = (similarity, other)
        return None if best is None else _twin(best[1], "near", best[0])

    def _read(self, sample: Sample) -> _Entry:
        """What is to be known of a sample; the last one is remembered because `add` mostly follows `find`."""
        if self._last is None or self._last[0] is not sample:
            labelled = sample.expected is not None
            self._last = (sample, _Entry(sample_id=sample.id, split=sample.split, labelled=labelled, identity=identify(sample)))
        return self._last[1]


def find_duplicates(samples: Iterable[Sample], index: DuplicateIndex | None = None) -> Iterator[tuple[Sample, Twin | None]]:
    """Yield each sample with its earlier twin, or None where it is new; new samples are added to the index.

    The first of several copies is the one without a twin, so the order matters; running it again over the new ones finds nothing.

    Args:
        samples: What to compare, in order of preference.
        index: What was accepted before; None starts empty.
    """
    index = DuplicateIndex() if index is None else index
    for sample in samples:
        twin = index.find(sample)
        if twin is None:
            index.add(sample)
        yield sample, twin


def find_label_conflicts(samples: Iterable[Sample]) -> tuple[LabelConflict, ...]:
    """Return all texts that come with more than one label, sorted by text; the order of samples does not matter.

    Texts are the same up to case, spacing and punctuation. Samples without an expectation contradict nobody.
    """
    by_text: dict[str, dict[str, list[Sample]]] = {}
    for sample in samples:
        if sample.expected is not None:
            identity = identify(sample)
            by_text.setdefault(identity.text_key, {}).setdefault(identity.label_key, []).append(sample)
    conflicts = [_conflict(by_label) for by_label in by_text.values() if len(by_label) > 1]
    return tuple(sorted(conflicts, key=lambda conflict: (fold_text(conflict.text), conflict.text)))


def _conflict(by_label: dict[str, list[Sample]]) -> LabelConflict:
    labels = {
        " + ".join(list_labels(members[0].expected)): tuple(sorted({member.id for member in members})) for members in by_label.values()
    }
    text = min(member.text for members in by_label.values() for member in members)
    return LabelConflict(text=text, labels=dict(sorted(labels.items())))


def _twin(entry: _Entry, kind: TwinKind, similarity: float = 1.0) -> Twin:
    return Twin(sample_id=entry.sample_id, kind=kind, similarity=similarity, split=entry.split)


__all__ = ["NEAR_THRESHOLD", "DuplicateIndex", "LabelConflict", "Twin", "TwinKind", "find_duplicates", "find_label_conflicts"]

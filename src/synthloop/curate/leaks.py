"""Leaks: samples of train that are copies of samples in holdout, or nearly."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from synthloop.core.sample import Sample
from synthloop.curate.duplicates import DuplicateIndex, TwinKind
from synthloop.curate.identity import mask_values

LeakKind = Literal["exact", "near", "conflict", "slot-variant", "scenario"]

_MIN_WORDS = 3
_MIN_LETTERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One sample that gives away another one in a split that should be new."""

    sample_id: str
    """In the split that is learned from."""
    twin_id: str
    """In the split that is kept apart; one of possibly several."""
    kind: LeakKind
    """`exact`, `near`, `conflict`: see `Twin`; `slot-variant`: same phrasing, other values; `scenario`: same scenario."""
    similarity: float
    """Jaccard similarity of character trigrams for near copies, else 1."""


def find_leaks(train: Iterable[Sample], holdout: Iterable[Sample]) -> tuple[Leak, ...]:
    """Return the samples of `train` that are near copies of some sample in `holdout`, in the order of `train`.

    Each is reported once, with the most severe kind: exact, conflict, near, scenario, slot variant. Phrasings that are nearly all
    slot are too common to mean anything and are not compared.

    Args:
        train: What is learned from; read once, so it may be a stream.
        holdout: What must be new; kept in memory.
    """
    index = DuplicateIndex()
    by_scenario: dict[str, str] = {}
    by_phrasing: dict[str, str] = {}
    for sample in holdout:
        index.add(sample)
        by_scenario.setdefault(sample.group, sample.id)
        if phrasing := phrasing_key(sample):
            by_phrasing.setdefault(phrasing, sample.id)
    leaks = (_find_leak(sample, index, by_scenario, by_phrasing) for sample in train)
    return tuple(leak for leak in leaks if leak is not None)


def phrasing_key(sample: Sample) -> str | None:
    """Return a key that slot variants of one phrasing share, whatever their label; None where too little but slots is said.

    Too little is fewer than three words, or fewer than ten letters, outside protected values and numbers.
    """
    masked = mask_values(sample)
    words = [word for word in masked.split() if "0" not in word]
    return masked if len(words) >= _MIN_WORDS and sum(map(len, words)) >= _MIN_LETTERS else None


def _find_leak(sample: Sample, index: DuplicateIndex, by_scenario: dict[str, str], by_phrasing: dict[str, str]) -> Leak | None:
    if twin := index.find(sample):
        return _leak(sample, twin.sample_id, twin.kind, twin.similarity)
    if sample.group in by_scenario:
        return _leak(sample, by_scenario[sample.group], "scenario")
    variant = by_phrasing.get(phrasing_key(sample) or "")
    return None if variant is None else _leak(sample, variant, "slot-variant")


def _leak(sample: Sample, twin_id: str, kind: TwinKind | LeakKind, similarity: float = 1.0) -> Leak:
    return Leak(sample_id=sample.id, twin_id=twin_id, kind=kind, similarity=similarity)


__all__ = ["Leak", "LeakKind", "find_leaks", "phrasing_key"]

"""Verdicts: how they are made and counted."""

from collections import Counter
from collections.abc import Iterable

from synthloop.core.lineage import Spec
from synthloop.core.sample import Sample, Verdict

KEPT = "kept"
"""The reason of every verdict that keeps a sample."""


def keep_sample(sample: Sample, by: Spec) -> Verdict:
    """Return the verdict that keeps `sample`."""
    return Verdict(sample_id=sample.id, keep=True, reason=KEPT, by=by)


def drop_sample(sample: Sample, by: Spec, reason: str, note: str) -> Verdict:
    """Return the verdict that drops `sample`.

    Args:
        sample: The sample.
        by: The component that decided.
        reason: A countable slug.
        note: What exactly was wrong, for a person.
    """
    return Verdict(sample_id=sample.id, keep=False, reason=reason, by=by, note=note)


def count_reasons(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Return reason -> number of verdicts, the most frequent first, ties by name.

    Example:
        >>> by = Spec(kind="validators", name="length")
        >>> count_reasons(Verdict(sample_id=str(i), keep=i > 0, reason="kept" if i else "too-short", by=by) for i in range(3))
        {'kept': 2, 'too-short': 1}
    """
    counts = Counter(verdict.reason for verdict in verdicts)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


__all__ = ["KEPT", "count_reasons", "drop_sample", "keep_sample"]

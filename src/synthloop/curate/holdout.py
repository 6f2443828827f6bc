"""The holdout rule: it may be read a few times only, or it stops telling the truth."""

from collections.abc import Iterable

from synthloop.core.errors import SpentHoldoutError
from synthloop.core.lineage import content_id
from synthloop.core.sample import Sample


def holdout_id(samples: Iterable[Sample]) -> str:
    """Return the id of a holdout: the same samples in any order are the same holdout.

    Example:
        >>> holdout_id([]) == content_id([])
        True
    """
    return content_id(sorted(sample.id for sample in samples))


def check_holdout(reads: int, allowed: int) -> None:
    """Refuse a further reading of a holdout that was read as often as it may be.

    Args:
        reads: How often it was read so far.
        allowed: How often it may be read.

    Raises:
        SpentHoldoutError: `reads` has reached `allowed`.

    Example:
        >>> check_holdout(4, 5)
    """
    if reads >= allowed:
        raise SpentHoldoutError(
            f"the holdout is spent: it was read {reads} times and may be read {allowed} times. An app that is tuned against it again and "
            "again fits it by chance, and the gate would pass without reason. Fix: `synthloop holdout rotate` hands it to dev; then write "
            "new phrasings, and `synthloop generate` fills a new one with them."
        )


__all__ = ["check_holdout", "holdout_id"]

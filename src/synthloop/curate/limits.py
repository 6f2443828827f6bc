"""Soft limits while accepting: no opening, scenario or other feature's value may take more than its share."""

from collections import Counter
from collections.abc import Mapping

from synthloop.core.errors import UsageError
from synthloop.core.sample import Sample
from synthloop.curate.features import read_feature

_START = 50


class ShareLimiter:
    """Counts what was accepted and objects to what would become too much of one kind.

    Shares refer to the larger of what is planned and what was accepted so far, and to at least 50, so that the first samples are
    not refused for being the first of their kind. Which samples are refused depends on the order.

    Args:
        max_shares: Feature (see `read_feature`) -> largest share of any one value, in (0, 1].
        planned: How many samples are wanted in the end; 0 where unknown.

    Raises:
        UsageError: A share is not in (0, 1].
    """

    def __init__(self, max_shares: Mapping[str, float], planned: int = 0) -> None:
        for feature, share in max_shares.items():
            if not 0 < share <= 1:
                raise UsageError(f"max_shares: {feature} is {share}. Fix: give a share above 0 and up to 1, e.g. 0.1 for a tenth.")
        self.max_shares = dict(max_shares)
        self.planned = planned
        self._counts: dict[str, Counter[str]] = {feature: Counter() for feature in max_shares}
        self._accepted = 0

    def find_excess(self, sample: Sample) -> tuple[str, str] | None:
        """Return the feature that the sample would overdo, and a sentence for a person; None where it fits."""
        of = max(self.planned, self._accepted + 1, _START)
        for feature, share in self.max_shares.items():
            allowed = max(1, int(share * of + 1e-9))
            for value in read_feature(sample, feature):
                count = self._counts[feature][value]
                if count >= allowed:
                    return feature, f"{feature} {value!r} was accepted {count} times; {share:g} of {of} allows {allowed}"
        return None

    def add(self, sample: Sample) -> None:
        """Count an accepted sample."""
        self._accepted += 1
        for feature, counts in self._counts.items():
            counts.update(read_feature(sample, feature))


__all__ = ["ShareLimiter"]

"""What every variant must keep."""

from dataclasses import dataclass

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """Drops samples in whose text a protected value is lost, or said less often than it is protected.

    Reason: `protected-lost`.
    """

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("validators", "protected", self)

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection"."""
        text = sample.text
        for value in sample.protected:
            if value not in text:
                return drop_sample(sample, self.spec, "protected-lost", f"{value!r} is not in the text")
            wanted = sample.protected.count(value)
            if wanted > 1 and text.count(value) < wanted:
                return drop_sample(sample, self.spec, "protected-lost", f"{value!r} is not in the text {wanted} times")
        return None


__all__ = ["Protected"]

"""Too short, too long."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample

_Count = Annotated[int, Meta(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """Drops texts with too few or too many characters or words.

    Reasons: `too-short`, `too-long`.
    """

    min_chars: _Count = 1
    """Characters without surrounding white space."""
    max_chars: _Count | None = None
    """None: no limit."""
    min_words: _Count = 0
    """Words are what white space separates."""
    max_words: _Count | None = None
    """None: no limit."""

    def __post_init__(self) -> None:
        for unit, low, high in (("chars", self.min_chars, self.max_chars), ("words", self.min_words, self.max_words)):
            if high is not None and high < low:
                raise UsageError(f"validator length: max_{unit} ({high}) is below min_{unit} ({low}), so no text can pass. Fix: swap them.")

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("validators", "length", self)

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection"."""
        text = sample.text.strip()
        verdict = self._judge(sample, len(text), "characters", self.min_chars, self.max_chars)
        if verdict is None and (self.min_words or self.max_words is not None):
            verdict = self._judge(sample, len(text.split()), "words", self.min_words, self.max_words)
        return verdict

    def _judge(self, sample: Sample, count: int, unit: str, low: int, high: int | None) -> Verdict | None:
        if count < low:
            return drop_sample(sample, self.spec, "too-short", f"{count} {unit}, at least {low} are wanted")
        if high is not None and count > high:
            return drop_sample(sample, self.spec, "too-long", f"{count} {unit}, at most {high} are wanted")
        return None


__all__ = ["Length"]

"""Words and phrases that must, or must not, be said."""

import re
from dataclasses import dataclass
from functools import lru_cache

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Drops texts that lack a required word or phrase, or contain a forbidden one.

    Reasons: `content-missing`, `content-forbidden`. Whole words are compared, without regard to case and amount of white space: "art"
    is not found in "start".
    """

    required: tuple[str, ...] = ()
    """Every one of these must be said."""
    any_of: tuple[str, ...] = ()
    """At least one of these must be said; empty: no such demand."""
    forbidden: tuple[str, ...] = ()
    """None of these may be said."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("validators", "content", self)

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection"."""
        text = sample.text
        for phrase in self.required:
            if _says(phrase).search(text) is None:
                return drop_sample(sample, self.spec, "content-missing", f"{phrase!r} is not said")
        if self.any_of and not any(_says(phrase).search(text) for phrase in self.any_of):
            return drop_sample(sample, self.spec, "content-missing", f"none of {', '.join(map(repr, self.any_of))} is said")
        for phrase in self.forbidden:
            if found := _says(phrase).search(text):
                return drop_sample(sample, self.spec, "content-forbidden", f"{found.group()!r} is said")
        return None


@lru_cache(maxsize=10_000)
def _says(phrase: str) -> re.Pattern[str]:
    """Compile a phrase; a word boundary is demanded only where the phrase itself begins or ends with a word character."""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    before = r"(?<!\w)" if re.match(r"\w", phrase.strip()) else ""
    after = r"(?!\w)" if re.search(r"\w$", phrase.strip()) else ""
    return re.compile(before + words + after, re.IGNORECASE)


__all__ = ["Content"]

"""Regular expressions that must, or must not, be found."""

import re
from dataclasses import dataclass

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    r"""Drops texts in which a regular expression is missing, or in which a forbidden one is found.

    Reasons: `pattern-missing`, `pattern-forbidden`. Patterns are searched anywhere in the text; use `^` and `$` to match all of it.
    """

    must: tuple[str, ...] = ()
    """Every one of these must be found."""
    must_not: tuple[str, ...] = ()
    """None of these may be found."""
    ignore_case: bool = False

    def __post_init__(self) -> None:
        for pattern in (*self.must, *self.must_not):
            try:
                re.compile(pattern)
            except re.error as error:
                raise UsageError(
                    f"validator pattern: {pattern!r} is no regular expression: {error}. Fix it, or escape what is literal."
                ) from error

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("validators", "pattern", self)

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection"."""
        flags = re.IGNORECASE if self.ignore_case else re.NOFLAG
        for pattern in self.must:
            if re.search(pattern, sample.text, flags) is None:
                return drop_sample(sample, self.spec, "pattern-missing", f"nothing matches {pattern}")
        for pattern in self.must_not:
            if found := re.search(pattern, sample.text, flags):
                return drop_sample(sample, self.spec, "pattern-forbidden", f"{found.group()!r} matches {pattern}")
        return None


__all__ = ["Pattern"]

"""A guess at the language."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Protocol, cast

from msgspec import Meta
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample


class _Identifier(Protocol):
    nb_classes: list[str]

    def rank(self, text: str) -> list[tuple[str, float]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Drops texts that are almost certainly in none of the given languages.

    Reason: `language`. A guess from few letters is unreliable, so it is lenient: short texts pass, and so does every text whose best
    guess is not far ahead of the best of the given languages.
    """

    languages: tuple[str, ...] = ("en",)
    """ISO 639-1 codes, e.g. `en`, `de`."""
    margin: Annotated[float, Meta(ge=0, le=1)] = 0.9
    """How much more probable than the best of `languages` another language must be, a difference of probabilities in [0, 1]."""
    min_letters: Annotated[int, Meta(ge=0)] = 30
    """Texts with fewer letters always pass."""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.languages) - set(_identifier().nb_classes))
        if unknown or not self.languages:
            what = f"{unknown[0]!r} is no language that can be recognized" if unknown else "no language is given"
            raise UsageError(f"validator language: {what}. Fix: use ISO 639-1 codes such as 'en'.")

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("validators", "language", self)

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection"."""
        if sum(map(str.isalpha, sample.text)) < self.min_letters:
            return None
        ranked = _identifier().rank(sample.text)
        best, probability = ranked[0]
        wanted = next(share for language, share in ranked if language in self.languages)
        if best in self.languages or probability - wanted <= self.margin:
            return None
        return drop_sample(sample, self.spec, "language", f"{best} with probability {probability:.2f}")


@lru_cache(maxsize=1)
def _identifier() -> _Identifier:
    return cast("_Identifier", LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))


__all__ = ["Language"]

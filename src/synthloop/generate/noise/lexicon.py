"""A lexicon of the user's own: dialect, code-switching, house jargon."""

import random
import re
from dataclasses import dataclass, field
from functools import lru_cache

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Edit, Noised, Span
from synthloop.generate.noise.draft import draw_hits, match_case
from synthloop.generate.noise.error_kinds import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Swaps words and phrases for the variants of a lexicon that you supply: dialect, code-switching, jargon.

    A word list imitates the surface of a dialect or of mixed languages: not its grammar, not who says what when. Text by native speakers
    beats it always; where you have some, use it as authored samples, and fit a profile to it. Where you have none, let a speaker read what
    this noiser makes before you trust a figure that rests on it.
    """

    variants: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Word or phrase -> variants, one of which is drawn; capitals do not count."""
    rate: Share = 0.5
    """Share of the places where an entry fits that get a variant."""
    rates: dict[str, Share] = field(default_factory=dict[str, float])
    """Word or phrase -> its own rate, instead of `rate`."""
    texts: Share = 1.0
    """Share of texts that are changed at all."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "lexicon", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with variants, or None where no entry fits."""
        if not self.variants or rng.random() >= self.texts:
            return None
        variants = {entry.lower(): forms for entry, forms in self.variants.items() if forms}
        rates = {entry.lower(): rate for entry, rate in self.rates.items()}
        edits: list[Edit] = []
        for match in _compile(tuple(variants)).finditer(text):
            if any(match.start() < span.end and span.start < match.end() for span in spans):
                continue
            entry = match[0].lower()
            if draw_hits(rng, 1, rates.get(entry, self.rate)):
                after = match_case(rng.choice(variants[entry]), match[0])
                if after != match[0]:
                    edits.append(Edit(start=match.start(), end=match.end(), before=match[0], after=after, kind="lexicon"))
        changed = _apply(text, edits)
        return Noised(text=changed, edits=tuple(edits)) if edits and changed.strip() else None


def _apply(text: str, edits: list[Edit]) -> str:
    for edit in reversed(edits):
        text = text[: edit.start] + edit.after + text[edit.end :]
    return text


@lru_cache(maxsize=64)
def _compile(entries: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern that finds any entry as whole words, the longest first."""
    longest_first = sorted(entries, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


__all__ = ["Lexicon"]

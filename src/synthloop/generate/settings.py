"""How a behavior's candidates are mixed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateSettings:
    """What `generate_candidates` mixes, and in which shares."""

    strength: Annotated[int, msgspec.Meta(ge=1, le=4)] = 2
    """t of the covering design: every t-tuple of parameter values that can occur together is filled at least once."""
    levels: Annotated[int, msgspec.Meta(ge=1)] = 3
    """Values into which the covering design cuts a range: 1 is its low end, 2 both ends, 3 the ends and the middle."""
    template_share: Share = 0.5
    """Share of the mix that fills templates, where a behavior has templates and authored samples; the rest recombines."""
    noise_share: Share = 0.5
    """Share of the mix that noise is applied to."""
    verbatim_share: Share = 0.5
    """Share of noised recombinations that leave the authored wording as it is: what people really wrote keeps its weight."""
    vary_values: bool = True
    """Whether cities, weekdays, first names and the like change in recombinations, where the expectation does not depend on them."""
    variants_per_authored: Annotated[int, msgspec.Meta(ge=0)] = 1000
    """Most candidates made from one authored sample, noised ones included. Template fills are not limited."""
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Word or phrase -> what may replace it anywhere outside protected text, besides the shipped lexicon; lower case."""


__all__ = ["GenerateSettings"]

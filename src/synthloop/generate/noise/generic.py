"""A mild way of typing, set by hand."""

from synthloop.generate.noise.casing import CaseStyle
from synthloop.generate.noise.fillers import CLOSING_FILLERS, OPENING_FILLERS
from synthloop.generate.noise.forms import Asks
from synthloop.generate.noise.lookalikes import EMOTICONS
from synthloop.generate.noise.punctuation import EndMark
from synthloop.generate.noise.style import HabitRate, Manner, NoiseProfile

POOLED: CaseStyle = "unclear"
"""Under which the rate of a habit stands over all case styles."""


def _by_hand(**rates: float) -> dict[str, dict[CaseStyle, HabitRate]]:
    return {name.replace("_", "-"): {POOLED: HabitRate(texts=1.0, rate=rate)} for name, rate in rates.items()}


def _manners(asks: Asks, *rows: tuple[CaseStyle, EndMark, float]) -> tuple[Manner, ...]:
    return tuple(Manner(asks=asks, first_i=None, size=None, case=case, end=end, share=share) for case, end, share in rows)


_ASKING: tuple[tuple[CaseStyle, EndMark, float], ...] = (
    ("capital", "question", 0.45),
    ("small", "question", 0.2),
    ("small", "none", 0.2),
    ("capital", "none", 0.14),
    ("upper", "question", 0.01),
)
_CLAUSES = "and because but so if which when i it you please can what how"

GENERIC = NoiseProfile(
    name="generic",
    manners=(
        *_manners("question", *_ASKING),
        *_manners("request", *_ASKING),
        *_manners("statement", ("capital", "period", 0.42), ("small", "none", 0.28), ("capital", "none", 0.18), ("small", "period", 0.08)),
        *_manners("statement", ("capital", "exclamation", 0.02), ("small", "dots", 0.01), ("upper", "none", 0.01)),
    ),
    habits=_by_hand(
        contraction=0.7,
        dropped_apostrophe=0.15,
        abbreviation=0.03,
        misspelling=0.02,
        comma=0.5,
        comma_elsewhere=0.02,
        digits=0.5,
        dots_inside=0.04,
        double_space=0.03,
        space_before_mark=0.02,
        no_space_after_mark=0.02,
        dropped_subject=0.1,
        dropped_article=0.05,
        stretched=0.005,
        opening_filler=0.03,
        closing_filler=0.02,
        emoji=0.01,
        small_i=0.25,
        small_start=0.2,
        small_name=0.4,
    ),
    words={"comma-elsewhere": {"": 0.01, **dict.fromkeys(_CLAUSES.split(), 0.05)}},
    forms={
        "opening-filler": dict.fromkeys(OPENING_FILLERS, 1.0),
        "closing-filler": dict.fromkeys(CLOSING_FILLERS, 1.0),
        "emoji": {face: 14.0 if face == EMOTICONS[0] else 1.0 for face in EMOTICONS},
        "dots": {"...": 7.0, "..": 2.5, "....": 0.5},
        "dots-inside": {"...": 7.0, "..": 2.5, "....": 0.5},
        "repeated": {"??": 4.0, "!!": 3.0, "!!!": 2.0, "?!": 1.0, "???": 1.0},
    },
    keep_commas=0.8,
)
"""A mild way of typing, set by hand and fitted to nothing: for a first look, until you fit one to messages of your own users."""

__all__ = ["GENERIC", "POOLED"]

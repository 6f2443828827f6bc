"""What is known of a way of writing: counts as measured, and the rates that noise draws from."""

from typing import NamedTuple

from synthloop.core.record import Record
from synthloop.generate.noise.casing import CaseStyle
from synthloop.generate.noise.error_kinds import ErrorMix
from synthloop.generate.noise.forms import Asks, Size
from synthloop.generate.noise.punctuation import EndMark


class Tally(Record, array_like=True):
    """How often a habit showed, and whether it clusters in certain messages."""

    hits: int = 0
    n: int = 0
    """Chances there were."""
    pair_hits: int = 0
    pairs: int = 0
    """Ordered pairs of chances within one message; `pair_hits` counts those where the habit showed at both."""

    @property
    def share(self) -> float:
        """Share of the chances at which it showed; 0 without any."""
        return self.hits / self.n if self.n else 0.0

    def add(self, hits: int, n: int) -> "Tally":
        """Return the tally with one more message's counts."""
        return Tally(hits=self.hits + hits, n=self.n + n, pair_hits=self.pair_hits + hits * (hits - 1), pairs=self.pairs + n * (n - 1))


class ErrorCounts(Record):
    """Misspellings by what is wrong with them."""

    kinds: dict[str, int] = {}
    """Kind -> count."""
    first_letter: Tally = Tally()
    """All of them, and those with another first letter."""
    vowels: Tally = Tally()
    """Wrong, missing and added letters, and those that are vowels."""
    seen: dict[str, Tally] = {}
    """Kind -> errors of that kind that were made for a test in the same messages, and those that were found again."""


class Manner(Record, array_like=True):
    """How a message begins and ends; drawn together, because people who skip capitals skip end marks as well."""

    asks: Asks
    """Known of a text before it is changed, as are the next two, so manners are drawn given them."""
    first_i: bool | None
    """Whether the text begins with "I"; None: either."""
    size: Size | None
    """None: any."""
    case: CaseStyle
    end: EndMark
    share: float
    """Count when measured; share among the manners of texts of the same form in a profile."""


class StyleProfile(Record):
    """A way of writing as measured: counts, nothing smoothed."""

    n: int
    """Messages."""
    word_counts: tuple[float, ...]
    """Words a message: the 5th, 25th, 50th, 75th and 95th percentile. Noise can't match it: it is reported, not imitated."""
    char_counts: tuple[float, ...]
    """Characters a message, likewise."""
    manners: tuple[Manner, ...]
    habits: dict[str, dict[CaseStyle, Tally]]
    """Habit -> case style of the message -> tally. `misspelling` counts the words of four letters or more."""
    words: dict[str, dict[str, Tally]] = {}
    """Habit -> what is chosen about, see `Chance.word` -> tally."""
    errors: ErrorCounts = ErrorCounts()
    forms: dict[str, dict[str, int]] = {}
    """What can be written in several ways -> way -> count: fillers, emoticons, dots, repeated marks."""

    def tally(self, habit: str) -> Tally:
        """Return a habit's tally over all messages."""
        parts = self.habits.get(habit, {}).values()
        return Tally(
            hits=sum(part.hits for part in parts),
            n=sum(part.n for part in parts),
            pair_hits=sum(part.pair_hits for part in parts),
            pairs=sum(part.pairs for part in parts),
        )


class HabitRate(Record, array_like=True):
    """How a habit is drawn: some messages have it, and in those it shows at a share of the chances."""

    texts: float
    """Share of messages that have the habit at all."""
    rate: float
    """Share of the chances at which it shows, in those."""

    @property
    def share(self) -> float:
        """Share of all chances at which it shows."""
        return self.texts * self.rate


class NoiseProfile(Record):
    """A way of writing that noise can draw from; saved as JSON."""

    name: str
    n: int = 0
    """Messages it was fitted to; 0 for a profile set by hand."""
    manners: tuple[Manner, ...]
    """Shares add up to 1 for each form of texts."""
    habits: dict[str, dict[CaseStyle, HabitRate]]
    """Habit -> case style -> rate. A habit that is missing is left as a text has it."""
    words: dict[str, dict[str, float]] = {}
    """Habit -> what is chosen about -> rate, where it differs from the habit's own."""
    errors: ErrorMix = ErrorMix()
    first_letter: float = 0.04
    """Share of misspellings that change the first letter."""
    vowels: float = 0.6
    """Share of wrong, missing and added letters that are vowels."""
    keep_commas: float = 1.0
    """Share of commas in less usual places that stay where a text has some."""
    forms: dict[str, dict[str, float]] = {}
    """What can be written in several ways -> way -> weight; what is missing is written as English commonly does."""
    warnings: tuple[str, ...] = ()
    """What to keep in mind: too few messages, statistics that noise can't match."""
    style: StyleProfile | None = None
    """What it was fitted to; None for a profile set by hand."""


class Statistic(NamedTuple):
    """One line about a way of writing."""

    name: str
    value: float
    """A share in [0, 1], unless the name begins with a unit: `words in` or `chars in`."""
    n: int
    """What it was measured on."""


__all__ = ["ErrorCounts", "HabitRate", "Manner", "NoiseProfile", "Statistic", "StyleProfile", "Tally"]

"""Noise profiles: fitted to a user's own messages, put on other texts."""

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import get_args

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec, content_id
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.abbreviations import ABBREVIATED
from synthloop.generate.noise.casing import CaseStyle, lower_names, set_case
from synthloop.generate.noise.cues import Cues
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.error_kinds import ERROR_KINDS, ErrorMix, Share
from synthloop.generate.noise.fillers import CLOSING, CLOSING_FILLERS, OPENING, OPENING_FILLERS, close_with, open_with
from synthloop.generate.noise.habits import Chance, Habit
from synthloop.generate.noise.measure import HABITS, MISSPELLING, list_statistics, measure_style
from synthloop.generate.noise.punctuation import COMMA, EndMark, drop_commas, is_question, set_end
from synthloop.generate.noise.repertoire import Repertoire
from synthloop.generate.noise.spelling import Typos
from synthloop.generate.noise.style import ErrorCounts, HabitRate, Manner, NoiseProfile, Statistic, StyleProfile, Tally

ENOUGH = 100
"""Messages below which a fit is mostly prior; says so."""
_CUES = Cues(HABITS)
_POOLED: CaseStyle = "unclear"
_PRIOR_WEIGHT = 4.0
_CASE_WEIGHT = 25.0
_PAIR_WEIGHT = 20.0
_ERROR_WEIGHT = 20.0
_ENOUGH_WORDS = 30
_EDITED_COMMAS = 0.04
"""Commas for each space between words in edited requests: a source with as many keeps all of a text's commas."""


def _by_hand(**rates: float) -> dict[str, dict[CaseStyle, HabitRate]]:
    return {name.replace("_", "-"): {_POOLED: HabitRate(texts=1.0, rate=rate)} for name, rate in rates.items()}


def _manners(question: bool, *rows: tuple[CaseStyle, EndMark, float]) -> tuple[Manner, ...]:
    return tuple(Manner(question=question, case=case, end=end, share=share) for case, end, share in rows)


GENERIC = NoiseProfile(
    name="generic",
    manners=(
        *_manners(True, ("capital", "question", 0.45), ("small", "question", 0.2), ("small", "none", 0.2), ("capital", "none", 0.14)),
        *_manners(True, ("upper", "question", 0.01)),
        *_manners(False, ("capital", "period", 0.42), ("small", "none", 0.28), ("capital", "none", 0.18), ("small", "period", 0.08)),
        *_manners(False, ("capital", "exclamation", 0.02), ("small", "dots", 0.01), ("upper", "none", 0.01)),
    ),
    habits=_by_hand(
        contraction=0.7,
        dropped_apostrophe=0.15,
        abbreviation=0.03,
        misspelling=0.02,
        comma=0.5,
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
    ),
    keep_commas=0.8,
)
"""A mild way of typing, set by hand and fitted to nothing: for a first look, until you fit one to messages of your own users."""


def fit_profile(texts: Sequence[str], *, name: str) -> NoiseProfile:
    """Fit a profile to messages of one source.

    Rates are shrunk to `GENERIC` by the weight of a few chances, rates by case style to the overall rate, so that a handful of messages
    gives a mild profile and many speak for themselves.

    Args:
        texts: Messages as their writers typed them; blank ones are skipped.
        name: What the profile is called.

    Raises:
        UsageError: There is no message.
    """
    style = measure_style(texts)
    if not style.n:
        raise UsageError(f"profile {name!r}: there is no message to fit it to. Fix: give a file with one message a line.")
    typos = fit_typos(style.errors)
    return NoiseProfile(
        name=name,
        n=style.n,
        manners=(*_fit_manners(style, question=True), *_fit_manners(style, question=False)),
        habits={habit: _fit_habit(style, habit) for habit in (*(habit.name for habit in HABITS), MISSPELLING)},
        abbreviations=_fit_abbreviations(style),
        errors=typos.mix,
        first_letter=typos.first_letter,
        vowels=typos.vowels,
        keep_commas=min(1.0, style.commas.share / _EDITED_COMMAS),
        openings=_fit_fillers(style, OPENING_FILLERS),
        closings=_fit_fillers(style, CLOSING_FILLERS),
        warnings=_list_warnings(style),
        style=style,
    )


def describe_profile(profile: NoiseProfile) -> list[Statistic]:
    """Return what a profile says, line by line: what was measured, or for a profile set by hand its rates (with n = 0)."""
    if profile.style is not None:
        return list_statistics(profile.style)
    rows = [
        Statistic(f"{'question' if manner.question else 'statement or order'}: {manner.case}, ends in {manner.end}", manner.share, 0)
        for manner in profile.manners
    ]
    return rows + [
        Statistic(habit if case == _POOLED else f"{habit}, {case}", rate.share, 0)
        for habit, rates in profile.habits.items()
        for case, rate in rates.items()
    ]


def _shrink(tally: Tally, prior: float, weight: float = _PRIOR_WEIGHT) -> float:
    return (tally.hits + weight * prior) / (tally.n + weight)


def _fit_manners(style: StyleProfile, *, question: bool) -> tuple[Manner, ...]:
    """Return the joint shares of case and end mark; `unclear` cases and `other` ends tell nothing that noise could draw."""
    weights: dict[tuple[CaseStyle, EndMark], float] = {
        (manner.case, manner.end): _PRIOR_WEIGHT * manner.share for manner in GENERIC.manners if manner.question == question
    }
    for manner in style.manners:
        if manner.question == question and manner.case != "unclear" and manner.end != "other":
            key = manner.case, manner.end
            weights[key] = weights.get(key, 0.0) + manner.share
    total = sum(weights.values())
    return tuple(Manner(question=question, case=case, end=end, share=weight / total) for (case, end), weight in sorted(weights.items()))


def _fit_habit(style: StyleProfile, habit: str) -> dict[CaseStyle, HabitRate]:
    pooled = style.tally(habit)
    overall = _shrink(pooled, GENERIC.habits[habit][_POOLED].rate)
    # Chances of one message agree more than by chance: E[q^2] of a rate q that differs by message, from pairs within messages.
    together = (pooled.pair_hits + _PAIR_WEIGHT * overall**2) / (pooled.pairs + _PAIR_WEIGHT)
    within = min(1.0, max(overall, together / overall)) if overall else 0.0
    if habit == ABBREVIATED.name:
        # Messages that abbreviate must be as many as those that abbreviate the word that is abbreviated most.
        most = max((tally.share for tally in style.abbreviations.values() if tally.n >= _ENOUGH_WORDS), default=0.0)
        within = min(within, overall / most) if most > overall else overall
    rates: dict[CaseStyle, HabitRate] = {_POOLED: _gate(overall, within)}
    for case in ("capital", "small", "upper"):
        tally = style.habits.get(habit, {}).get(case)
        if tally is not None:
            rates[case] = _gate(_shrink(tally, overall, _CASE_WEIGHT), within)
    return rates


def _gate(rate: float, within: float) -> HabitRate:
    """Split a rate into the share of messages that have the habit and the rate in those."""
    within = max(rate, within)
    return HabitRate(texts=rate / within if within else 0.0, rate=within)


def _fit_abbreviations(style: StyleProfile) -> dict[str, float]:
    """Return the rate of each word within messages that abbreviate."""
    overall = style.tally(ABBREVIATED.name).share
    texts = _fit_habit(style, ABBREVIATED.name)[_POOLED].texts
    if not texts:
        return {}
    return {word: min(1.0, _shrink(tally, overall / 4) / texts) for word, tally in style.abbreviations.items()}


def fit_typos(errors: ErrorCounts, *, rate: float = 0.0) -> Typos:
    """Return a noiser that makes errors in the mix that was counted, shrunk to the generic mix by the weight of a few errors.

    Args:
        errors: Of a user's messages, see `measure_style`, or of a list of known misspellings, see `count_errors`.
        rate: Share of the words of four letters or more that get an error.
    """
    prior = dict(zip(ERROR_KINDS, GENERIC.errors.weights(), strict=True))
    total = errors.first_letter.n + _ERROR_WEIGHT
    shares = {kind.replace("-", "_"): (errors.kinds.get(kind, 0) + _ERROR_WEIGHT * prior[kind]) / total for kind in ERROR_KINDS}
    first_letter, vowels = _shrink(errors.first_letter, GENERIC.first_letter), _shrink(errors.vowels, GENERIC.vowels)
    return Typos(rate=rate, first_letter=first_letter, vowels=vowels, mix=ErrorMix(**shares))


def _fit_fillers(style: StyleProfile, fillers: tuple[str, ...]) -> dict[str, float]:
    return {filler: float(style.fillers[filler]) for filler in fillers if style.fillers.get(filler)}


def _list_warnings(style: StyleProfile) -> tuple[str, ...]:
    warnings: list[str] = []
    if style.n < ENOUGH:
        warnings.append(f"fitted to {style.n} messages: below {ENOUGH}, rare habits and misspellings are mostly the generic profile's.")
    warnings.append("lengths can't be matched by noise: see the quantiles of words and chars.")
    return tuple(warnings)


@dataclass(frozen=True, kw_only=True)  # no slots: what follows from the profile is worked out once and kept
class ProfileNoiser:
    """Writes texts the way a fitted profile's people do: case, end marks, shorthand, misspellings, all at their measured rates.

    A manner (case and end mark) is drawn for each text, then every habit is taken up or dropped where it differs from what is drawn, so a
    text in small letters gets capitals where the profile's people use them. Lengths and contents stay.
    """

    profile: NoiseProfile = GENERIC
    """What to imitate; see `fit_profile`."""
    texts: Share = 1.0
    """Share of texts that are rewritten; the others stay as they are."""
    recase_names: bool = False
    """Whether texts in small letters lose the capitals of names that were found by themselves (never of what is marked)."""

    @property
    def spec(self) -> Spec:
        """Names the profile and the first digits of its content id, not its rates: they would weigh more than the sample."""
        return self._spec

    @cached_property
    def _spec(self) -> Spec:
        parameters = {"profile": self.profile.name, "digest": content_id(self.profile)[:12], "texts": self.texts}
        return Spec(kind="noisers", name="profile", parameters={**parameters, "recase_names": self.recase_names})

    @cached_property
    def _choices(self) -> dict[bool, tuple[list[tuple[CaseStyle, EndMark]], list[float]]]:
        """Whether it asks -> manners and their cumulated shares."""
        return {question: _list_choices(self.profile, question=question) for question in (True, False)}

    @cached_property
    def _rates(self) -> dict[CaseStyle, dict[str, HabitRate]]:
        """Case style -> habit -> its rate in such texts."""
        habits = self.profile.habits.items()
        return {case: {habit: rates.get(case) or rates[_POOLED] for habit, rates in habits} for case in get_args(CaseStyle)}

    @cached_property
    def _repertoires(self) -> dict[CaseStyle, Repertoire]:
        repertoires: dict[CaseStyle, Repertoire] = {}
        for case, rates in self._rates.items():
            own = dict(rates)
            if (found := own.get(ABBREVIATED.name)) is not None and found.rate:
                own[ABBREVIATED.name] = HabitRate(texts=found.texts, rate=self._most_abbreviated)
            repertoires[case] = Repertoire(_CUES, own)
        return repertoires

    @cached_property
    def _most_abbreviated(self) -> float:
        """The highest rate of a word."""
        return max(self.profile.abbreviations.values(), default=self._word_rate(""))

    @cached_property
    def _typos(self) -> Typos:
        return Typos(first_letter=self.profile.first_letter, vowels=self.profile.vowels, mix=self.profile.errors)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text in the profile's style, or None where it already is."""
        if self.texts < 1.0 and rng.random() >= self.texts:
            return None
        draft = Draft(text, spans)
        if not draft.has_words():
            return None
        choices, cumulated = self._choices[is_question(text)]
        case, end = choices[bisect(cumulated, rng.random() * cumulated[-1], 0, len(choices) - 1)]
        if self.profile.keep_commas < 1.0 and "," in text:
            drop_commas(draft, 1.0 - self.profile.keep_commas, rng)
        set_end(draft, end, rng)
        set_case(draft, case)
        if self.recase_names and case == "small":
            lower_names(draft)
        self._follow(draft, case, rng)
        self._misspell(draft, case, rng)
        if case == "upper":
            set_case(draft, "upper")
        return draft.noised()

    def _follow(self, draft: Draft, case: CaseStyle, rng: random.Random) -> None:
        """Take habits up or drop them."""
        for habit, hits in self._repertoires[case].draw(draft, rng):
            for at, chance in enumerate(habit.find(draft)):
                if (at in hits and self._suits(habit, chance, rng)) != chance.shown:
                    self._write(draft, habit, chance, rng)

    def _suits(self, habit: Habit, chance: Chance, rng: random.Random) -> bool:
        """Whether a hit stands: words are abbreviated at rates of their own, and hit at the highest of them."""
        return habit is not ABBREVIATED or rng.random() * self._most_abbreviated < self._word_rate(chance.word)

    def _word_rate(self, word: str) -> float:
        rates = self.profile.abbreviations
        return rates.get(word, 0.0) if rates else self.profile.habits[ABBREVIATED.name][_POOLED].rate

    def _write(self, draft: Draft, habit: Habit, chance: Chance, rng: random.Random) -> None:
        if not chance.shown and habit is OPENING and self.profile.openings:
            comma = rng.random() < self.profile.habits[COMMA.name][_POOLED].share
            open_with(draft, _draw_word(self.profile.openings, rng), comma=comma)
        elif not chance.shown and habit is CLOSING and self.profile.closings:
            close_with(draft, _draw_word(self.profile.closings, rng))
        else:
            habit.write(draft, chance.position, not chance.shown, rng)

    def _misspell(self, draft: Draft, case: CaseStyle, rng: random.Random) -> None:
        found = self._rates[case].get(MISSPELLING)
        if found and (rate := _draw_rate(found, rng)):
            self._typos.misspell(draft, rng, rate=rate)


def _draw_rate(rate: HabitRate, rng: random.Random) -> float:
    """Draw a text's own rate of a habit: 0 where it does not have it."""
    return rate.rate if rate.texts >= 1.0 or rng.random() < rate.texts else 0.0


def _draw_word(weights: dict[str, float], rng: random.Random) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def _list_choices(profile: NoiseProfile, *, question: bool) -> tuple[list[tuple[CaseStyle, EndMark]], list[float]]:
    manners = [manner for manner in profile.manners if manner.question == question]
    return [(manner.case, manner.end) for manner in manners], list(accumulate(manner.share for manner in manners))


__all__ = ["ENOUGH", "GENERIC", "ProfileNoiser", "describe_profile", "fit_profile", "fit_typos"]

"""Noise profiles: fitted to a user's own messages, put on other texts."""

import random
from bisect import bisect
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product
from typing import get_args

from synthloop.core.lineage import Spec, content_id
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.casing import CaseStyle, set_case
from synthloop.generate.noise.commas import COMMA, INNER_COMMA, Commas
from synthloop.generate.noise.cues import Cues
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.fillers import CLOSING, OPENING, close_with, open_with
from synthloop.generate.noise.forms import Asks, Form, Size, form_of
from synthloop.generate.noise.generic import GENERIC, POOLED
from synthloop.generate.noise.habits import Chance, Habit
from synthloop.generate.noise.lookalikes import FACE, close_with_face
from synthloop.generate.noise.measure import HABITS, MISSPELLING, list_statistics
from synthloop.generate.noise.names import SMALL_NAME, find_guessed
from synthloop.generate.noise.punctuation import EndMark, set_dots, set_end
from synthloop.generate.noise.repertoire import Repertoire
from synthloop.generate.noise.spelling import Typos
from synthloop.generate.noise.style import HabitRate, NoiseProfile, Statistic

_CUES = Cues(HABITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _WordRates:
    """Rates of one habit, by word, in texts that have it."""

    by_word: dict[str, float]
    other: float
    """Of words that are not listed."""
    most: float
    """The highest of all."""

    def suits(self, word: str, rng: random.Random) -> bool:
        """Whether a hit at the highest rate is one at the word's own."""
        return rng.random() * self.most < self.by_word.get(word, self.other)


def describe_profile(profile: NoiseProfile) -> list[Statistic]:
    """Return what a profile says, line by line: what was measured, or for a profile set by hand its rates (with n = 0)."""
    if profile.style is not None:
        return list_statistics(profile.style)
    rows = [Statistic(f"{manner.asks}: {manner.case}, ends in {manner.end}", manner.share, 0) for manner in profile.manners]
    return rows + [
        Statistic(habit if case == POOLED else f"{habit}, {case}", rate.share, 0)
        for habit, rates in profile.habits.items()
        for case, rate in rates.items()
    ]


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
    """Whether names that were found by themselves may lose their capitals (never what is marked). Otherwise names keep theirs, and may win
    some in a text without any capital."""

    @property
    def spec(self) -> Spec:
        """Names the profile and the first digits of its content id, not its rates: they would weigh more than the sample."""
        return self._spec

    @cached_property
    def _spec(self) -> Spec:
        parameters = {"profile": self.profile.name, "digest": content_id(self.profile)[:12], "texts": self.texts}
        return Spec(kind="noisers", name="profile", parameters={**parameters, "recase_names": self.recase_names})

    @cached_property
    def _choices(self) -> dict[Form, tuple[list[tuple[CaseStyle, EndMark]], list[float]]]:
        """Form of a text -> manners and their cumulated shares."""
        forms = (Form(*form) for form in product(get_args(Asks), (True, False), get_args(Size)))
        return {form: _list_choices(self.profile, form) for form in forms}

    @cached_property
    def _rates(self) -> dict[CaseStyle, dict[str, HabitRate]]:
        """Case style -> habit -> its rate in such texts."""
        habits = self.profile.habits.items()
        return {case: {habit: rates.get(case) or rates[POOLED] for habit, rates in habits} for case in get_args(CaseStyle)}

    @cached_property
    def _word_rates(self) -> dict[CaseStyle, dict[str, _WordRates]]:
        """Case style -> habit -> its rates by word in such texts that have it."""
        return {
            case: {habit: self._list_word_rates(habit, rates[habit]) for habit in self.profile.words} for case, rates in self._rates.items()
        }

    def _list_word_rates(self, habit: str, rate: HabitRate) -> _WordRates:
        pooled = self.profile.habits[habit][POOLED].share
        rates = {
            word: min(1.0, _shift(share, pooled, rate.share) / (rate.texts or 1.0))
            for word, share in self.profile.words.get(habit, {}).items()
        }
        other = rates.pop("", rate.rate)
        return _WordRates(by_word=rates, other=other, most=max(other, *rates.values(), 0.0))

    @cached_property
    def _repertoires(self) -> dict[CaseStyle, Repertoire]:
        """Habits that differ by word are drawn at the highest of their rates; see `_suits`."""
        repertoires: dict[CaseStyle, Repertoire] = {}
        for case, rates in self._rates.items():
            highest = {habit: HabitRate(texts=rates[habit].texts, rate=words.most) for habit, words in self._word_rates[case].items()}
            repertoires[case] = Repertoire(_CUES, {**rates, **highest})
        return repertoires

    @cached_property
    def _commas(self) -> dict[CaseStyle, Commas]:
        name = INNER_COMMA.name
        return {case: self._put_commas(rates[name]) for case, rates in self._rates.items() if name in rates}

    def _put_commas(self, rate: HabitRate) -> Commas:
        words = self._list_word_rates(INNER_COMMA.name, rate)
        return Commas(rate.texts, words.by_word, other=words.other, keep=self.profile.keep_commas)

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
        choices, cumulated = self._choices[form_of(text)]
        case, end = choices[bisect(cumulated, rng.random() * cumulated[-1], 0, len(choices) - 1)]
        if case in self._commas:
            self._commas[case].put(draft, rng)
        set_end(draft, end, rng, written=self._draw_form(end, rng))
        set_case(draft, case)
        self._follow(draft, case, rng, keep_names=not (self.recase_names or text.islower()))
        if self.recase_names:
            self._lower_names(draft, case, rng)
        self._misspell(draft, case, rng)
        if case == "upper":
            set_case(draft, "upper")
        return draft.noised()

    def _follow(self, draft: Draft, case: CaseStyle, rng: random.Random, *, keep_names: bool) -> None:
        """Take habits up or drop them. Of those that differ by word, some hits do not stand."""
        by_word = self._word_rates[case]
        for habit, hits in self._repertoires[case].draw(draft, rng):
            if keep_names and habit is SMALL_NAME:
                continue
            words = by_word.get(habit.name)
            for at, chance in enumerate(habit.find(draft)):
                if (at in hits and (words is None or words.suits(chance.word, rng))) != chance.shown:
                    self._write(draft, habit, chance, rng)

    def _lower_names(self, draft: Draft, case: CaseStyle, rng: random.Random) -> None:
        """Let the names that were guessed by their capitals lose them, as often as in messages in that case."""
        names = find_guessed(draft)
        if names and (found := self._rates[case].get(SMALL_NAME.name)) and (rate := _draw_rate(found, rng)):
            words = self._word_rates[case].get(SMALL_NAME.name)
            for name in names:
                if rng.random() < (words.by_word.get(name.word, words.other) if words else rate):
                    draft.change(name.position, draft.pieces[name.position].lower(), SMALL_NAME.name)

    def _write(self, draft: Draft, habit: Habit, chance: Chance, rng: random.Random) -> None:
        form = "" if chance.shown else self._draw_form(habit.name, rng)
        if not form:
            habit.write(draft, chance.position, not chance.shown, rng)
        elif habit is OPENING:
            open_with(draft, form, comma=rng.random() < self.profile.habits[COMMA.name][POOLED].share)
        elif habit is CLOSING:
            close_with(draft, form)
        elif habit is FACE:
            close_with_face(draft, form)
        else:
            set_dots(draft, chance.position, form)

    def _draw_form(self, name: str, rng: random.Random) -> str:
        """Return how something is written that can be written in several ways; empty where there is one."""
        weights = self.profile.forms.get(name)
        return rng.choices(tuple(weights), tuple(weights.values()))[0] if weights else ""

    def _misspell(self, draft: Draft, case: CaseStyle, rng: random.Random) -> None:
        found = self._rates[case].get(MISSPELLING)
        if found and (rate := _draw_rate(found, rng)):
            self._typos.misspell(draft, rng, rate=rate)


def _draw_rate(rate: HabitRate, rng: random.Random) -> float:
    """Draw a text's own rate of a habit: 0 where it does not have it."""
    return rate.rate if rate.texts >= 1.0 or rng.random() < rate.texts else 0.0


def _shift(share: float, pooled: float, wanted: float) -> float:
    """Return a word's share in texts whose overall share is `wanted` instead of `pooled`: its odds change as theirs do."""
    if not 0.0 < share < 1.0 or not 0.0 < pooled < 1.0 or not 0.0 < wanted < 1.0:
        return wanted if 0.0 < share < 1.0 else share
    odds = share / (1.0 - share) * wanted / (1.0 - wanted) * (1.0 - pooled) / pooled
    return odds / (1.0 + odds)


def _list_choices(profile: NoiseProfile, form: Form) -> tuple[list[tuple[CaseStyle, EndMark]], list[float]]:
    """Return the manners of texts of a form, or of those that ask as it does, and their cumulated shares."""
    alike = [manner for manner in profile.manners if manner.asks == form.asks]
    same = [manner for manner in alike if (manner.first_i, manner.size) == form[1:]]
    manners = same or [manner for manner in alike if manner.size is None]
    return [(manner.case, manner.end) for manner in manners], list(accumulate(manner.share for manner in manners))


__all__ = ["ProfileNoiser", "describe_profile"]

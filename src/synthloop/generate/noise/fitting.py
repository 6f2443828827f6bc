"""From what was measured to rates that noise draws from."""

from collections.abc import Mapping, Sequence
from typing import get_args

from synthloop.core.errors import UsageError
from synthloop.generate.noise.abbreviations import ABBREVIATED
from synthloop.generate.noise.casing import CaseStyle
from synthloop.generate.noise.commas import INNER_COMMA
from synthloop.generate.noise.error_kinds import ERROR_KINDS, ErrorMix
from synthloop.generate.noise.forms import Asks, Size
from synthloop.generate.noise.fragments import NO_ARTICLE
from synthloop.generate.noise.generic import GENERIC, POOLED
from synthloop.generate.noise.measure import MEASURED, MISSPELLING, measure_style
from synthloop.generate.noise.punctuation import EndMark
from synthloop.generate.noise.spelling import Typos
from synthloop.generate.noise.style import ErrorCounts, HabitRate, Manner, NoiseProfile, StyleProfile, Tally

ENOUGH = 100
"""Messages below which a fit is mostly prior; says so."""
_PRIOR_WEIGHT = 4.0
_FORM_WEIGHT = 10.0
_CASE_WEIGHT = 25.0
_WORD_WEIGHT = 8.0
_PAIR_WEIGHT = 20.0
_ERROR_WEIGHT = 20.0
_ENOUGH_WORDS = 30
_SEEN_WEIGHT = 10.0
_LEAST_SEEN = 0.3
"""Kinds that are seen less often are taken to be rare, not merely unseen."""
_EDITED_COMMAS = 0.08
"""Share of the places for less usual commas that have one in edited requests: a source with as many keeps all of a text's commas."""

_NEED_NO_ARTICLE = 0.25
"""Share of common nouns that rightly have no article behind a preposition."""

_Weights = dict[tuple[CaseStyle, EndMark], float]


def fit_profile(texts: Sequence[str], *, name: str) -> NoiseProfile:
    """Fit a profile to messages of one source.

    Rates are shrunk to `GENERIC` by the weight of a few chances, and rates by case style, word or form of text to the overall rate, so that
    a handful of messages gives a mild profile and many speak for themselves.

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
        manners=tuple(manner for asks in get_args(Asks) for manner in _fit_manners(style, asks)),
        habits={
            **{habit.name: _fit_habit(style, habit.name) for habit in MEASURED},
            NO_ARTICLE.name: _fit_missing_articles(style),
            MISSPELLING: _fit_misspelling(style),
        },
        words={habit: _fit_words(style, habit) for habit in style.words},
        errors=typos.mix,
        first_letter=typos.first_letter,
        vowels=typos.vowels,
        keep_commas=min(1.0, style.tally(INNER_COMMA.name).share / _EDITED_COMMAS),
        forms={name: _fit_forms(name, counts) for name, counts in style.forms.items()},
        warnings=_list_warnings(style),
        style=style,
    )


def _shrink(tally: Tally, prior: float, weight: float = _PRIOR_WEIGHT) -> float:
    return (tally.hits + weight * prior) / (tally.n + weight)


def _fit_manners(style: StyleProfile, asks: Asks) -> list[Manner]:
    """Return the joint shares of case and end mark: of all texts that ask so, and of those of each form, shrunk to the former.

    `unclear` cases and `other` ends tell nothing that noise could draw.
    """
    rows = [row for row in style.manners if row.asks == asks and row.case != "unclear" and row.end != "other"]
    overall = _share_out(rows, _expect_manners(style, asks), _FORM_WEIGHT)
    fitted = _list_manners(overall, asks, None, None)
    for first_i in (False, True):
        same_start = [row for row in rows if row.first_i == first_i]
        start = _share_out(same_start, overall, _FORM_WEIGHT)
        for size in get_args(Size):
            same_form = [row for row in same_start if row.size == size]
            if same_start:
                fitted += _list_manners(_share_out(same_form, start, _FORM_WEIGHT), asks, first_i, size)
    return fitted


def _expect_manners(style: StyleProfile, asks: Asks) -> _Weights:
    """Return what is expected before any text that asks so is seen: the cases of all texts, with the end marks of the generic profile."""
    generic = [row for row in GENERIC.manners if row.asks == asks]
    cases = _add_up(generic)
    seen = _add_up(style.manners)
    counts = {case: seen.get(case, 0.0) + _PRIOR_WEIGHT * share for case, share in cases.items()}
    total = sum(counts.values())
    return {(row.case, row.end): row.share / cases[row.case] * counts[row.case] / total for row in generic}


def _add_up(manners: Sequence[Manner]) -> dict[CaseStyle, float]:
    shares: dict[CaseStyle, float] = {}
    for manner in manners:
        shares[manner.case] = shares.get(manner.case, 0.0) + manner.share
    return shares


def _share_out(rows: Sequence[Manner], prior: _Weights, weight: float) -> _Weights:
    """Return shares that add up to 1: of the counts and of a prior that weighs so many texts."""
    weights = {key: weight * share for key, share in prior.items()}
    for row in rows:
        key = row.case, row.end
        weights[key] = weights.get(key, 0.0) + row.share
    total = sum(weights.values())
    return {key: value / total for key, value in sorted(weights.items())}


def _list_manners(shares: _Weights, asks: Asks, first_i: bool | None, size: Size | None) -> list[Manner]:
    return [Manner(asks=asks, first_i=first_i, size=size, case=case, end=end, share=share) for (case, end), share in shares.items()]


def _fit_habit(style: StyleProfile, habit: str) -> dict[CaseStyle, HabitRate]:
    pooled = style.tally(habit)
    overall = _shrink(pooled, GENERIC.habits[habit][POOLED].rate)
    # Chances of one message agree more than by chance: E[q^2] of a rate q that differs by message, from pairs within messages.
    together = (pooled.pair_hits + _PAIR_WEIGHT * overall**2) / (pooled.pairs + _PAIR_WEIGHT)
    within = min(1.0, max(overall, together / overall)) if overall else 0.0
    # Messages that have the habit must be as many as those that have it where it shows most.
    most = max((tally.share for tally in style.words.get(habit, {}).values() if tally.n >= _ENOUGH_WORDS), default=overall)
    within = min(within, overall / most) if most > overall else within
    rates: dict[CaseStyle, HabitRate] = {POOLED: _gate(overall, within)}
    for case in ("capital", "small", "upper"):
        tally = style.habits.get(habit, {}).get(case)
        if tally is not None:
            rates[case] = _gate(_shrink(tally, overall, _CASE_WEIGHT), within)
    return rates


def _gate(rate: float, within: float) -> HabitRate:
    """Split a rate into the share of messages that have the habit and the rate in those."""
    within = max(rate, within)
    return HabitRate(texts=rate / within if within else 0.0, rate=within)


def _fit_words(style: StyleProfile, habit: str) -> dict[str, float]:
    """Return the rate of each word, and under "" that of words that never came up."""
    overall = _shrink(style.tally(habit), GENERIC.habits[habit][POOLED].rate)
    # Few words are abbreviated by everybody: what was hardly seen is rather not.
    prior, weight = (overall / 4, _PRIOR_WEIGHT) if habit == ABBREVIATED.name else (overall, _WORD_WEIGHT)
    return {"": prior, **{word: _shrink(tally, prior, weight) for word, tally in style.words[habit].items()}}


def _fit_missing_articles(style: StyleProfile) -> dict[CaseStyle, HabitRate]:
    """Return the rates at which articles go that were there: the rest of what was measured is "by phone" and the like."""
    rates = _fit_habit(style, NO_ARTICLE.name)
    return {case: _gate(_discount(rate.share), rate.rate) for case, rate in rates.items()}


def _discount(missing: float) -> float:
    return max(0.0, (missing - _NEED_NO_ARTICLE) / (1.0 - _NEED_NO_ARTICLE))


def _fit_misspelling(style: StyleProfile) -> dict[CaseStyle, HabitRate]:
    """Return the rates of misspellings, those included that can't be seen."""
    counts = _count_kinds(style.errors)
    factor = sum(counts.values()) / (style.errors.first_letter.n + _ERROR_WEIGHT)
    rates = _fit_habit(style, MISSPELLING)
    return {case: _gate(min(1.0, rate.share * factor), min(1.0, rate.rate * factor)) for case, rate in rates.items()}


def _count_kinds(errors: ErrorCounts) -> dict[str, float]:
    """Return how many errors of each kind were made, seen or not, with the generic mix at the weight of a few."""
    prior = dict(zip(ERROR_KINDS, GENERIC.errors.weights(), strict=True))
    return {kind: (errors.kinds.get(kind, 0) + _ERROR_WEIGHT * prior[kind]) / _share_seen(errors, kind) for kind in ERROR_KINDS}


def _share_seen(errors: ErrorCounts, kind: str) -> float:
    tested = errors.seen.get(kind)
    return 1.0 if tested is None else max(_LEAST_SEEN, _shrink(tested, 0.8, _SEEN_WEIGHT))


def fit_typos(errors: ErrorCounts, *, rate: float = 0.0) -> Typos:
    """Return a noiser that makes errors in the mix that was counted, shrunk to the generic mix by the weight of a few errors.

    Args:
        errors: Of a user's messages, see `measure_style`, or of a list of known misspellings, see `count_errors`.
        rate: Share of the words of four letters or more that get an error.
    """
    counts = _count_kinds(errors)
    total = sum(counts.values())
    shares = {kind.replace("-", "_"): count / total for kind, count in counts.items()}
    first_letter, vowels = _shrink(errors.first_letter, GENERIC.first_letter), _shrink(errors.vowels, GENERIC.vowels)
    return Typos(rate=rate, first_letter=first_letter, vowels=vowels, mix=ErrorMix(**shares))


def _fit_forms(name: str, counts: Mapping[str, int]) -> dict[str, float]:
    """Return the weights of the ways to write something; those of the generic profile weigh a few."""
    prior = GENERIC.forms[name]
    total = sum(prior.values())
    return {form: counts.get(form, 0) + _PRIOR_WEIGHT * weight / total for form, weight in prior.items()}


def _list_warnings(style: StyleProfile) -> tuple[str, ...]:
    warnings: list[str] = []
    if style.n < ENOUGH:
        warnings.append(f"fitted to {style.n} messages: below {ENOUGH}, rare habits and misspellings are mostly the generic profile's.")
    warnings.append("lengths can't be matched by noise: see the quantiles of words and chars.")
    return tuple(warnings)


__all__ = ["ENOUGH", "fit_profile", "fit_typos"]

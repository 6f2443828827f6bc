"""Measures how people write: case, end marks, habits and misspellings of their messages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import get_args

import msgspec

from synthloop.generate.noise.abbreviations import ABBREVIATED
from synthloop.generate.noise.casing import SMALL_I, SMALL_START, CaseStyle, case_of
from synthloop.generate.noise.commas import COMMA, INNER_COMMA
from synthloop.generate.noise.contractions import CONTRACTED, NO_APOSTROPHE
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.error_kinds import ERROR_KINDS, VOWELS, classify_error
from synthloop.generate.noise.fillers import CLOSING, OPENING
from synthloop.generate.noise.forms import Asks, Form, form_of
from synthloop.generate.noise.fragments import NO_ARTICLE, NO_SUBJECT
from synthloop.generate.noise.habits import Chance, Habit, find_all
from synthloop.generate.noise.lookalikes import FACE, STRETCH
from synthloop.generate.noise.misspelling import MIN_LETTERS, Misspellings
from synthloop.generate.noise.names import SMALL_NAME
from synthloop.generate.noise.numerals import DIGITS
from synthloop.generate.noise.punctuation import DOUBLE_SPACE, INNER_DOTS, NO_SPACE_AFTER, SPACE_BEFORE, WRITTEN, EndMark, end_of
from synthloop.generate.noise.seen_errors import count_seen
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.noise.style import ErrorCounts, Manner, Statistic, StyleProfile, Tally

HABITS: tuple[Habit, ...] = (
    NO_SUBJECT,
    NO_ARTICLE,
    DIGITS,
    ABBREVIATED,
    CONTRACTED,
    NO_APOSTROPHE,
    STRETCH,
    OPENING,
    CLOSING,
    COMMA,
    INNER_DOTS,
    DOUBLE_SPACE,
    SPACE_BEFORE,
    NO_SPACE_AFTER,
    FACE,
    SMALL_I,
    SMALL_START,
    SMALL_NAME,
)
"""Habits, in the order in which a profile puts them on a text."""
MEASURED = (*HABITS, INNER_COMMA)
"""All habits: commas in less usual places are drawn apart."""
MISSPELLING = "misspelling"
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class _Counts:
    """What adds up over messages."""

    def __init__(self) -> None:
        self.manners: Counter[tuple[Form, CaseStyle, EndMark]] = Counter()
        self.habits: dict[str, dict[CaseStyle, Tally]] = {}
        self.words: dict[str, dict[str, Tally]] = {}
        self.forms: dict[str, Counter[str]] = {}
        self.corrections: list[tuple[str, str]] = []

    def add_habit(self, name: str, case: CaseStyle, hits: int, n: int) -> None:
        by_case = self.habits.setdefault(name, {})
        by_case[case] = by_case.get(case, Tally()).add(hits, n)

    def add_chances(self, habit: Habit, case: CaseStyle, chances: list[Chance]) -> None:
        self.add_habit(habit.name, case, sum(chance.shown for chance in chances), len(chances))
        for chance in chances:
            if chance.word:
                words = self.words.setdefault(habit.name, {})
                words[chance.word] = words.get(chance.word, Tally()).add(chance.shown, 1)
            if chance.form and chance.shown:
                self.add_form(habit.name, chance.form)

    def add_form(self, name: str, form: str) -> None:
        self.forms.setdefault(name, Counter())[form] += 1

    def list_manners(self) -> tuple[Manner, ...]:
        return tuple(
            Manner(asks=form.asks, first_i=form.first_i, size=form.size, case=case, end=end, share=float(count))
            for (form, case, end), count in sorted(self.manners.items())
        )


def measure_style(texts: Sequence[str]) -> StyleProfile:
    """Measure how messages are written.

    Numbers, names, addresses and the like are left out of everything, as noise leaves them alone as well. The cost is about a millisecond a
    message; the word list is read on first use.

    Args:
        texts: Messages of one source; blank ones are skipped. Names and jargon are told from misspellings by what repeats, so the more the
            better.

    Example:
        >>> style = measure_style(["i dont know", "I do not know.", "can u help me"])
        >>> style.n, style.tally("dropped-apostrophe").hits, style.tally("abbreviation").hits
        (3, 1, 1)
    """
    drafts = [(text, Draft(text, find_spans(text))) for text in (text.strip() for text in texts) if text]
    counts = _Counts()
    misspellings = Misspellings([draft.pieces[at].lower() for at in draft.words()] for _, draft in drafts)
    for text, draft in drafts:
        _measure_one(counts, text, draft, misspellings)
    lengths = [len(text.split()) for text, _ in drafts]
    errors = count_errors(counts.corrections)
    return StyleProfile(
        n=len(drafts),
        word_counts=_quantiles(lengths),
        char_counts=_quantiles([len(text) for text, _ in drafts]),
        manners=counts.list_manners(),
        habits=counts.habits,
        words={habit: dict(sorted(words.items())) for habit, words in counts.words.items()},
        errors=msgspec.structs.replace(errors, seen=count_seen([draft for _, draft in drafts], misspellings)),
        forms={name: dict(forms.most_common()) for name, forms in counts.forms.items()},
    )


def _measure_one(counts: _Counts, text: str, draft: Draft, misspellings: Misspellings) -> None:
    case, end = case_of(draft), end_of(draft)
    counts.manners[form_of(text), case, end] += 1
    if len(ways := WRITTEN.get(end, ())) > 1 and (written := draft.pieces[-1].strip()) in ways:
        counts.add_form(end, written)
    for habit in MEASURED:
        chances = find_all(draft, habit)
        if chances:
            counts.add_chances(habit, case, chances)
    words = [
        draft.pieces[at].lower()
        for at in draft.words(letters=MIN_LETTERS)
        if at == 1 or not draft.pieces[at][0].isupper() or case == "upper"
    ]
    corrections = [(word, right) for word in words if (right := misspellings.correct(word)) is not None]
    counts.add_habit(MISSPELLING, case, len(corrections), len(words))
    counts.corrections += corrections


def count_errors(corrections: Iterable[tuple[str, str]]) -> ErrorCounts:
    """Count the kinds of known misspellings.

    Args:
        corrections: (as written, as meant) pairs, none of them empty or alike.

    Example:
        >>> count_errors([("recieve", "receive"), ("adress", "address")]).kinds
        {'transposition': 1, 'undoubling': 1}
    """
    kinds: Counter[str] = Counter()
    first_letter = vowels = Tally()
    for wrong, right in ((wrong.lower(), right.lower()) for wrong, right in corrections):
        kind = classify_error(wrong, right)
        kinds[kind] += 1
        first_letter = first_letter.add(wrong[0] != right[0], 1)
        letter = _changed_letter(wrong, right)
        if letter and kind in ("omission", "insertion", "substitution"):
            vowels = vowels.add(letter in VOWELS, 1)
    return ErrorCounts(kinds={kind: kinds[kind] for kind in ERROR_KINDS if kinds[kind]}, first_letter=first_letter, vowels=vowels)


def _changed_letter(wrong: str, right: str) -> str:
    """Return the first letter of `right` that `wrong` lacks, or that `wrong` has too many."""
    for got, wanted in zip(wrong, right, strict=False):
        if got != wanted:
            return wanted if len(right) >= len(wrong) else got
    longer = right if len(right) > len(wrong) else wrong
    return longer[min(len(wrong), len(right)) :][:1]


def _quantiles(values: list[int]) -> tuple[float, ...]:
    if not values:
        return (0.0,) * len(_QUANTILES)
    ordered = sorted(values)
    return tuple(float(ordered[min(int(quantile * len(ordered)), len(ordered) - 1)]) for quantile in _QUANTILES)


def list_statistics(style: StyleProfile) -> list[Statistic]:
    """Return what was measured, line by line: length, case, end marks given that it asks or not, habits, misspellings and their kinds."""
    rows = [
        Statistic(f"{unit} in a message, {label}", value, style.n)
        for unit, values in (("words", style.word_counts), ("chars", style.char_counts))
        for label, value in zip(("5 % quantile", "lower quartile", "median", "upper quartile", "95 % quantile"), values, strict=True)
    ]
    rows += _list_cases(style)
    rows += _list_ends(style)
    names = [*(habit.name for habit in MEASURED), MISSPELLING]
    rows += [Statistic(name, tally.share, tally.n) for name in names if (tally := style.tally(name)).n]
    errors = style.errors.first_letter
    rows += [Statistic(f"kind of misspelling: {kind}", count / errors.n, errors.n) for kind, count in style.errors.kinds.items()]
    if errors.n:
        rows.append(Statistic("misspelling changes the first letter", errors.share, errors.n))
    return rows


def _list_cases(style: StyleProfile) -> list[Statistic]:
    counts: Counter[str] = Counter()
    for manner in style.manners:
        counts[manner.case] += int(manner.share)
    n = sum(count for case, count in counts.items() if case != "unclear")
    labels = (("capital", "begins with a capital"), ("small", "begins with a small letter"), ("upper", "all capitals"))
    return [Statistic(label, counts[case] / n, n) for case, label in labels if n]


def _list_ends(style: StyleProfile) -> list[Statistic]:
    rows: list[Statistic] = []
    for asks in get_args(Asks):
        counts: Counter[str] = Counter()
        for manner in style.manners:
            if manner.asks == asks and manner.end != "other":
                counts[manner.end] += int(manner.share)
        n = sum(counts.values())
        rows += [Statistic(f"{asks} ends in: {end}", counts[end] / n, n) for end in sorted(counts)]
    return rows


__all__ = ["HABITS", "MEASURED", "MISSPELLING", "count_errors", "list_statistics", "measure_style"]

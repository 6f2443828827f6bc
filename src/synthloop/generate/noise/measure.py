"""Measures how people write: case, end marks, habits and misspellings of their messages."""

from collections import Counter
from collections.abc import Iterable, Sequence

from synthloop.generate.noise.abbreviations import ABBREVIATED
from synthloop.generate.noise.casing import SMALL_I, SMALL_START, CaseStyle, case_of
from synthloop.generate.noise.contractions import CONTRACTED, NO_APOSTROPHE
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.error_kinds import ERROR_KINDS, VOWELS, classify_error
from synthloop.generate.noise.fillers import CLOSING, OPENING
from synthloop.generate.noise.fragments import NO_ARTICLE, NO_SUBJECT
from synthloop.generate.noise.habits import Chance, Habit
from synthloop.generate.noise.lookalikes import FACE, STRETCH
from synthloop.generate.noise.misspelling import MIN_LETTERS, Misspellings
from synthloop.generate.noise.punctuation import (
    COMMA,
    DOUBLE_SPACE,
    INNER_DOTS,
    NO_SPACE_AFTER,
    SPACE_BEFORE,
    EndMark,
    end_of,
    find_commas,
    is_question,
)
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.noise.style import ErrorCounts, Manner, Statistic, StyleProfile, Tally

HABITS: tuple[Habit, ...] = (
    NO_SUBJECT,
    NO_ARTICLE,
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
)
"""All habits, in the order in which a profile puts them on a text."""
MISSPELLING = "misspelling"
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class _Counts:
    """What adds up over messages."""

    def __init__(self) -> None:
        self.manners: Counter[tuple[bool, CaseStyle, EndMark]] = Counter()
        self.habits: dict[str, dict[CaseStyle, Tally]] = {}
        self.abbreviations: dict[str, Tally] = {}
        self.commas = Tally()
        self.corrections: list[tuple[str, str]] = []
        self.fillers: Counter[str] = Counter()

    def add_habit(self, name: str, case: CaseStyle, hits: int, n: int) -> None:
        by_case = self.habits.setdefault(name, {})
        by_case[case] = by_case.get(case, Tally()).add(hits, n)

    def add_chances(self, habit: Habit, case: CaseStyle, chances: list[Chance]) -> None:
        self.add_habit(habit.name, case, sum(chance.shown for chance in chances), len(chances))
        if habit is ABBREVIATED:
            for chance in chances:
                self.abbreviations[chance.word] = self.abbreviations.get(chance.word, Tally()).add(chance.shown, 1)
        elif habit in (OPENING, CLOSING):
            self.fillers.update(chance.word for chance in chances if chance.shown)


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
    return StyleProfile(
        n=len(drafts),
        words=_quantiles(lengths),
        chars=_quantiles([len(text) for text, _ in drafts]),
        manners=tuple(
            Manner(question=question, case=case, end=end, share=float(count))
            for (question, case, end), count in sorted(counts.manners.items())
        ),
        habits=counts.habits,
        abbreviations=dict(sorted(counts.abbreviations.items())),
        errors=count_errors(counts.corrections),
        commas=counts.commas,
        fillers=dict(counts.fillers.most_common()),
    )


def _measure_one(counts: _Counts, text: str, draft: Draft, misspellings: Misspellings) -> None:
    case = case_of(draft)
    counts.manners[is_question(text), case, end_of(draft)] += 1
    for habit in HABITS:
        chances = habit.find(draft)
        if chances:
            counts.add_chances(habit, case, chances)
    counts.commas = counts.commas.add(len(find_commas(draft)), max(len(draft.pieces) // 2 - 1, 0))
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
        for unit, values in (("words", style.words), ("chars", style.chars))
        for label, value in zip(("5 % quantile", "lower quartile", "median", "upper quartile", "95 % quantile"), values, strict=True)
    ]
    rows += _list_cases(style)
    rows += _list_ends(style)
    names = [*(habit.name for habit in HABITS), MISSPELLING]
    rows += [Statistic(name, tally.share, tally.n) for name in names if (tally := style.tally(name)).n]
    errors = style.errors.first_letter
    rows += [Statistic(f"kind of misspelling: {kind}", count / errors.n, errors.n) for kind, count in style.errors.kinds.items()]
    if errors.n:
        rows.append(Statistic("misspelling changes the first letter", errors.share, errors.n))
    rows.append(Statistic("comma between two words", style.commas.share, style.commas.n))
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
    for question, kind in ((True, "question"), (False, "statement or order")):
        counts: Counter[str] = Counter()
        for manner in style.manners:
            if manner.question == question and manner.end != "other":
                counts[manner.end] += int(manner.share)
        n = sum(counts.values())
        rows += [Statistic(f"{kind} ends in: {end}", counts[end] / n, n) for end in sorted(counts)]
    return rows


__all__ = ["HABITS", "MISSPELLING", "count_errors", "list_statistics", "measure_style"]

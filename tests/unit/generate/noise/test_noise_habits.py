"""Where habits come up, which way they went, and what they write."""

import random

import pytest

from synthloop.generate.noise.commas import COMMA, ELSEWHERE, FIRST, INNER_COMMA, LAST, Commas
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.forms import Form, form_of
from synthloop.generate.noise.habits import Habit, find_all
from synthloop.generate.noise.misspelling import Misspellings
from synthloop.generate.noise.names import SMALL_NAME
from synthloop.generate.noise.numerals import DIGITS
from synthloop.generate.noise.seen_errors import count_seen
from synthloop.generate.noise.spans import find_spans


def find(habit: Habit, text: str) -> list[tuple[bool, str]]:
    return [(chance.shown, chance.word) for chance in find_all(Draft(text, find_spans(text)), habit)]


def write(habit: Habit, text: str) -> str:
    """Return the text with the habit made the other way wherever noise may."""
    draft = Draft(text, find_spans(text))
    for chance in habit.find(draft):
        habit.write(draft, chance.position, not chance.shown, random.Random(1))
    return draft.text()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wake me at five", "wake me at 5"),
        ("twenty five people", "25 people"),
        ("twenty-five of three hundred and seven", "25 of 307"),
        ("one of the two hundred", "one of the 200"),
        ("two thousand and five point six", "two thousand and five point 6"),
        ("on the twenty first", "on the twenty first"),
        ("wake me at 5", "wake me at 5"),
    ],
)
def test_numbers_in_words_become_digits_and_never_the_other_way(text: str, expected: str) -> None:
    assert write(DIGITS, text) == expected


def test_numbers_are_measured_by_size_in_words_and_in_digits() -> None:
    assert find(DIGITS, "two or 3 of fifty, 80 at 5:30") == [(False, "up to ten"), (False, "more"), (True, "up to ten"), (True, "more")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call on Monday", "call on monday"),
        ("call from london on tv", "call from London on TV"),
        ("fly to new york", "fly to New York"),
        ("pay with paypal", "pay with PayPal"),
        ("Monday works", "Monday works"),
    ],
)
def test_names_that_all_know_lose_and_win_their_capitals(text: str, expected: str) -> None:
    assert write(SMALL_NAME, text) == expected


def test_names_are_measured_by_sort_even_where_noise_keeps_them() -> None:
    assert find(SMALL_NAME, "send it to london on tv") == [(True, "place"), (True, "tv")]
    assert find(SMALL_NAME, "send it to London for me") == [(False, "place")]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("where is my card", Form("question", first_i=False, size="short")),
        ("um, could you tell me where it is", Form("request", first_i=False, size="single")),
        ("I'm lost. what now", Form("question", first_i=True, size="several")),
        ("ive lost it", Form("statement", first_i=True, size="short")),
        ("ice is cold today in town", Form("statement", first_i=False, size="single")),
    ],
)
def test_the_form_of_a_text_is_told_by_its_words(text: str, form: Form) -> None:
    assert form_of(text) == form
    assert form_of(text + "?").asks == form.asks


def test_commas_are_usual_in_some_places_and_counted_by_place_elsewhere() -> None:
    text = "well, send it today but call me please"
    assert find(COMMA, text) == [(True, "well"), (False, "but"), (False, "please")]
    # Nobody puts one behind "if".
    assert find(INNER_COMMA, "send today, if you call Peter") == [(False, FIRST), (True, "if"), (False, ELSEWHERE), (False, LAST)]


def test_commas_are_put_at_the_rates_of_their_places() -> None:
    commas = Commas(0.5, {"if": 0.6, LAST: 0.2}, other=0.1, keep=1.0)
    counts = dict.fromkeys((2, 4, 8, 10), 0)
    rng = random.Random(1)
    for _ in range(4000):
        draft = Draft("send today if you call peter")
        commas.put(draft, rng)
        for gap in counts:
            counts[gap] += draft.pieces[gap] == ", "
    assert [count / 4000 for count in counts.values()] == pytest.approx([0.05, 0.3, 0.05, 0.1], abs=0.02)


def test_commas_of_edited_texts_are_thinned_and_none_is_added_there() -> None:
    commas = Commas(1.0, {}, other=1.0, keep=0.0)
    drafts = [Draft("Send today, if you call"), Draft("Send today if you call.")]
    for draft in drafts:
        commas.put(draft, random.Random(1))
    assert [draft.text() for draft in drafts] == ["Send today if you call", "Send today if you call."]


def test_errors_that_make_other_words_are_seen_less_often() -> None:
    texts = ["please send the monthly statement about another payment from london"] * 40
    drafts = [Draft(text) for text in texts]
    seen = count_seen(drafts, Misspellings(text.split() for text in texts))
    assert seen["transposition"].share > 0.8
    assert seen["split"].share < 0.2

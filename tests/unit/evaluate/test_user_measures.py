"""What users are like, read from transcripts."""

import random

import pytest

from synthloop.core.transcript import EndReason, Transcript, Turn
from synthloop.evaluate.user_measures import MANNER_RULES, fit_manners, measure_users

YES, TALK = "a table for two", "how are you today?"


def talk(*said: str, end: EndReason = "answered") -> Transcript:
    """User and app in turns, the user first."""
    turns = tuple(Turn(role="app" if at % 2 else "user", text=text) for at, text in enumerate(said))
    return Transcript(id="t", sample_id="s", app="a", app_version="1", turns=turns, end_reason=end)


def talk_of(users_turns: list[str]) -> Transcript:
    return talk(*(text for turn in users_turns for text in (turn, "Noted.")))


def test_shares_are_of_turns_and_lengths_of_what_is_said_before_the_app_speaks() -> None:
    turns = (
        Turn(role="app", text="Hello, when?"),
        Turn(role="user", text="on friday"),
        Turn(role="user", text="no wait, on monday instead"),
        Turn(role="app", text="Which place?"),
        Turn(role="user", text="what do you have?"),
        Turn(role="app", text="Shall I book it?"),
        Turn(role="user", text="yes, thanks"),
    )
    found = measure_users([Transcript(id="t", sample_id="s", app="a", app_version="1", turns=turns, end_reason="answered")])
    values = {name: metric.value for name, metric in found.items()}
    assert values["turns"] == 3
    assert values["words"] == pytest.approx((7 + 4 + 2) / 3)
    assert values["corrections"] == values["questions_back"] == values["confirmations"] == pytest.approx(1 / 3)
    assert values["digressions"] == values["early_exits"] == 0


@pytest.mark.parametrize(
    ("said", "end", "early"),
    [
        (("a table", "For when?"), "answered", 1.0),
        (("a table", "For when?", "forget it", "Bye."), "answered", 1.0),
        (("a table", "For when?", "hello?", "For when?"), "user_gave_up", 1.0),
        (("a table", "For when?"), "turn_limit", 0.0),
        (("a table", "Done.", "thanks", "Bye."), "answered", 0.0),
        (("a table", "Done. Anything else?"), "answered", 0.0),
    ],
)
def test_who_leaves_before_anything_is_reached_leaves_early(said: tuple[str, ...], end: EndReason, early: float) -> None:
    assert measure_users([talk(*said, end=end)])["early_exits"].value == early


def test_what_one_person_does_again_and_again_widens_the_interval() -> None:
    talks = [talk_of([YES, TALK if place < 10 else YES]) for place in range(20)]
    alone = measure_users(talks)["digressions"]
    same = measure_users(talks, users=[str(place // 10) for place in range(20)])["digressions"]
    assert (alone.value, alone.clusters, same.clusters) == (0.25, 20, 2)
    assert (same.high or 0) - (same.low or 0) > (alone.high or 0) - (alone.low or 0)


def test_no_conversation_has_no_measures() -> None:
    assert {metric.value for metric in measure_users([]).values()} == {None}
    assert {(rate.users, rate.turns) for rate in fit_manners([]).values()} == {(0.0, 0.0)}


@pytest.mark.parametrize(("users", "turns"), [(0.3, 0.2), (1.0, 0.1), (0.1, 0.8)])
def test_the_fit_finds_who_has_a_manner_and_how_often_it_shows(users: float, turns: float) -> None:
    rng = random.Random(3)
    talks: list[Transcript] = []
    for _ in range(3000):
        share = turns if rng.random() < users else 0.0
        talks.append(talk_of([TALK if rng.random() < share else YES for _ in range(rng.randint(4, 12))]))
    found = fit_manners(talks)["wanders"]
    assert found.users == pytest.approx(users, rel=0.15)
    assert found.turns == pytest.approx(turns, rel=0.15)


def test_manners_that_nobody_showed_are_none() -> None:
    found = fit_manners([talk_of([YES, YES])])
    assert set(found) == set(MANNER_RULES)
    assert all(rate.users == rate.turns == 0 for rate in found.values())


def test_giving_up_counts_in_the_last_turn() -> None:
    found = fit_manners([talk_of(["never mind the window", YES]), talk_of([YES, YES, YES, "forget it"])])
    assert (found["gives_up"].users, found["gives_up"].turns) == (0.5, 0.25)

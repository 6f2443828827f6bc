import re
from importlib.resources import files
from random import Random

import pytest

from synthloop.core.behavior import Authored, Behavior, Choice, Parameter
from synthloop.generate.candidates import generate_candidates
from synthloop.generate.contrast import find_contrast
from synthloop.generate.lexicon.kinds import kind_of_values, shipped_kinds
from synthloop.generate.settings import GenerateSettings
from synthloop.generate.values import Choices, find_free_values, list_values, swap_values

HOTELS = ("a hotel in rome from monday", "find me a room", "is there a free room by the sea", "reserve the suite")


def behavior_of(*texts: str, name: str = "hotel", expected: str | None = "hotel", own: str | None = None) -> Behavior:
    authored = tuple(Authored(messages=(("user", text),), expected=own) for text in texts)
    return Behavior(id=name, says="s", expected=expected, authored=authored)


def free_values(behavior: Behavior, *others: Behavior) -> Choices:
    return find_free_values(behavior, find_contrast(behavior, (behavior, *others)))


def test_every_line_of_the_kinds_names_one_and_no_value_has_two() -> None:
    lines = (files("synthloop.generate.lexicon") / "kinds.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"# .*|[a-z ]+: [a-z ]+(?:, [a-z ]+)+", line) for line in lines)
    assert len(kind_of_values()) == sum(map(len, shipped_kinds().values()))


def test_values_are_free_that_most_authored_samples_do_without() -> None:
    free = free_values(behavior_of(*HOTELS))
    assert sorted(free) == ["monday", "rome"]
    assert "friday" in free["monday"]
    assert "monday" not in free["monday"]


@pytest.mark.parametrize(
    "behavior",
    [
        pytest.param(behavior_of(*HOTELS, expected=None), id="no expectation"),
        pytest.param(behavior_of(*HOTELS, own="oslo"), id="expectations of their own"),
        pytest.param(behavior_of(*HOTELS, expected="Rome, from Monday"), id="named by the expectation"),
        pytest.param(behavior_of(*HOTELS[:2]), id="too few samples to tell"),
        pytest.param(behavior_of(*(f"{text} in rome on monday" for text in HOTELS)), id="in every sample"),
    ],
)
def test_values_stay_that_the_expectation_may_depend_on(behavior: Behavior) -> None:
    assert free_values(behavior) == {}


def test_values_of_parameters_and_of_earlier_messages_stay() -> None:
    parameter = Parameter(name="where", choices=(Choice(value="rome"), Choice(value="oslo")))
    earlier = Authored(messages=(("user", "i arrive on monday"), ("app", "and then?"), ("user", "then a room")))
    authored = (*behavior_of(*HOTELS).authored, earlier)
    assert free_values(Behavior(id="hotel", says="s", expected="hotel", authored=authored, parameters=(parameter,))) == {}


def test_no_value_comes_in_that_marks_another_behavior() -> None:
    other = behavior_of("closed on friday?", "is it friday yet", name="closing", expected="closing")
    assert "friday" not in free_values(behavior_of(*HOTELS), other)["monday"]


def test_a_change_keeps_case_and_articles_and_tells_two_values_apart() -> None:
    choices = {"denver": ("new york",), "rome": ("new york", "oslo"), "french": ("italian",)}
    changed = swap_values("A French cook flies from Rome to Denver, and back to ROME", choices, (), Random(0))
    assert changed in {
        "An Italian cook flies from Oslo to New York, and back to OSLO",
        "An Italian cook flies from New York to Denver, and back to NEW YORK",
    }


def test_what_is_kept_stays() -> None:
    assert swap_values("from rome on monday", {"rome": ("oslo",), "monday": ("friday",)}, ("Rome",), Random(0)) == "from rome on friday"


@pytest.mark.parametrize(
    "text", ["mail sam@example.com", "sam.html", "a new-york-style loft", "a day or two", "london, england", "rome's", "Samantha"]
)
def test_what_only_looks_like_a_value_is_none(text: str) -> None:
    assert [value for value in list_values(text) if value != "rome"] == []


def test_candidates_have_other_values_unless_the_settings_say_no() -> None:
    behavior = behavior_of(*HOTELS)

    def list_places(*, vary_values: bool) -> set[str]:
        settings = GenerateSettings(vary_values=vary_values, noise_share=0, variants_per_authored=100)
        candidates = generate_candidates(behavior, (behavior,), settings=settings, noisers=(), seed=1)
        return {value for sample in candidates for value in list_values(sample.text) if kind_of_values()[value] == "city"}

    assert list_places(vary_values=False) == {"rome"}
    assert len(list_places(vary_values=True)) > 10

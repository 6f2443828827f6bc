"""Content ids and addressed chance: the same everywhere, in any order."""

import os
import subprocess
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.core.record_strategies import json_values

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Chances, Lineage, chance, content_id, encode_canonical
from synthloop.core.sample import Message, make_sample, with_text

LINEAGE = Lineage(origin="authored")


@given(st.dictionaries(st.text(max_size=4), json_values, min_size=2, max_size=5))
def test_an_id_does_not_depend_on_the_order_of_keys(value: dict[str, JsonValue]) -> None:
    assert content_id(dict(reversed(value.items()))) == content_id(value)


@given(json_values, json_values)
def test_different_content_has_different_ids(one: JsonValue, other: JsonValue) -> None:
    assume(encode_canonical(one) != encode_canonical(other))
    assert content_id(one) != content_id(other)


def test_parts_are_not_run_together() -> None:
    assert len({content_id("ab", "c"), content_id("a", "bc"), content_id("abc"), content_id(["ab", "c"]), content_id("ab,c")}) == 5


def test_ids_stay_what_they_were() -> None:
    """Ids are saved in stores, baselines and split files: a changed hash would orphan them all."""
    made = make_sample(
        behavior_id="schedule", scenario_id="s", messages=(Message(role="user", text="book a call"),), expected="schedule", lineage=LINEAGE
    )
    assert content_id("schedule") == "2cf0ccdc3990013726d0e9541d8939c8"
    assert made.id == "8cdd7890e03696d10177a34c795977a3"


def test_the_same_content_is_the_same_sample_wherever_it_was_made() -> None:
    label: JsonValue = ["a", 1]
    messages = (Message(role="user", text="book a call"),)
    one = make_sample(behavior_id="b", scenario_id="s", messages=messages, lineage=LINEAGE, attributes={"a": "1"}, expected=label)
    other = make_sample(behavior_id="b", scenario_id="t", messages=messages, lineage=Lineage(origin="production"), expected=label)
    assert one.id == other.id
    assert one.id != make_sample(behavior_id="c", scenario_id="s", messages=messages, lineage=LINEAGE, expected=label).id
    assert one.id != make_sample(behavior_id="b", scenario_id="s", messages=messages, lineage=LINEAGE, expected=["a", 1.0]).id


def test_a_new_text_gives_a_new_sample_with_merged_attributes_and_no_split() -> None:
    before = (Message(role="user", text="hi"), Message(role="app", text="hello"))
    old = make_sample(
        behavior_id="b",
        scenario_id="s",
        messages=(*before, Message(role="user", text="book")),
        lineage=LINEAGE,
        attributes={"a": "1", "b": "1"},
    )
    new = with_text(old, "bok", lineage=Lineage(origin="noised", parents=(old.id,)), attributes={"b": "2"})
    assert (new.text, new.messages[:2], new.attributes, new.split) == ("bok", before, {"a": "1", "b": "2"}, None)
    assert new.id == make_sample(behavior_id="b", scenario_id="s", messages=new.messages, lineage=LINEAGE).id != old.id
    assert old.text == "book"


@given(st.integers(), st.text(), st.text(), st.integers(min_value=0))
def test_an_address_always_gives_the_same_numbers(seed: int, stage: str, record_id: str, replica: int) -> None:
    one, other = (chance(seed, stage, record_id, replica) for _ in range(2))
    assert [one.random() for _ in range(3)] == [other.random() for _ in range(3)]


def test_neighboring_addresses_are_independent() -> None:
    addresses = [(seed, stage, record, replica) for seed in range(5) for stage in "ab" for record in ("x", "y") for replica in range(5)]
    firsts = [chance(*address).random() for address in addresses]
    assert len(set(firsts)) == len(addresses)
    assert 0.4 < sum(chance(0, "mean", str(number)).random() for number in range(2000)) / 2000 < 0.6


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_chance_and_ids_do_not_depend_on_hash_randomization(hash_seed: str) -> None:
    code = (
        "from synthloop.core.lineage import chance, content_id\n"
        "print(content_id({'b': 1, 'a': ['x']}), chance(7, 'noise', 'a').random(), chance(7, 'noise', 'a').sample(range(99), 3))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
    ).stdout
    here = f"{content_id({'b': 1, 'a': ['x']})} {chance(7, 'noise', 'a').random()} {chance(7, 'noise', 'a').sample(range(99), 3)}\n"
    assert said == here


def test_chance_stays_what_it_was() -> None:
    """A changed generator would change every run that a seed is meant to repeat."""
    assert round(chance(7, "noise", "a").random(), 6) == 0.341251


def test_numbers_of_an_address_do_not_depend_on_what_was_drawn_elsewhere() -> None:
    one, other = Chances(), Chances()
    other.move_to(7, "noise", "b")
    other.choices("abc", k=40)
    for chances in (one, other):
        chances.move_to(7, "noise", "a", 1)
    assert [one.random() for _ in range(20)] == [other.random() for _ in range(20)]
    assert one.getrandbits(70) == other.getrandbits(70)
    assert one.sample(range(99), 9) == other.sample(range(99), 9)


def test_numbers_of_all_addresses_are_spread_evenly() -> None:
    chances = Chances()
    drawn: list[float] = []
    for at in range(2000):
        chances.move_to(7, "noise", str(at))
        drawn += [chances.random() for _ in range(10)]
    assert 0.0 <= min(drawn) < max(drawn) < 1.0
    for low in range(10):
        assert sum(low / 10 <= number < (low + 1) / 10 for number in drawn) / len(drawn) == pytest.approx(0.1, abs=0.01)
    chances.move_to(7, "noise", "bits")
    assert [sum(chances.getrandbits(3) == value for _ in range(8000)) / 8000 for value in range(8)] == pytest.approx([0.125] * 8, abs=0.02)
    assert max(chances.getrandbits(64) for _ in range(100)) < 1 << 64

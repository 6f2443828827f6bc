"""Looking at all samples together, on a store on disk."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest
from tests.unit.loop.toy_loop import MakeSetup

from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.lineage import Lineage
from synthloop.core.ports import Store
from synthloop.core.sample import Message, Sample, Split, make_sample
from synthloop.curate.order import DEFAULT_VALIDATORS
from synthloop.curate.shortcuts import Sign
from synthloop.curate.verdicts import keep_sample
from synthloop.loop.generate import ACTIVE_BATCH, generate_samples
from synthloop.loop.inspect import inspect_samples
from synthloop.project.python_api import behavior

TWO = (Behavior(id="pay", says="Pay.", expected="pay", weight=3), Behavior(id="book", says="Book.", expected="book"))


def _say(text: str, label: str = "pay", split: Split = "train", **attributes: str) -> Sample:
    made = make_sample(
        behavior_id=label,
        scenario_id=text,
        messages=(Message(role="user", text=text),),
        expected=label,
        attributes=attributes,
        lineage=Lineage(origin="generated"),
    )
    return msgspec.structs.replace(made, split=split)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with SqliteStore.open(tmp_path / "store.sqlite") as opened:
        yield opened


def _save(store: Store, samples: Iterable[Sample]) -> None:
    store.save_candidates(((sample, keep_sample(sample, DEFAULT_VALIDATORS[0].spec)) for sample in samples), batch="b")
    store.write_note(ACTIVE_BATCH, "b")


def test_a_generated_set_is_counted_and_keeps_its_splits_apart(make_setup: MakeSetup) -> None:
    setup = make_setup()
    generate_samples(setup)
    found = inspect_samples(setup.store, setup.behaviors, seed=setup.seed)
    assert found == inspect_samples(setup.store, setup.behaviors, seed=setup.seed)
    assert sum(sum(count.splits.values()) for count in found.behaviors) == 120
    assert found.n == 120 - sum(count.splits["holdout"] for count in found.behaviors)
    assert all(sum(values.values()) == found.n for values in found.counts.values())
    assert all(0 < count.largest_phrasing < found.n and count.phrasings > 3 for count in found.behaviors)
    assert (found.leaks, found.holdout_leaks, found.conflicts) == ((), {}, ())
    assert [group.value for group in found.diversity.groups] == ["", "book", "pay"]


def test_behaviors_and_openings_are_weighed_against_what_was_asked(store: Store) -> None:
    _save(store, [_say(f"please pay me the bill {n}x", label) for label in ("pay", "book") for n in range(100)])
    found = inspect_samples(store, TWO)
    assert {(p.feature, p.value, p.within) for p in found.find_too_often()} >= {
        ("behavior", "book", ""),
        ("opening", "please pay me", "pay"),
        ("opening", "please pay me", "book"),
    }
    assert {(p.feature, p.value, p.expected) for p in found.find_too_rare()} == {("behavior", "pay", 150.0)}


def test_only_parameters_without_conditions_are_weighed(store: Store) -> None:
    who = {"Ana": 3, "Tom": 1}
    once = [f"{n}" for n in range(60)]
    pay = behavior(
        "pay",
        says="Pay.",
        expected="pay",
        templates=["{opening} {who} pays the {kind} {when}"],
        parameters={"who": who, "opening": once, "kind": ["bill", "rent"], "when": ["now", "later"]},
        constraints=[{"not": {"kind": "rent", "when": "later"}}],
    )
    texts = [_say(f"{n} {name}", who=name, opening=n, kind="bill", when="now", source="template") for n in once for name in who]
    _save(store, texts)
    assert {p.feature for p in inspect_samples(store, [pay]).find_too_often() if p.within} == {"{who}"}


def test_attributes_that_give_the_label_away_are_named(store: Store) -> None:
    names = {"pay": "Ana", "book": "Tom"}
    _save(store, [_say(f"text {n} of {label}", label, who=names[label], coin=str(n % 2)) for label in names for n in range(60)])
    (shortcut,) = inspect_samples(store, TWO).find_strong_shortcuts()
    assert (shortcut.feature, shortcut.guess_share, shortcut.blind_share) == ("who", 1.0, 0.5)
    assert shortcut.sign == Sign(value="Ana", label="pay", count=60, n=60)


def test_a_label_that_is_never_noised_is_a_shortcut(store: Store) -> None:
    noised = [_say(f"{n} bill", "pay", noise="typos") for n in range(60)]
    _save(store, [*noised, *(_say(f"{n} room", "book") for n in range(60))])
    found = inspect_samples(store, TWO, compare=["noise", "behavior"])
    assert [shortcut.feature for shortcut in found.find_strong_shortcuts()] == ["noise"]
    assert found.counts["noise"] == {"none": 60, "typos": 60}
    assert [group.value for group in found.diversity.groups if group.feature == "noise"] == ["none", "typos"]


def test_copies_and_contradictions_are_found_and_the_holdout_is_only_counted(store: Store) -> None:
    _save(
        store,
        [
            _say("settle the open invoice please"),
            _say("Settle the open invoice, please!", split="dev"),
            _say("reserve the large hall for me", "book", "train"),
            _say("Reserve the large hall for me.", "book", "holdout"),
            _say("the usual one", "pay"),
            _say("the usual one", "book"),
        ],
    )
    found = inspect_samples(store, TWO)
    assert [leak.kind for leak in found.leaks] == ["exact"]
    assert found.holdout_leaks == {"exact": 1}
    assert [conflict.text for conflict in found.conflicts] == ["the usual one"]
    assert [count.splits for count in found.behaviors] == [{"train": 2, "dev": 0, "holdout": 1}, {"train": 2, "dev": 1, "holdout": 0}]


def test_texts_that_lie_closest_together_are_the_least_varied(store: Store) -> None:
    words = ["apple", "river", "stone", "candle", "mirror", "window", "garden", "pepper", "rocket", "violin"]
    varied = [_say(f"{words[n % 10]} {words[n // 10]} {words[(n * 7 + n // 10) % 10]}", "book") for n in range(100)]
    _save(store, [*varied, *(_say(f"please pay the bill of room {n}") for n in range(100))])
    (least,) = inspect_samples(store, TWO).find_least_varied()
    assert (least.feature, least.value) == ("behavior", "pay")


def test_what_is_not_there_is_said(store: Store) -> None:
    with pytest.raises(UsageError, match="synthloop generate"):
        inspect_samples(store, TWO)
    _save(store, [_say("pay it", who="Ana")])
    with pytest.raises(UsageError, match=r"no sample has an attribute 'whom'\. Did you mean 'who'\?"):
        inspect_samples(store, TWO, compare=["whom"])
    assert inspect_samples(store, TWO).diversity.draw_size == 0

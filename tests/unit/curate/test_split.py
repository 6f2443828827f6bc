import random
from collections import Counter
from collections.abc import Callable

import pytest

from synthloop.core.errors import UsageError
from synthloop.core.sample import Sample, Split
from synthloop.curate.split import SplitShares, assign_splits, plan_splits

Say = Callable[..., Sample]
_SHARES = SplitShares(train=0.7, dev=0.1, holdout=0.2)


def _many(say: Say, scenarios: int = 120, *, several: bool = False) -> list[Sample]:
    rng = random.Random(9)
    samples: list[Sample] = []
    for scenario in range(scenarios):
        behavior = f"b{scenario % 4}"
        labels = [label for label, share in (("red", 0.5), ("green", 0.3), ("rare", 0.1)) if rng.random() < share]
        letters = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz ", k=30))
        for copy in range(rng.randint(1, 6)):
            samples.append(say(f"{letters} {copy}", labels if several else behavior, behavior=behavior, scenario=f"s{scenario}"))  # noqa: PERF401
    return samples


@pytest.mark.parametrize("several", [False, True])
def test_behaviors_and_labels_are_everywhere_in_their_share(say: Say, several: bool) -> None:
    samples = _many(say, several=several)
    plan = plan_splits(samples, _SHARES, seed=1)
    assert plan.imbalance_after < 0.03 < plan.imbalance_before
    assert plan.impossible == ()
    assert set(plan.splits) == {sample.id for sample in samples}
    for behavior in ("b0", "b1", "b2", "b3"):
        counts = Counter(plan.splits[sample.id] for sample in samples if sample.behavior_id == behavior)
        assert counts["train"] / counts.total() == pytest.approx(0.7, abs=0.05)
        assert counts["holdout"] / counts.total() == pytest.approx(0.2, abs=0.05)


def test_order_does_not_matter_and_the_seed_repeats(say: Say) -> None:
    samples = _many(say)
    splits = assign_splits(samples, _SHARES, seed=1)
    assert assign_splits(samples[::-1], _SHARES, seed=1) == splits
    assert assign_splits(samples, _SHARES, seed=2) != splits


def test_scenarios_that_were_fixed_stay_and_take_their_copies_along(say: Say) -> None:
    samples = _many(say)
    fixed: dict[str, Split] = {f"s{n}": "holdout" for n in range(20)}
    copy = say(samples[0].text + " please", samples[0].expected, behavior=samples[0].behavior_id, scenario="new")
    splits = assign_splits([*samples, copy], _SHARES, seed=1, fixed=fixed)
    assert {splits[sample.id] for sample in samples if sample.scenario_id in fixed} == {"holdout"}
    assert splits[copy.id] == "holdout"


def test_copies_share_a_split_across_scenarios(say: Say) -> None:
    pairs = [
        (say("who signed the contract with the supplier", scenario="a"), say("who singed the contract with the suplier", scenario="b")),
        (say("turn the volume up a little", "up", scenario="c"), say("Turn the volume up a little!", "louder", scenario="d")),
        (
            say("book me a flight to Rome for the weekend", scenario="e", protected=("Rome",)),
            say("book me a flight to Oslo for the weekend", scenario="f", protected=("Oslo",)),
        ),
    ]
    others = _many(say, 40)
    for seed in range(5):
        splits = assign_splits([*others, *(sample for pair in pairs for sample in pair)], _SHARES, seed=seed)
        assert [splits[one.id] == splits[other.id] for one, other in pairs] == [True, True, True]


def test_copies_that_were_fixed_apart_stay_apart_and_are_named(say: Say) -> None:
    one, other = (
        say("who signed the contract with the supplier", scenario="a"),
        say("who singed the contract with the suplier", scenario="b"),
    )
    plan = plan_splits([one, other], _SHARES, seed=1, fixed={"a": "train", "b": "holdout"})
    assert plan.splits == {one.id: "train", other.id: "holdout"}
    assert plan.impossible[0].startswith("scenarios a and b have near copies of each other")


def test_few_groups_reach_every_split(say: Say) -> None:
    words = ("apple", "bridge", "candle")
    samples = [say(f"{word} {word} {n}", "x", scenario=word) for word in words for n in range(9)]
    for seed in range(5):
        assert set(assign_splits(samples, _SHARES, seed=seed).values()) == {"train", "dev", "holdout"}


def test_too_few_groups_are_named(say: Say) -> None:
    plan = plan_splits([say("only this", behavior="lonely")], _SHARES, seed=1)
    assert plan.impossible == ("behavior lonely has nothing in dev and holdout: its samples are 1 group of near copies",)


def test_a_split_without_a_share_gets_nothing(say: Say) -> None:
    plan = plan_splits(_many(say), SplitShares(train=0.5, dev=0.0, holdout=0.5), seed=1)
    assert set(plan.splits.values()) == {"train", "holdout"}
    assert plan.impossible == ()


def test_nothing_to_split() -> None:
    assert assign_splits([], _SHARES, seed=1) == {}


@pytest.mark.parametrize("shares", [(0.5, 0.2, 0.2), (1.2, -0.2, 0.0)])
def test_shares_must_add_up(shares: tuple[float, float, float]) -> None:
    with pytest.raises(UsageError, match="split shares are"):
        SplitShares(train=shares[0], dev=shares[1], holdout=shares[2])

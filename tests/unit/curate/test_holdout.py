"""The holdout may be read a few times only."""

import msgspec
import pytest

from synthloop.core.errors import SpentHoldoutError
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, make_sample
from synthloop.curate.holdout import check_holdout, holdout_id


def test_the_same_samples_in_any_order_are_the_same_holdout() -> None:
    samples = [
        make_sample(behavior_id="b", scenario_id="s", messages=(Message(role="user", text=text),), lineage=Lineage(origin="authored"))
        for text in "abc"
    ]
    moved = [msgspec.structs.replace(sample, split="holdout") for sample in reversed(samples)]
    assert holdout_id(samples) == holdout_id(moved)
    assert holdout_id(samples) != holdout_id(samples[:2])


def test_a_holdout_is_read_as_often_as_allowed_and_no_more() -> None:
    check_holdout(0, 1)
    check_holdout(2, 3)
    for reads, allowed in ((1, 1), (4, 3), (0, 0)):
        with pytest.raises(
            SpentHoldoutError, match=f"it was read {reads} times and may be read {allowed} times.*`synthloop holdout rotate`"
        ):
            check_holdout(reads, allowed)

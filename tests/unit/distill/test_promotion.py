from typing import Any

import msgspec
import pytest
from scipy import stats

from synthloop.core.behavior import Authored, Behavior
from synthloop.core.lineage import Lineage
from synthloop.core.report import FailureMode
from synthloop.distill.confirmation import confirm_mode, measure_surprise
from synthloop.distill.promotion import promote_modes


def make_mode(*sample_ids: str, confirmed: bool | None = True) -> FailureMode:
    return FailureMode(id="m", name="schedule answered as other", scorer="label", sample_ids=sample_ids, confirmed=confirmed)


@pytest.mark.parametrize(
    ("tried", "failed", "rate", "confirmed"),
    [
        (8, 6, 0.1, True),
        (8, 1, 0.1, False),
        (8, 6, 0.7, False),
        (10, 9, 0.9, True),
        (0, 0, 0.1, None),
        (8, 1, 0.0, False),
        (8, 2, 0.0, True),
        (5, 5, 1.0, True),
        (4, 4, 1.0, False),
    ],
)
def test_a_mode_is_confirmed_where_neighbors_fail_beyond_the_overall_rate(
    tried: int, failed: int, rate: float, confirmed: bool | None
) -> None:
    mode = confirm_mode(make_mode("a", confirmed=None), tried, failed, rate)
    assert (mode.confirmed, mode.neighbors_tried, mode.neighbors_failed) == (confirmed, tried, failed)


def test_surprise_is_the_binomial_tail() -> None:
    assert measure_surprise(10, 4, 0.2) == pytest.approx(float(stats.binom.sf(3, 10, 0.2)))


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2 neighbors"):
        confirm_mode(make_mode("a"), 2, 3, 0.1)


def test_central_failures_of_different_phrasings_are_promoted_with_lineage(history: Any) -> None:
    first = history.add("move my 3pm", "schedule", "other", scenario="move")
    copy = history.add("move my  3PM", "schedule", "other", scenario="move")
    near = history.add("move my 4pm", "schedule", "other", scenario="move")
    other = history.add("push the sync", "schedule", "other", scenario="push")
    mode = make_mode(first.id, copy.id, near.id, other.id)
    promoted = promote_modes([mode], history.by_id, per_mode=3)
    assert [one.sample_id for one in promoted] == [first.id, other.id]
    assert promoted[0].authored == Authored(
        messages=(("user", "move my 3pm"),),
        expected="schedule",
        attributes={"city": "Rome", "failure_mode": mode.name, "promoted_from": first.id},
        protected=("3pm",),
    )
    assert promoted[0].lineage == msgspec.structs.replace(first.lineage, parents=(first.id, "root"))
    assert [one.sample_id for one in promote_modes([mode], history.by_id, per_mode=1)] == [first.id]


def test_only_confirmed_modes_and_new_samples_are_promoted(history: Any) -> None:
    sample = history.add("move my 3pm", "schedule", "other")
    assert promote_modes([make_mode(sample.id, confirmed=None), make_mode(sample.id, confirmed=False)], history.by_id) == ()
    known = Behavior(id="schedule", says="Schedules.", authored=(Authored(messages=(("user", "Move my 3pm"),), expected="schedule"),))
    assert promote_modes([make_mode(sample.id)], history.by_id, [known]) == ()
    assert len(promote_modes([make_mode(sample.id), make_mode(sample.id)], history.by_id)) == 1
    assert promote_modes([make_mode("gone")], history.by_id) == ()


def test_variants_of_an_authored_sample_that_fails_too_are_left_out(history: Any) -> None:
    noised = history.add("mvoe my 3pm", "schedule", "other", scenario="move")
    authored = msgspec.structs.replace(history.add("move my 3pm", "schedule", "other", scenario="move"), lineage=Lineage(origin="authored"))
    samples = {**history.by_id, authored.id: authored}
    assert promote_modes([make_mode(noised.id, authored.id)], samples) == ()
    assert [one.sample_id for one in promote_modes([make_mode(noised.id)], samples)] == [noised.id]

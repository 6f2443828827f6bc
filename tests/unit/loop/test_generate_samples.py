"""Generating is a function of the project's files: wherever, whenever and however often it is done."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tests.unit.loop.toy_loop import MakeSetup, make_behaviors

from synthloop.core.errors import UsageError
from synthloop.core.sample import Sample, Split
from synthloop.curate.split import SplitShares
from synthloop.engine.progress import ProgressState
from synthloop.loop.evaluate import evaluate_app
from synthloop.loop.gate import gate_app
from synthloop.loop.generate import active_batch, generate_samples, read_active, share_order
from synthloop.loop.setup import Order, Setup
from synthloop.project.python_api import behavior


def splits_of(setup: Setup) -> dict[str, Split | None]:
    return {sample.group: sample.split for sample in read_active(setup, None)}


def known(splits: dict[str, Split | None], later: dict[str, Split | None]) -> dict[str, Split | None]:
    return {group: later[group] for group in splits if group in later}


def test_the_same_files_and_seed_give_the_same_samples_in_another_folder(make_setup: MakeSetup) -> None:
    here, there = make_setup(folder="here"), make_setup(folder="there")
    assert generate_samples(here) == generate_samples(there)
    assert list(here.store.read_samples()) == list(there.store.read_samples())
    assert list(here.store.read_dropped()) == list(there.store.read_dropped())
    assert here.splits.read() == there.splits.read()


def test_another_seed_gives_other_samples(make_setup: MakeSetup) -> None:
    here, there = make_setup(folder="here"), make_setup(folder="there", seed=4)
    generate_samples(here)
    generate_samples(there)
    assert {sample.id for sample in read_active(here, None)} != {sample.id for sample in read_active(there, None)}


def test_the_order_is_filled_by_weight_and_every_sample_has_a_split(make_setup: MakeSetup) -> None:
    setup = make_setup(behaviors=tuple(msgspec.structs.replace(each, weight=1 + 2 * (each.id == "pay")) for each in make_behaviors()))
    summary = generate_samples(setup)
    assert {order.behavior_id: (order.ordered, order.accepted, order.stop_reason) for order in summary.orders} == {
        "pay": (90, 90, "enough"),
        "book": (30, 30, "enough"),
    }
    assert summary.accepted == 120 == sum(summary.splits.values())
    assert min(summary.splits.values()) > 0
    assert all(sample.split for sample in read_active(setup, None))
    assert all(order.candidates == sum(order.reasons.values()) for order in summary.orders)


def test_what_is_dropped_is_kept_with_its_reason(make_setup: MakeSetup) -> None:
    setup = make_setup(order=Order(accepted=1000, candidate_limit=400))
    summary = generate_samples(setup)
    dropped = list(setup.store.read_dropped(batch=summary.batch))
    assert len(dropped) == sum(order.candidates - order.accepted for order in summary.orders) > 0
    assert {verdict.reason for _, verdict in dropped} <= {reason for order in summary.orders for reason in order.reasons}
    assert all(sample.split is None for sample, _ in dropped)


def test_files_that_have_not_changed_are_not_generated_again(make_setup: MakeSetup) -> None:
    first = generate_samples(make_setup())
    setup = make_setup()
    again = generate_samples(setup)
    assert again.reused
    assert (again.batch, again.accepted, again.splits) == (first.batch, first.accepted, first.splits)


def test_raising_the_order_or_adding_a_behavior_leaves_known_phrasings_in_their_splits(make_setup: MakeSetup) -> None:
    setup = make_setup()
    generate_samples(setup)
    before = splits_of(setup)
    more = make_setup(order=Order(accepted=200))
    generate_samples(more)
    assert known(before, splits_of(more)) == {group: split for group, split in before.items() if group in splits_of(more)}
    smalltalk = behavior(
        "smalltalk", says="Small talk.", expected="talk", authored=["how are you", "nice weather today", "tell me a joke", "what is new"]
    )
    wider = make_setup(behaviors=(*make_behaviors(), smalltalk))
    generate_samples(wider)
    assert known(before, splits_of(wider)) == {group: split for group, split in before.items() if group in splits_of(wider)}
    assert {sample.behavior_id for sample in read_active(wider, None)} == {"pay", "book", "smalltalk"}


def test_a_fresh_clone_with_the_committed_splits_puts_every_sample_where_it_is(make_setup: MakeSetup, tmp_path: Path) -> None:
    generate_samples(make_setup())
    grown = make_setup(order=Order(accepted=180))
    generate_samples(grown)
    clone = make_setup(folder="clone", order=Order(accepted=180))
    clone.splits.write(grown.splits.read())
    generate_samples(clone)
    assert read_active(clone, None) == read_active(grown, None)


def test_a_phrasing_is_in_one_split_only(make_setup: MakeSetup) -> None:
    setup = make_setup()
    generate_samples(setup)
    splits: dict[str, set[Split | None]] = {}
    for sample in read_active(setup, None):
        splits.setdefault(sample.group, set()).add(sample.split)
    assert all(len(found) == 1 for found in splits.values())


def test_a_failure_that_is_written_down_as_a_case_stays_in_the_split_it_came_from(make_setup: MakeSetup) -> None:
    setup = make_setup()
    generate_samples(setup)
    chosen = next(sample for sample in read_active(setup, "train") if sample.attributes["source"] != "authored")
    pay, book = make_behaviors()
    written = behavior("case", says="x", expected=chosen.expected, authored=[{"text": chosen.text, "attributes": {"failure_mode": "m"}}])
    with_case = [
        msgspec.structs.replace(each, authored=(*each.authored, *written.authored)) if each.id == chosen.behavior_id else each
        for each in (pay, book)
    ]
    later = make_setup(behaviors=tuple(with_case))
    generate_samples(later)
    (found,) = (sample for sample in read_active(later, None) if sample.id == chosen.id)
    assert found.attributes["failure_mode"] == "m"
    assert found.split == "train"
    assert later.splits.read()[found.group] == "train"


def test_shares_may_leave_a_split_empty(make_setup: MakeSetup) -> None:
    summary = generate_samples(make_setup(shares=SplitShares(train=0, dev=1, holdout=0)))
    assert summary.splits == {"train": 0, "dev": 120, "holdout": 0}


def test_nothing_is_read_before_it_is_generated(make_setup: MakeSetup) -> None:
    setup = make_setup()
    for read in (lambda: active_batch(setup), lambda: read_active(setup, None)):
        with pytest.raises(UsageError, match=r"no samples yet. Make some first: synthloop generate"):
            read()


def test_a_store_that_breaks_off_keeps_what_it_had(make_setup: MakeSetup) -> None:
    setup = make_setup()
    before = generate_samples(setup)

    class Broken:
        spec = setup.noisers[0].spec

        def check(self, sample: Sample) -> None:
            raise UsageError(f"this validator is broken by {sample.id}")

    with pytest.raises(UsageError, match="broken"):
        generate_samples(replace(setup, validators=(Broken(),)))
    assert active_batch(setup) == before.batch
    assert setup.store.count_samples() == before.accepted


def test_an_order_is_shared_without_a_remainder() -> None:
    behaviors = [msgspec.structs.replace(each, weight=weight) for each, weight in zip(make_behaviors(), (1, 3), strict=True)]
    for accepted in range(30):
        assert sum(share_order(behaviors, accepted).values()) == accepted


def test_the_progress_of_an_order_ends_at_what_was_accepted(make_setup: MakeSetup) -> None:
    seen: list[ProgressState] = []

    class Watching:
        def update(self, state: ProgressState) -> None:
            seen.append(state)

        def finish(self, state: ProgressState) -> None:
            seen.append(state)

    summary = generate_samples(make_setup(progress=Watching()))
    dropped = sum(count for order in summary.orders for reason, count in order.reasons.items() if reason != "kept")
    assert (seen[-1].done, seen[-1].total, seen[-1].dropped) == (120, 120, dropped)
    assert [state.done for state in seen] == sorted(state.done for state in seen)


def test_a_fresh_clone_is_gated_and_evaluated_without_generating_first(make_setup: MakeSetup) -> None:
    gated = gate_app(make_setup(folder="clone"))
    assert len(gated.report.results) == generate_samples(make_setup()).splits["holdout"]
    assert evaluate_app(make_setup(folder="another clone")).split == "dev"

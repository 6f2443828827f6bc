"""The gate: on the holdout alone, counted in the ledger, against what was accepted."""

import msgspec
import pytest
from tests.unit.loop.toy_loop import MakeSetup, answer_well, count_asked, fail_on_rooms, make_behaviors, texts_asked

from synthloop.core.ask import Ask
from synthloop.core.errors import SpentHoldoutError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.report import GateCheck
from synthloop.curate.holdout import holdout_id
from synthloop.evaluate.demands import GateDemands
from synthloop.loop.gate import GateRun, accept_baseline, gate_app, rotate_holdout
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.setup import Order, Setup

FEW_SCENARIOS = GateDemands(at_least={"accuracy": 0.3}, alpha=0.5, margin=0.3, drop_margin=0.99)
"""Demands that the dozen scenarios of a toy's holdout can settle."""


def readers(setup: Setup) -> tuple[str, ...]:
    return setup.store.read_holdout_readers(holdout_id(read_active(setup, "holdout")))


def accepted(setup: Setup) -> Setup:
    generate_samples(setup)
    accept_baseline(setup, "main")
    return setup


def check_named(gate: GateRun, name: str) -> GateCheck:
    (check,) = (check for check in gate.result.checks if check.name == name)
    return check


def test_an_unchanged_app_passes_against_its_own_baseline(make_setup: MakeSetup) -> None:
    accepted(make_setup())
    setup = make_setup(demands=FEW_SCENARIOS)
    gate = gate_app(setup, baseline="main")
    assert gate.result.decision == "pass", gate.result.checks
    assert gate.result.exit_code == 0
    assert count_asked(setup) == 0


def test_a_broken_app_fails_and_the_broken_behavior_is_named(make_setup: MakeSetup) -> None:
    accepted(make_setup())
    broken = make_setup(lambda _: "pay", version="2", demands=FEW_SCENARIOS)
    gate = gate_app(broken, baseline="main")
    assert gate.result.decision == "fail"
    assert gate.result.exit_code == 1
    check = check_named(gate, "no_regression")
    behavior_of = {sample.id: sample.behavior_id for sample in read_active(broken, "holdout")}
    assert check.decision == "fail"
    assert {behavior_of[sample_id] for sample_id in check.sample_ids} == {"book"}
    assert check_named(gate, "no_regression:book").sample_ids == check.sample_ids
    assert [found.name for found in gate.result.checks if found.decision == "fail"] == ["no_regression", "no_regression:book"]


def test_a_sample_that_fails_once_and_passes_when_asked_again_is_listed_not_counted(make_setup: MakeSetup) -> None:
    setup = accepted(make_setup())
    flaky = read_active(setup, "holdout")[0]

    def answer(ask: Ask) -> JsonValue:
        return "nonsense" if ask.request.messages[-1].text == flaky.text and ask.replica == 0 else answer_well(ask)

    second = make_setup(answer, version="2", demands=FEW_SCENARIOS)
    gate = gate_app(second, baseline="main")
    check = check_named(gate, "no_regression")
    assert check.decision == "pass", check
    assert texts_asked(second).count(flaky.text) == 2
    assert flaky.id not in check.sample_ids
    assert "none got worse; 1 flaky (passed when run again)" in check.note


def test_a_baseline_with_other_samples_says_how_many_are_new_or_gone(make_setup: MakeSetup) -> None:
    accepted(make_setup())
    wider = make_setup(order=Order(accepted=240))
    generate_samples(wider)
    gate = gate_app(wider, baseline="main")
    assert gate.baseline is not None
    now = {sample.id for sample in read_active(wider, "holdout")}
    before = {result.sample_id for result in gate.baseline.report.results}
    assert now - before
    note = check_named(gate, "no_regression").note
    assert f"{len(now - before)} new" in note
    assert (f"{len(before - now)} gone" in note) == bool(before - now)


def test_one_version_is_one_line_in_the_ledger(make_setup: MakeSetup) -> None:
    accepted(make_setup())
    for version in ("1", "2", "2", "1"):
        gate_app(make_setup(version=version), baseline="main")
    assert readers(make_setup()) == ("app@1", "app@2")


def test_a_spent_holdout_is_refused_before_the_app_is_asked(make_setup: MakeSetup) -> None:
    accepted(make_setup(holdout_reads=2))
    gate_app(make_setup(version="2", holdout_reads=2))
    third = make_setup(version="3", holdout_reads=2)
    for read in (lambda: gate_app(third), lambda: accept_baseline(third, "main")):
        with pytest.raises(SpentHoldoutError, match=r"was read 2 times and may be read 2 times.*`synthloop holdout rotate`"):
            read()
    assert count_asked(third) == 0
    assert readers(third) == ("app@1", "app@2")
    assert gate_app(make_setup(version="2", holdout_reads=2)).baseline is None


def test_a_rotated_holdout_belongs_to_dev_and_new_phrasings_fill_a_new_one(make_setup: MakeSetup) -> None:
    setup = accepted(make_setup())
    spent = {sample.id for sample in read_active(setup, "holdout")}
    assert rotate_holdout(setup) == len(spent)
    assert spent <= {sample.id for sample in read_active(setup, "dev")}
    assert "holdout" not in setup.splits.read().values()
    with pytest.raises(UsageError, match=r"the holdout is empty.*write new phrasings"):
        gate_app(setup)
    pay, book = make_behaviors()
    new = ("where do i send the money", "the landlord wants his money", "square up with the plumber", "wire it to the school")
    authored = tuple(msgspec.structs.replace(pay.authored[0], messages=(("user", text),)) for text in new)
    later = make_setup(behaviors=(msgspec.structs.replace(pay, authored=(*pay.authored, *authored)), book))
    generate_samples(later)
    fresh = {sample.id for sample in read_active(later, "holdout")}
    assert fresh
    assert fresh.isdisjoint(spent)


def test_a_threshold_that_is_missed_fails_without_a_baseline(make_setup: MakeSetup) -> None:
    setup = make_setup(lambda _: "nonsense")
    generate_samples(setup)
    gate = gate_app(setup)
    assert gate.baseline is None
    assert check_named(gate, "accuracy").decision == "fail"


def test_accepting_again_replaces_the_baseline(make_setup: MakeSetup) -> None:
    accepted(make_setup())
    second = make_setup(fail_on_rooms, version="2")
    accept_baseline(second, "main")
    kept = second.baselines.read("main")
    assert kept is not None
    assert kept.report.app_version == "2"
    assert gate_app(make_setup(fail_on_rooms, version="2"), baseline="main").result.baseline == "main"

"""What the app is asked, and what it never is."""

from dataclasses import replace

import msgspec
import pytest
from tests.unit.loop.toy_loop import MakeSetup, answer_well, count_asked, fail_on_rooms, make_behaviors, texts_asked

from synthloop.core.ask import Ask
from synthloop.core.errors import AppError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.curate.split import SplitShares
from synthloop.evaluate.scorers.labeling import Label
from synthloop.evaluate.scorers.matching import Contains
from synthloop.loop.evaluate import evaluate_app, evaluate_variants, find_last_report, read_open_samples
from synthloop.loop.gate import accept_baseline, gate_app
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.setup import Setup
from synthloop.loop.turn import run_turn
from synthloop.testing import ScriptedApp


def generated(setup: Setup) -> Setup:
    generate_samples(setup)
    return setup


def test_every_sample_of_dev_is_asked_once_and_reported(make_setup: MakeSetup) -> None:
    setup = generated(make_setup(fail_on_rooms))
    report = evaluate_app(setup)
    dev = read_active(setup, "dev")
    assert sorted(texts_asked(setup)) == sorted(sample.text for sample in dev)
    assert [result.sample_id for result in report.results] == [sample.id for sample in dev]
    assert report.split == "dev"
    assert 0 < (report.pass_rate.value or 0) < 1
    assert len(list(setup.store.read_transcripts())) == len(dev) == len(list(setup.store.read_scores()))
    assert find_last_report(setup.store) == find_last_report(setup.store, "app") == report


def test_an_unchanged_app_is_not_asked_again_and_a_changed_one_is(make_setup: MakeSetup) -> None:
    first = evaluate_app(generated(make_setup()))
    again = make_setup()
    assert evaluate_app(again).id == first.id
    assert count_asked(again) == 0
    changed = make_setup(fail_on_rooms, version="2")
    assert evaluate_app(changed).id != first.id
    assert count_asked(changed) == len(first.results)


def test_repeats_are_asked_apart(make_setup: MakeSetup) -> None:
    setup = generated(make_setup(repeats=3))
    report = evaluate_app(setup)
    assert all(len(result.passes) == 3 for result in report.results)
    assert count_asked(setup) == 3 * len(report.results)


def test_a_behavior_is_judged_by_the_scorers_that_it_names(make_setup: MakeSetup) -> None:
    pay, book = make_behaviors()
    picky = Contains(name="picky", texts=("no app says this",))
    behaviors = (msgspec.structs.replace(pay, scorers=("label",)), book)
    report = evaluate_app(generated(make_setup(behaviors=behaviors, scorers=(Label(), picky))))
    assert [found.pass_rate.value for found in report.behaviors] == [1.0, 0.0]


def test_an_answer_takes_the_place_of_an_earlier_failure(make_setup: MakeSetup) -> None:
    down = True

    def answer(ask: Ask) -> JsonValue:
        if down and "room" in ask.request.messages[-1].text:
            raise AppError("the room service is down")
        return answer_well(ask)

    setup = generated(make_setup(answer))
    before = evaluate_app(setup)
    assert before.unscored_reasons == {"app-error": before.pass_rate.unscored}
    down = False
    after = evaluate_app(make_setup(answer))
    assert after.pass_rate.unscored == 0
    assert {found.end_reason for found in setup.store.read_transcripts()} == {"answered"}


def test_the_holdout_is_closed_to_all_but_the_gate(make_setup: MakeSetup) -> None:
    setup = generated(make_setup())
    holdout = {sample.text for sample in read_active(setup, "holdout")}
    with pytest.raises(UsageError, match="only the gate reads the holdout: synthloop gate"):
        evaluate_app(setup, split="holdout")
    evaluate_app(setup, split=None)
    assert holdout.isdisjoint(texts_asked(setup))
    assert {sample.split for sample in read_open_samples(setup, None)} == {"train", "dev"}
    gate_app(setup)
    assert holdout <= set(texts_asked(setup))
    assert find_last_report(setup.store).split != "holdout"  # type: ignore[union-attr]


def test_a_split_without_samples_and_a_variant_that_does_not_exist_are_named(make_setup: MakeSetup) -> None:
    setup = generated(make_setup(shares=SplitShares(train=0.5, dev=0.5, holdout=0)))
    with pytest.raises(UsageError, match=r"the holdout is empty. Fix: give it a share"):
        gate_app(setup)
    with pytest.raises(UsageError, match=r"there is no variant 'nope' of the app. There are: app\."):
        evaluate_app(setup, app="nope")
    with pytest.raises(UsageError, match=r"there is no app to ask. Fix: name one in synthloop.yaml"):
        evaluate_app(replace(setup, apps={}))


def test_variants_answer_the_same_samples(make_setup: MakeSetup) -> None:
    setup = make_setup()
    apps = {"good": ScriptedApp(name="good", script=answer_well), "bad": ScriptedApp(name="bad", script=fail_on_rooms)}
    setup = generated(replace(setup, apps=apps))
    reports, comparison = evaluate_variants(setup)
    assert [report.app for report in reports] == ["good", "bad"] == [row.app for row in comparison.rows]
    difference = comparison.rows[1].difference
    assert difference is not None
    assert difference.fixed == ()
    assert set(difference.broken) == {result.sample_id for result in reports[1].results if False in result.passes}
    assert find_last_report(setup.store, "bad") == reports[1]


def test_a_whole_turn_tells_its_stages_and_asks_nothing_when_repeated(make_setup: MakeSetup) -> None:
    begun: list[str] = []
    first = run_turn(make_setup(fail_on_rooms), begin=begun.append)
    assert begun == ["generate", "evaluate", "distill", "gate"]
    again = make_setup(fail_on_rooms)
    second = run_turn(again)
    assert count_asked(again) == 0
    assert second.report.failure_modes == first.report.failure_modes
    assert second.gate.result == first.gate.result


def test_a_baseline_that_does_not_exist_is_noticed_before_any_work(make_setup: MakeSetup) -> None:
    setup = make_setup()
    with pytest.raises(UsageError, match=r"there is no baseline 'mian' \(there are: none yet\)"):
        run_turn(setup, baseline="mian")
    generate_samples(setup)
    with pytest.raises(UsageError, match="can't name a baseline"):
        accept_baseline(setup, "../main")
    assert count_asked(setup) == 0


def test_a_clock_that_jumps_changes_neither_order_nor_figures(make_setup: MakeSetup) -> None:
    setup = generated(make_setup())
    first = evaluate_app(setup)
    setup.clock.jump(-7 * 24 * 3600.0)  # type: ignore[attr-defined]
    later = make_setup(fail_on_rooms, version="2", clock=setup.clock)
    second = evaluate_app(later)
    assert second.made_at < first.made_at
    assert find_last_report(later.store) == second
    assert all(result.latency_s >= 0 for result in second.results)

"""From failures to failure modes, permanent cases and training sets."""

from dataclasses import replace

import pytest
from tests.unit.loop.toy_loop import MakeSetup, answer_well, count_asked, fail_on_rooms, make_behaviors

from synthloop.core.ask import Ask
from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.report import Report
from synthloop.evaluate.scorers.labeling import Label
from synthloop.evaluate.scorers.matching import Contains
from synthloop.loop.distill import MOST_TRIED, distill_failures, promote_failures
from synthloop.loop.evaluate import evaluate_app, find_last_report
from synthloop.loop.export import export_training
from synthloop.loop.gate import gate_app
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.setup import Order, Setup
from synthloop.loop.turn import read_status


def evaluated(setup: Setup) -> Report:
    generate_samples(setup)
    return evaluate_app(setup)


def test_failures_are_grouped_and_confirmed_on_fresh_neighbors(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms)
    report = evaluated(setup)
    asked = count_asked(setup)
    distilled = distill_failures(setup, report)
    failed = {result.sample_id for result in report.results if False in result.passes}
    assert {sample_id for mode in distilled.failure_modes for sample_id in mode.sample_ids} == failed
    first = distilled.failure_modes[0]
    assert first.confirmed
    assert 0 < first.neighbors_failed <= first.neighbors_tried <= setup.neighbors
    assert count_asked(setup) > asked
    assert find_last_report(setup.store) == distilled
    assert {sample.lineage.origin for sample in setup.store.read_samples() if sample.split is None} == {"neighbor"}


def test_neighbors_join_no_split_and_no_training_set(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms)
    before = list(read_active(setup, None)) if distill_failures(setup, evaluated(setup)) else []
    assert all(sample.lineage.origin != "neighbor" for sample in before)


def test_the_same_report_is_distilled_to_the_same_modes_without_asking_again(make_setup: MakeSetup) -> None:
    first = distill_failures(setup := make_setup(fail_on_rooms), evaluated(setup))
    again = make_setup(fail_on_rooms)
    assert distill_failures(again, evaluate_app(again)).failure_modes == first.failure_modes
    assert count_asked(again) == 0


def test_a_scorer_that_was_removed_leaves_no_failures_behind(make_setup: MakeSetup) -> None:
    strict = make_setup(scorers=(Label(), Contains(name="picky", texts=("no app says this",))))
    assert distill_failures(strict, evaluated(strict)).failure_modes
    relaxed = make_setup()
    report = evaluate_app(relaxed)
    assert report.pass_rate.value == 1.0
    assert distill_failures(relaxed, report).failure_modes == ()


def fail_each_in_its_own_way(ask: Ask) -> JsonValue:
    return content_id(ask.request.messages[-1].text)


def test_neighbors_are_tried_of_the_largest_modes_only(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_each_in_its_own_way, neighbors=1, order=Order(accepted=400))
    report = evaluated(setup)
    asked = count_asked(setup)
    modes = distill_failures(setup, report).failure_modes
    assert len(modes) == len(report.results) > MOST_TRIED
    assert sum(mode.confirmed is not None for mode in modes) <= MOST_TRIED
    assert 0 < count_asked(setup) - asked <= MOST_TRIED


def fail_now_and_then(ask: Ask) -> JsonValue:
    said = f"{ask.request.messages[-1].text} {ask.replica}"
    return "lost" if content_id(said)[0] in "012" else answer_well(ask)


def test_an_app_that_fails_by_chance_has_no_confirmed_mode_however_often_it_is_asked(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_now_and_then, repeats=3, neighbors=30)
    distilled = distill_failures(setup, evaluated(setup))
    assert distilled.failure_modes
    assert not any(mode.confirmed for mode in distilled.failure_modes)


def test_without_neighbors_nothing_is_confirmed(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms, neighbors=0)
    distilled = distill_failures(setup, evaluated(setup))
    assert distilled.failure_modes
    assert {mode.confirmed for mode in distilled.failure_modes} == {None}
    assert promote_failures(setup, distilled) == ()


def test_an_app_without_failures_has_no_modes(make_setup: MakeSetup) -> None:
    setup = make_setup()
    assert distill_failures(setup, evaluated(setup)).failure_modes == ()


def test_the_holdout_teaches_nothing(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms)
    evaluated(setup)
    with pytest.raises(UsageError, match="failures of the holdout are not distilled"):
        distill_failures(setup, gate_app(setup).report)


def test_confirmed_failures_become_cases_word_for_word(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms)
    distilled = distill_failures(setup, evaluated(setup))
    mode = distilled.failure_modes[0]
    promotions = promote_failures(setup, distilled, modes=[mode.id[:6]], per_mode=2)
    texts = {sample.id: sample.text for sample in read_active(setup, "dev")}
    assert 0 < len(promotions) <= 2
    for promotion in promotions:
        assert promotion.authored.messages[-1][1] == texts[promotion.sample_id]
        assert promotion.lineage.parents[0] == promotion.sample_id


def test_a_mode_that_is_unknown_or_not_confirmed_is_not_promoted(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms, neighbors=0)
    distilled = distill_failures(setup, evaluated(setup))
    with pytest.raises(UsageError, match=f"no failure mode begins with 'zzz'. The last report has: {distilled.failure_modes[0].id[:8]}"):
        promote_failures(setup, distilled, modes=["zzz"])
    with pytest.raises(UsageError, match="is not confirmed"):
        promote_failures(setup, distilled, modes=[distilled.failure_modes[0].id])


def test_only_train_leaves_the_house(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms)
    distill_failures(setup, evaluated(setup))
    exported = list(export_training(setup))
    assert [example.sample_id for example in exported] == [sample.id for sample in read_active(setup, "train")]
    assert all(example.expected in {"pay", "book"} for example in exported)


def test_status_says_what_to_do_next(make_setup: MakeSetup) -> None:
    setup = make_setup(fail_on_rooms)
    assert read_status(setup).next_step.startswith("synthloop run: the samples")
    generate_samples(setup)
    assert read_status(setup).next_step.startswith("synthloop run: this version")
    distill_failures(setup, evaluate_app(setup))
    gate_app(setup)
    status = read_status(setup)
    assert status.report is not None
    assert status.report.split == "dev"
    assert status.next_step.startswith("synthloop promote")
    assert sum(status.samples.values()) == 120
    assert read_status(make_setup(fail_on_rooms, version="2")).app_changed
    assert read_status(replace(setup, behaviors=make_behaviors()[:1])).stale

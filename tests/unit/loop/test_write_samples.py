"""Models fill an order round after round; what is asked is remembered, what fails costs nothing else, and the numbers add up."""

import gc
import json
from collections import Counter
from dataclasses import replace

import pytest
from tests.unit.loop.toy_loop import MakeSetup
from tests.unit.loop.writing import PlainWriter, model_of, write_variously, writing_with

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.errors import ModelError, UsageError
from synthloop.core.lineage import Spec
from synthloop.core.model import ModelRequest
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample, keep_sample
from synthloop.engine.budget import Budget, Purse
from synthloop.engine.limits import Limits
from synthloop.generate.briefs import WriterChoice
from synthloop.loop.generate import generate_samples, preview_writing, read_active
from synthloop.loop.setup import Order, Setup

AT_ONCE = {"small": Limits(retries=0, backoff_s=0.0, circuit_after=0)}


def texts_of(setup: Setup) -> list[str]:
    return [sample.text for sample in read_active(setup, None)]


def test_an_order_is_filled_exactly_and_every_sample_says_where_it_came_from(make_setup: MakeSetup) -> None:
    model = model_of()
    setup = make_setup(models={"small": model}, writing=writing_with(model), order=Order(accepted=100))
    summary = generate_samples(setup)
    assert summary.accepted == 100
    assert [(order.by, order.behavior_id, order.ordered, order.accepted, order.stop_reason) for order in summary.orders] == [
        ("models", "pay", 50, 50, "enough"),
        ("models", "book", 50, 50, "enough"),
    ]
    assert {(sample.lineage.origin, sample.lineage.model, sample.lineage.steps[0].name) for sample in read_active(setup, None)} == {
        ("generated", "small", "plain")
    }
    (found,) = summary.yields
    assert (found.writer, found.model, found.accepted) == ("plain", "small", 100)
    assert found.usage.cost_usd == pytest.approx(0.01 * len(model.asked))
    assert {(row.feature, row.value) for row in summary.variety} == {("writer", "plain"), ("model", "small")}


def test_rules_and_models_share_an_order(make_setup: MakeSetup) -> None:
    model = model_of()
    setup = make_setup(models={"small": model}, writing=writing_with(model, share=0.25), order=Order(accepted=80))
    generate_samples(setup)
    by_model = Counter(sample.lineage.model for sample in read_active(setup, None))
    assert by_model == {None: 60, "small": 20}


def test_the_same_order_again_asks_nothing(make_setup: MakeSetup) -> None:
    model = model_of()
    setup = make_setup(models={"small": model}, writing=writing_with(model), order=Order(accepted=60))
    generate_samples(setup)
    first, asked = texts_of(setup), len(model.asked)
    assert generate_samples(setup).reused
    elsewhere = make_setup(
        folder="clone", models={"small": model}, writing=writing_with(model), order=Order(accepted=60), journal=setup.journal
    )
    generate_samples(elsewhere)
    assert (texts_of(elsewhere), len(model.asked)) == (first, asked)


def test_calls_that_fail_cost_no_other_row(make_setup: MakeSetup) -> None:
    def script(request: ModelRequest) -> str:
        if " 3:" in request.messages[0].text:
            raise ModelError("small: answered with HTTP 500", retryable=False)
        return write_variously(request)

    model = model_of(script)
    setup = make_setup(models={"small": model}, limits_by_model=AT_ONCE, writing=writing_with(model), order=Order(accepted=100))
    summary = generate_samples(setup)
    assert summary.accepted == 100
    faults = list(setup.store.read_faults(batch=summary.batch))
    assert {(fault.number, fault.writer, fault.fault.kind) for fault in faults} == {(3, "plain", "no-answer")}
    assert summary.yields[0].faults == {"no-answer": 2}


def test_a_run_that_broke_off_goes_on_with_the_same_questions_even_where_failures_have_healed(make_setup: MakeSetup) -> None:
    """The second run finds one call healed that failed in the first; the later questions must not change for that."""
    broken = True

    def script(request: ModelRequest) -> str:
        text = request.messages[0].text
        if broken and " 2:" in text:
            raise ModelError("small: answered with HTTP 500", retryable=False)
        if broken and " 20:" in text:
            raise KeyboardInterrupt
        return write_variously(request)

    model = model_of(script)
    settings = writing_with(model)
    setup = make_setup(models={"small": model}, limits_by_model=AT_ONCE, writing=settings, order=Order(accepted=400))
    with pytest.raises(KeyboardInterrupt):
        generate_samples(setup)
    gc.collect()  # tasks that broke off are reported when they are collected: here, not in the middle of whatever comes next
    paid = {ask.key() for ask in model.asked if " 2:" not in ask.request.messages[0].text and " 20:" not in ask.request.messages[0].text}
    model.asked.clear()
    broken = False
    assert generate_samples(setup).accepted == 400
    again = [ask for ask in model.asked if ask.key() in paid]
    assert not again
    assert any(" 2:" in ask.request.messages[0].text for ask in model.asked)


def test_a_spent_budget_stops_cleanly_and_a_larger_one_goes_on_from_there(make_setup: MakeSetup) -> None:
    model = model_of()
    settings = writing_with(model)
    order = Order(accepted=200)
    small = Purse(budget=Budget(calls=20), started_s=0.0)
    setup = make_setup(models={"small": model}, writing=settings, order=order, purse=small)
    summary = generate_samples(setup)
    assert summary.budget_spent == "20 calls"
    assert 0 < summary.accepted < 200
    assert {found.stop_reason for found in summary.orders} == {"budget"}
    assert len(model.asked) == 20
    large = make_setup(models={"small": model}, writing=settings, order=order)
    assert generate_samples(large).accepted == 200
    assert len({ask.key() for ask in model.asked}) == len(model.asked)


def test_writing_stops_when_nothing_new_comes(make_setup: MakeSetup) -> None:
    model = model_of(lambda _: json.dumps({"texts": ["pay the rent", "book the hall now", "settle it"]}))
    setup = make_setup(models={"small": model}, writing=writing_with(model), order=Order(accepted=200))
    summary = generate_samples(setup)
    assert {order.stop_reason for order in summary.orders} == {"novelty-dried-up"}
    assert summary.accepted <= 6
    assert len(model.asked) < 100


def test_what_there_is_too_much_of_is_said_in_the_next_briefs(make_setup: MakeSetup) -> None:
    def script(request: ModelRequest) -> str:
        texts = json.loads(write_variously(request))["texts"]
        return json.dumps({"texts": [f"i would like {text}" for text in texts]})

    model = model_of(script)
    setup = make_setup(models={"small": model}, writing=writing_with(model), order=Order(accepted=200))
    generate_samples(setup)
    asked = [ask.request.messages[0].text for ask in model.asked]
    assert 'messages that begin with "i would like"' not in asked[0]
    assert 'messages that begin with "i would like"' in asked[-1]
    assert "wanted {'" in asked[-1]


def test_a_preview_is_the_beginning_of_the_order_and_says_what_the_rest_would_take(make_setup: MakeSetup) -> None:
    model = model_of()
    setup = make_setup(models={"small": model}, writing=writing_with(model), order=Order(accepted=300))
    preview = preview_writing(setup, 10)
    assert sum(verdict.keep for _, verdict in preview.judged) == 10
    assert setup.store.count_samples() == 0
    previewed = {ask.key() for ask in model.asked}
    estimate = preview.estimate
    assert estimate.calls is not None
    assert estimate.cost_usd is not None
    generate_samples(setup)
    assert len({ask.key() for ask in model.asked}) == len(model.asked)
    assert previewed < {ask.key() for ask in model.asked}
    assert estimate.cost_usd.value == pytest.approx(0.01 * estimate.calls.value)


class Strict:
    """Drops texts with an even number; asks nobody."""

    @property
    def spec(self) -> Spec:
        return Spec(kind="graders", name="strict")

    def grade(self, sample: Sample, behavior: Behavior) -> Flow[Verdict]:  # noqa: ARG002 - the port names it
        yield ()
        return drop_sample(sample, self.spec, "not-realistic", "even") if int(sample.text[-1]) % 2 == 0 else keep_sample(sample, self.spec)


def test_a_filter_drops_with_its_reason_and_the_order_is_filled_all_the_same(make_setup: MakeSetup) -> None:
    model = model_of()
    setup = make_setup(models={"small": model}, writing=writing_with(model), order=Order(accepted=60), grader=Strict())
    summary = generate_samples(setup)
    assert summary.accepted == 60
    assert all(int(text[-1]) % 2 for text in texts_of(setup))
    assert summary.orders[0].reasons["not-realistic"] > 10


def test_what_is_paid_for_beyond_the_order_is_kept_as_surplus(make_setup: MakeSetup) -> None:
    model = model_of()
    setup = make_setup(models={"small": model}, writing=writing_with(model), order=Order(accepted=6))
    summary = generate_samples(setup)
    assert summary.accepted == 6
    assert sum(order.reasons.get("more-than-ordered", 0) for order in summary.orders) == 4


def test_a_behavior_that_no_writer_suits_is_said_before_anything_is_asked(make_setup: MakeSetup) -> None:
    model = model_of()
    settings = writing_with(model, writers=[WriterChoice(writer=PlainWriter(only="pay"))])
    setup = make_setup(models={"small": model}, writing=settings, order=Order(accepted=20))
    with pytest.raises(UsageError, match="behavior 'book': no writer suits it"):
        generate_samples(setup)
    assert not model.asked


def test_a_preview_without_writing_says_what_to_set(make_setup: MakeSetup) -> None:
    with pytest.raises(UsageError, match=r"writing: \{share: 0\.5\}"):
        preview_writing(make_setup(), 10)


def test_a_changed_prompt_setting_is_another_batch_and_limits_are_not(make_setup: MakeSetup) -> None:
    model = model_of()
    settings = writing_with(model)
    setup = make_setup(models={"small": model}, writing=settings, order=Order(accepted=20))
    first = generate_samples(setup).batch
    limited = make_setup(
        models={"small": model}, limits_by_model={"small": Limits(in_flight=1)}, writing=settings, order=Order(accepted=20)
    )
    assert generate_samples(limited).batch == first
    spoken = make_setup(models={"small": model}, writing=replace(settings, locale="de"), order=Order(accepted=20))
    assert generate_samples(spoken).batch != first

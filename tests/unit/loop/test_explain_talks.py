"""Problems of conversations, explained by having more of them: with a real store, journal and engine, and bots whose faults are known."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.unit.loop.toy_loop import MakeSetup, count_asked
from tests.unit.simulate.talking import Bot, Reply, answer_one, waiter

from synthloop.core.ask import Ask
from synthloop.core.behavior import Behavior, Choice, Parameter
from synthloop.core.conversation import EndState, Manner, Question, Talk
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.report import FailureMode
from synthloop.curate.split import SplitShares
from synthloop.engine.budget import Budget, Purse
from synthloop.evaluate.scorers.conversation import EndStateReached
from synthloop.generate.conversations import MannerShare, UserSettings
from synthloop.loop.distill import distill_failures
from synthloop.loop.evaluate import evaluate_app
from synthloop.loop.setup import Order, Setup

SLOTS = {"product": ("shoes", "coffee", "books"), "country": ("Oslo", "Rome", "Lyon", "Bonn"), "channel": ("online", "in person")}
MANNERS = UserSettings(
    manners={
        "changes_mind": MannerShare(users=0.4, turns=0.4),
        "wanders": MannerShare(users=0.4, turns=0.2),
        "rude": MannerShare(users=0.4, turns=0.3),
        "asks_back": MannerShare(users=0.4, turns=0.2),
    },
    noise=0.0,
)


def shop(text: str, state: JsonValue) -> Reply:
    """Ask for each slot in turn, and understand every change."""
    known = dict(state) if isinstance(state, dict) else {}
    tries = known.pop("tries", 0)
    for slot, values in SLOTS.items():
        said = [value for value in values if value.lower() in text.lower()]
        known.update({slot: said[-1]} if said else {})
    missing = next((slot for slot in SLOTS if slot not in known), "")
    # nobody takes an answer for a repetition that counts what it was asked
    counted: dict[str, JsonValue] = {**known, "asks": missing, "tries": tries + 1 if isinstance(tries, int) else 1}
    if missing:
        return {"messages": [f"Which {missing}?"], "quick_replies": list(SLOTS[missing]), "state": counted}
    return {"messages": ["Done."], "state": known, "done": True}


def lost_by_changes(text: str, state: JsonValue) -> Reply:
    """Do as the shop does, until a user changes its mind after it has given the country."""
    known = state if isinstance(state, dict) else {}
    changed = any(value.lower() in text.lower() and known.get(slot, value) != value for slot, values in SLOTS.items() for value in values)
    if known.get("lost") or ("country" in known and changed):
        return {"messages": ["Sorry, I didn't get that."], "state": {**known, "lost": True}}
    return shop(text, state)


def not_for_bonn(text: str, state: JsonValue) -> Reply:
    reply = shop(text, state)
    known = reply["state"]
    return {**reply, "state": {**known, "country": "Rome"}} if isinstance(known, dict) and known.get("country") == "Bonn" else reply


def a_behavior() -> Behavior:
    questions = tuple(Question(slot=slot, state={"asks": slot}) for slot in SLOTS)
    end = EndState(state={slot: f"{{{slot}}}" for slot in SLOTS}, done=True)
    parameters = tuple(Parameter(name=slot, choices=tuple(Choice(value=value) for value in values)) for slot, values in SLOTS.items())
    return Behavior(id="sell", says="A shop is set up.", parameters=parameters, talk=Talk(slots=tuple(SLOTS), end=end, questions=questions))


Ready = Callable[..., Setup]


@pytest.fixture
def ready(make_setup: MakeSetup) -> Ready:
    """Return a setup with conversations; its bot is given."""

    def make(bot: Bot, **changes: object) -> Setup:
        setup = make_setup(lambda ask: answer_one(ask, bot))
        shares, order = SplitShares(train=0.0, dev=0.8, holdout=0.2), Order(accepted=250)
        parts = replace(setup, behaviors=(a_behavior(),), scorers=(EndStateReached(),), noisers=())
        mine = replace(parts, users=MANNERS, shares=shares, order=order)
        return replace(mine, **changes)  # pyright: ignore[reportArgumentType] - fields by name

    return make


def explained(setup: Setup) -> tuple[FailureMode, ...]:
    return distill_failures(setup, evaluate_app(setup)).failure_modes


def test_the_departure_and_the_condition_that_break_an_app_are_both_found(ready: Ready) -> None:
    first = explained(ready(lost_by_changes))[0]
    assert first.breakdown is not None
    assert first.breakdown.doing == "changes_mind"
    assert first.confirmed
    assert first.minimal is not None
    assert [each.manner for each in first.minimal.departures] == ["changes_mind"]
    assert first.minimal.reproduced
    assert first.minimal.runs <= 60
    assert first.trigger is not None
    assert first.trigger.where == {"user_changes_mind": "yes"}
    assert first.trigger.held_up
    assert first.trigger.fresh_inside.tried == first.trigger.fresh_outside.tried == 24
    assert first.trigger.fresh_outside.failed == 0 < first.trigger.fresh_inside.failed


def test_a_value_that_breaks_an_app_is_its_trigger_and_needs_no_departure(ready: Ready) -> None:
    sure: dict[Manner, MannerShare] = {name: share for name, share in MANNERS.manners.items() if name != "changes_mind"}
    first = explained(ready(not_for_bonn, users=UserSettings(manners=sure, noise=0.0)))[0]
    assert first.minimal is not None
    assert first.minimal.departures == ()
    assert first.minimal.reproduced
    assert first.trigger is not None
    assert first.trigger.where == {"country": "Bonn"}
    assert (first.trigger.fresh_inside.rate, first.trigger.fresh_outside.rate) == (1.0, 0.0)


def test_the_same_command_again_asks_nothing_and_finds_the_same(ready: Ready) -> None:
    first = explained(ready(lost_by_changes))
    again = ready(lost_by_changes)
    assert explained(again) == first
    assert count_asked(again) == 0


def by_chance(ask: Ask) -> JsonValue:
    """End three conversations of five in a wrong state, whatever is said in them."""
    reply = answer_one(ask, shop)
    fails = int(content_id(ask.replica, ask.request)[:2], 16) < 0.6 * 256
    return {**reply, "state": {}} if isinstance(reply, dict) and reply.get("done") and fails else reply


def test_an_app_that_fails_by_chance_has_no_trigger_that_holds_up_and_nothing_is_confirmed(ready: Ready) -> None:
    setup = ready(waiter)
    app = setup.apps["app"]
    app.script = by_chance  # pyright: ignore[reportAttributeAccessIssue] - a scripted one
    modes = explained(replace(setup, repeats=2))
    assert modes
    assert not any(mode.trigger and mode.trigger.held_up for mode in modes)
    minimal = modes[0].minimal
    assert minimal is not None
    assert minimal.tried == 5
    assert minimal.runs <= 60


def test_without_neighbors_and_runs_problems_are_named_only(ready: Ready) -> None:
    setup = ready(lost_by_changes, neighbors=0, minimize_runs=0)
    report = evaluate_app(setup)
    asked = count_asked(setup)
    modes = distill_failures(setup, report).failure_modes
    assert count_asked(setup) == asked
    assert modes[0].minimal is None
    assert modes[0].trigger is not None
    assert modes[0].trigger.held_up is None


def test_a_budget_that_is_spent_leaves_the_rest_unexplained(ready: Ready) -> None:
    setup = ready(lost_by_changes)
    report = evaluate_app(setup)
    modes = distill_failures(replace(setup, purse=Purse(budget=Budget(calls=30), started_s=0.0)), report).failure_modes
    assert modes
    assert all(mode.minimal is None or not mode.minimal.finished or not mode.minimal.reproduced for mode in modes)
    assert not any(mode.trigger and mode.trigger.held_up for mode in modes)

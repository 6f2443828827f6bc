"""The shortest conversation that still fails, of bots whose fault is known."""

from collections.abc import Callable

import msgspec
import pytest
from tests.unit.simulate.talking import Bot, Reply, a_behavior, departure, hold, talks, texts_of, waiter, with_plan

from synthloop.core.conversation import Departure
from synthloop.core.json_value import JsonValue
from synthloop.core.problem import Minimal
from synthloop.core.sample import Sample, with_goal
from synthloop.core.transcript import Transcript
from synthloop.distill.breakdowns import find_breakdown
from synthloop.distill.minimization import Batch, minimize_talk
from synthloop.distill.talk_grouping import BrokenTalk

HARMLESS: tuple[Departure, ...] = (
    departure("wanders", 1),
    departure("rude", 2),
    departure("over_polite", 4),
    departure("returns_later", 5),
)
Had = list[Batch]


def a_talk(bot: Bot, *plan: Departure) -> BrokenTalk:
    """Return a failed conversation of a user who types everything and is noised by nothing."""
    sample = with_plan(talks(a_behavior())[0], *plan)
    assert sample.goal is not None
    slots = {"drink": "tea", "size": "small"}
    sample = with_goal(sample, msgspec.structs.replace(sample.goal, slots=slots, noise=0.0, opening_slots=(), patience=3), "hello there")
    transcript = hold(sample, bot)
    breakdown = find_breakdown(sample, transcript)
    assert breakdown is not None, [(turn.role, turn.text) for turn in transcript.turns]
    return BrokenTalk(sample=sample, transcript=transcript, breakdown=breakdown, scorer="end_state")


def solve(talk: BrokenTalk, have: Callable[[Sample, int], Transcript], **options: int) -> tuple[Minimal, Had]:
    """Drive a search by hand; `have` is told how many conversations were had before."""
    search, batches, count = minimize_talk(talk, talk.breakdown, **options), list[Batch](), 0  # pyright: ignore[reportArgumentType] - options by name
    try:
        batch = next(search)
        while True:
            batches.append(batch)
            found: list[list[Transcript]] = []
            for sample in batch.samples:
                found.append([have(sample, count + at) for at in range(batch.repeats)])
                count += batch.repeats
            batch = search.send(found)
    except StopIteration as stop:
        return stop.value, batches


def with_bot(bot: Bot) -> Callable[[Sample, int], Transcript]:
    return lambda sample, _: hold(sample, bot)


def lost_for_good(text: str, state: JsonValue) -> Reply:
    """Do as the waiter does, until a user changes a size that it has: then it understands nothing any more."""
    known = state if isinstance(state, dict) else {}
    sizes = [value for value in ("small", "large") if value in text.lower()]
    if known.get("broken") or ("size" in known and sizes and sizes[-1] != known["size"]):
        return {"messages": ["Sorry, which drink?"], "state": {**known, "broken": True}}
    return waiter(text, state)


CHANGE = departure("changes_mind", 3, "size", "large")


def test_of_many_departures_the_one_that_breaks_the_app_is_left() -> None:
    talk = a_talk(lost_for_good, *HARMLESS, CHANGE, departure("rude", 15))
    found, batches = solve(talk, with_bot(lost_for_good))
    assert found.reproduced
    assert [each.manner for each in found.departures] == ["changes_mind"]
    assert found.failed == found.tried == 3
    assert found.turns < found.turns_before
    assert found.finished
    assert found.runs == sum(len(batch.samples) * batch.repeats for batch in batches) <= 60
    assert find_breakdown(found.sample, hold(found.sample, lost_for_good)) == msgspec.structs.replace(talk.breakdown, doing="changes_mind")


def test_no_candidate_is_had_twice() -> None:
    _, batches = solve(a_talk(lost_for_good, *HARMLESS, CHANGE), with_bot(lost_for_good))
    had = [sample.id for batch in batches if not batch.fresh for sample in batch.samples]
    assert len(had) == len(set(had))


def test_a_script_that_is_shorter_makes_the_shortest_conversation_again() -> None:
    found, _ = solve(a_talk(lost_for_good, *HARMLESS, CHANGE), with_bot(lost_for_good))
    assert found.script is not None
    again = hold(found.script, lost_for_good)
    assert texts_of(again) == texts_of(found.transcript)
    assert again.end_reason == "loop"
    assert any("large" in text for text in texts_of(again))


def too_late(text: str, state: JsonValue) -> Reply:
    """Ask once more in the end, and lose its way where it is told another size only then; a digression makes it ask everything twice."""
    known = state if isinstance(state, dict) else {}
    is_answer = any(value in text.lower() for value in ("small", "large", "tea", "coffee"))
    if known.get("broken") or (known.get("sure") and is_answer):
        return {"messages": ["Sorry, so is that right?"], "quick_replies": ["Yes", "No"], "state": {**known, "broken": True}}
    if known.get("sure"):
        return {"messages": ["Coming."], "state": known, "done": True}
    if known.get("asks") and (not is_answer or known.get("deaf")):
        return {"messages": ["Once more, which size?"], "state": {**known, "deaf": not is_answer}}
    reply = waiter(text, state)
    now = reply["state"]
    ready: Reply = (
        {"messages": ["Is that right?"], "quick_replies": ["Yes", "No"], "state": {**now, "sure": True}} if isinstance(now, dict) else {}
    )
    return ready if reply.get("done") else reply


def test_a_departure_that_others_only_led_to_is_tried_alone_in_other_turns() -> None:
    plan = (departure("wanders", 1), departure("changes_mind", 5, "size", "large"))
    found, _ = solve(a_talk(too_late, *plan), with_bot(too_late))
    assert [(each.manner, each.turn) for each in found.departures] == [("changes_mind", 3)]


def deaf(text: str, state: JsonValue) -> Reply:
    return {"messages": ["Which drink?"], "state": {"asks": "drink"}}


def test_an_app_that_fails_cooperative_users_too_needs_no_departure() -> None:
    found, _ = solve(a_talk(deaf, *HARMLESS), with_bot(deaf))
    assert found.reproduced
    assert found.departures == found.traits == ()


def test_failing_somewhere_else_does_not_count() -> None:
    def have(sample: Sample, _: int) -> Transcript:
        changes = sample.goal is not None and (sample.goal.scripted_only or "changes_mind" in [each.manner for each in sample.goal.plan])
        return hold(sample, lost_for_good if changes else nowhere)

    def nowhere(text: str, state: JsonValue) -> Reply:
        return {"messages": ["Which size?"], "state": {"asks": "size"}}

    found, _ = solve(a_talk(lost_for_good, *HARMLESS, CHANGE), have)
    assert [each.manner for each in found.departures] == ["changes_mind"]


def forgets_the_size(text: str, state: JsonValue) -> Reply:
    reply = waiter(text, state)
    return {**reply, "state": {"drink": "tea", "size": "large"}} if reply.get("done") else reply


def test_what_the_user_wants_is_never_cut_from_what_it_says_where_the_app_gets_it_wrong() -> None:
    found, _ = solve(a_talk(forgets_the_size, *HARMLESS), with_bot(forgets_the_size))
    assert found.transcript.end_reason == "wrong_end_state"
    said = " ".join(texts_of(found.transcript)).lower()
    assert "tea" in said
    assert "small" in said


def test_a_failure_that_does_not_come_back_is_said_to_be_not_reproduced() -> None:
    found, batches = solve(a_talk(deaf, *HARMLESS), with_bot(waiter))
    assert not found.reproduced
    assert found.sample.goal is not None
    assert found.sample.goal.plan == HARMLESS
    assert len(batches) == 1


def test_where_the_app_is_random_a_candidate_has_to_fail_in_most_of_several_runs() -> None:
    def every_fourth_time_well(sample: Sample, count: int) -> Transcript:
        return hold(sample, waiter if count % 4 == 1 else deaf)

    found, batches = solve(a_talk(deaf, *HARMLESS), every_fourth_time_well)
    assert found.departures == ()
    assert 0 < found.failed < found.tried == 5
    assert {batch.repeats for batch in batches[1:]} == {5}


@pytest.mark.parametrize("runs", [4, 10, 20])
def test_no_more_conversations_are_had_than_are_allowed(runs: int) -> None:
    plan = (*HARMLESS[:2], CHANGE, *(departure("rude", turn) for turn in range(4, 9)))
    found, _ = solve(a_talk(lost_for_good, *plan), with_bot(lost_for_good), runs=runs)
    assert found.runs <= max(runs, 6)
    assert "changes_mind" in [each.manner for each in found.departures]


def test_a_spent_budget_ends_the_search_with_what_was_found() -> None:
    def broke(sample: Sample, count: int) -> Transcript:
        had = hold(sample, lost_for_good)
        return had if count < 3 else msgspec.structs.replace(had, end_reason="budget")

    found, batches = solve(a_talk(lost_for_good, *HARMLESS, CHANGE), broke)
    assert not found.finished
    assert len(batches) <= 3
    assert "changes_mind" in [each.manner for each in found.departures]

"""Failed conversations as few problems with names that a person understands."""

from collections.abc import Sequence

import msgspec
from tests.unit.simulate.talking import Bot, Reply, a_behavior, departure, hold, talks, waiter, with_plan

from synthloop.core.ask import Failure
from synthloop.core.conversation import Departure, EndState
from synthloop.core.json_value import JsonValue
from synthloop.core.problem import Breakdown
from synthloop.core.report import FailureMode, Result
from synthloop.core.sample import Sample, with_goal
from synthloop.core.transcript import EndReason, Transcript
from synthloop.distill.breakdowns import covers, find_breakdown
from synthloop.distill.talk_grouping import find_broken_talks, group_talks
from synthloop.generate.conversations import UserSettings

COOPERATIVE = UserSettings(manners={}, noise=0.0, quick_replies=(0.0,))

SERVED = EndState(state={"outcome": "served", "drink": "{drink}"}, done=True)


def users(count: int, *plan: Departure) -> list[Sample]:
    made = [with_plan(sample, *plan) for sample in talks(a_behavior(), count, settings=COOPERATIVE)]
    return [with_goal(each, msgspec.structs.replace(each.goal, opening_slots=()), "hello there") for each in made if each.goal]


def grouped(samples: Sequence[Sample], *bots: Bot) -> tuple[FailureMode, ...]:
    """Group what becomes of samples; the bots are had in turns."""
    had = [hold(sample, bots[at % len(bots)]) for at, sample in enumerate(samples)]
    return group_transcripts(samples, had)


def group_transcripts(samples: Sequence[Sample], had: Sequence[Transcript]) -> tuple[FailureMode, ...]:
    results = [result_of(sample, transcript) for sample, transcript in zip(samples, had, strict=True)]
    broken = find_broken_talks({sample.id: sample for sample in samples}, results, {each.id: each for each in had})
    return group_talks(broken)


def result_of(sample: Sample, transcript: Transcript) -> Result:
    passed = transcript.end_reason == "end_state_reached"
    return Result(
        sample_id=sample.id,
        scenario_id=sample.scenario_id,
        behavior_id=sample.behavior_id,
        passes=(passed,),
        transcript_ids=(transcript.id,),
        failed_scorers=() if passed else ("end_state",),
    )


def deaf(at: str) -> Bot:
    """Do as the waiter does, but never understand the answer to one question."""

    def answer(text: str, state: JsonValue) -> Reply:
        known = state if isinstance(state, dict) else {}
        return {"messages": [f"Sorry, which {at}?"], "state": known} if known.get("asks") == at else waiter(text, state)

    return answer


def lost_by_questions(text: str, state: JsonValue) -> Reply:
    known = state if isinstance(state, dict) else {}
    if known.get("lost") or ("?" in text and "asks" in known):
        return {"messages": ["Sorry, I didn't get that."], "state": {**known, "lost": True}}
    return waiter(text, state)


def test_each_failed_conversation_is_in_exactly_one_problem() -> None:
    samples = users(60)
    modes = grouped(samples, deaf("size"), waiter, deaf("drink"))
    hit = [sample_id for mode in modes for sample_id in mode.sample_ids]
    assert len(hit) == len(set(hit)) == 40
    assert sorted(mode.breakdown.place for mode in modes if mode.breakdown) == ["drink", "size"]
    assert {mode.scorer for mode in modes} == {"end_state"}


def test_a_name_says_how_it_ends_and_where_and_what_the_user_did() -> None:
    (mode,) = grouped(users(10, departure("asks_back", 1)), lost_by_questions)
    assert mode.name == "loop at size after the user asks back"
    assert mode.breakdown == Breakdown(behavior_id="order", kind="stuck", place="size", doing="asks_back")
    assert sum(mode.end_reasons.values()) == len(mode.sample_ids)


def test_what_goes_wrong_after_the_same_manner_at_several_places_is_one_problem() -> None:
    early, late = users(20, departure("asks_back", 1)), users(20, departure("asks_back", 2))
    modes = grouped([*early[:10], *late[10:]], lost_by_questions)
    assert [len(mode.sample_ids) for mode in modes] == [20]
    assert modes[0].breakdown == Breakdown(behavior_id="order", kind="stuck", doing="asks_back")
    assert modes[0].name == "loop at drink or size after the user asks back"


def always_large(text: str, state: JsonValue) -> Reply:
    reply = waiter(text, state)
    known = reply["state"]
    return {**reply, "state": {**known, "size": "large"}} if reply.get("done") and isinstance(known, dict) else reply


def test_a_wrong_end_state_is_named_by_what_is_wrong_in_it() -> None:
    small = [sample for sample in users(20) if sample.goal and sample.goal.slots["size"] == "small"]
    (mode,) = grouped(small, always_large)
    assert mode.name == 'wrong end state: size is "large", not "small" after the user answers in its words'


def test_errors_that_differ_in_values_are_one_problem() -> None:
    samples = users(6)
    message = "app: KeyError: no price of {} for order {}"
    had = [
        msgspec.structs.replace(
            hold(sample, waiter),
            end_reason="app_error",
            failure=Failure(reason="error", message=message.format(sample.goal.slots["drink"] if sample.goal else "", at)),
        )
        for at, sample in enumerate(samples)
    ]
    (mode,) = group_transcripts(samples, had)
    assert mode.name.startswith("app error: app: KeyError: no price of <drink> for order #")


def ended(reason: EndReason) -> Breakdown | None:
    sample = users(1)[0]
    return find_breakdown(sample, msgspec.structs.replace(hold(sample, deaf("size")), end_reason=reason))


def test_standstills_are_the_same_failure_however_patient_the_user_is() -> None:
    assert ended("loop") == ended("user_gave_up") == ended("turn_limit") != ended("app_silent")


def test_what_is_not_the_apps_fault_is_no_breakdown() -> None:
    assert [ended(reason) for reason in ("end_state_reached", "simulator_fault", "budget", "user_left")] == [None] * 4  # pyright: ignore[reportArgumentType] - end reasons


def test_a_script_that_ends_is_no_failure() -> None:
    sample = users(1)[0]
    assert sample.goal is not None
    said = with_goal(sample, msgspec.structs.replace(sample.goal, script=("hello", "hm"), scripted_only=True))
    had = hold(said, waiter)
    assert had.end_reason == "turn_limit"
    assert find_breakdown(said, had) is None


def test_a_pattern_covers_what_it_leaves_open() -> None:
    found = Breakdown(behavior_id="order", kind="stuck", place="size", doing="asks_back")
    assert covers(Breakdown(behavior_id="order", kind="stuck", doing="asks_back"), found)
    assert covers(Breakdown(behavior_id="order", kind="stuck", place="size"), found)
    assert not covers(Breakdown(behavior_id="order", kind="stuck", place="drink"), found)
    assert not covers(Breakdown(behavior_id="refund", kind="stuck"), found)
    assert not covers(found, None)


def takes_remarks_for_answers(text: str, state: JsonValue) -> Reply:
    """Do as the waiter does, but take whatever else is said for a wish to have something large."""
    known = state if isinstance(state, dict) else {}
    is_answer = any(value in text.lower() for value in ("small", "large", "tea", "coffee"))
    return waiter(text if is_answer or "size" not in known else f"large, {text}", state)


def test_what_the_app_took_for_an_answer_is_to_blame_for_a_wrong_value() -> None:
    small = [each for each in users(20, departure("wanders", 2)) if each.goal and each.goal.slots["size"] == "small"]
    (mode,) = grouped(small, takes_remarks_for_answers)
    assert mode.name == 'wrong end state: size is "large", not "small" after the user wanders off'


def deaf_to_changes(text: str, state: JsonValue) -> Reply:
    known = state if isinstance(state, dict) else {}
    size = known.get("size")
    reply = waiter(text, state)
    now = reply["state"]
    return {**reply, "state": {**now, "size": size}} if size and isinstance(now, dict) else reply


def test_a_change_that_the_app_ignored_is_to_blame_for_the_old_value() -> None:
    small = [each for each in users(20, departure("changes_mind", 2, "size", "large")) if each.goal and each.goal.slots["size"] == "small"]
    (mode,) = grouped(small, deaf_to_changes)
    assert mode.breakdown is not None
    assert mode.breakdown.doing == "changes_mind"


def test_what_the_user_did_last_is_to_blame_for_a_state_that_it_never_told() -> None:
    def hands_off(text: str, state: JsonValue) -> Reply:
        outcome = "a person" if "?" in text else "served"
        reply = waiter(text, state)
        now = reply["state"]
        ends = {"done": True} if outcome == "a person" else {}
        return {**reply, **ends, "state": {**now, "outcome": outcome}} if isinstance(now, dict) else reply

    asking = users(5, departure("asks_back", 1))
    wanted = [msgspec.structs.replace(each, goal=msgspec.structs.replace(each.goal, end=SERVED)) for each in asking if each.goal]
    (mode,) = grouped(wanted, hands_off)
    assert mode.name == 'wrong end state: outcome is "a person", not "served" after the user asks back'

"""What a report says of conversations: ends, funnel, manners."""

from synthloop.core.behavior import Behavior
from synthloop.core.conversation import Departure, EndState, Goal, Question, Talk
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, make_sample
from synthloop.core.transcript import EndReason, SimulatorFault, Transcript, Turn
from synthloop.evaluate.funnel import draw_funnel, mask_values
from synthloop.evaluate.outcomes import Outcome
from synthloop.evaluate.talks import report_talks

STEPS = ("drink", "size")


def a_behavior(*questions: str) -> Behavior:
    asked = tuple(Question(slot=name, state={"asks": name}) for name in questions)
    return Behavior(id="order", says="Orders.", talk=Talk(slots=STEPS, end=EndState(done=True), questions=asked))


def an_outcome(number: int, steps: tuple[str, ...], end: EndReason = "end_state_reached", plan: tuple[Departure, ...] = ()) -> Outcome:
    goal = Goal(slots={"drink": f"tea{number}", "size": "large"}, end=EndState(done=True), plan=plan)
    sample = make_sample(
        behavior_id="order",
        scenario_id=f"s{number}",
        messages=(Message(role="user", text="hi"),),
        lineage=Lineage(origin="generated"),
        goal=goal,
    )
    turns: list[Turn] = []
    for step in steps:
        manners = tuple(departure.manner for departure in plan if departure.turn == len(turns) // 2)
        turns.append(Turn(role="user", text="well", manners=manners, understood="unclear question" if step == "?" else ""))
        turns.append(Turn(role="app", text=f"Which {step}, tea{number}?", state={"asks": step}))
    faults = (SimulatorFault(kind="contradicted-goal", turn=0),) if end == "simulator_fault" else ()
    transcript = Transcript(
        id=str(number), sample_id=sample.id, app="app", app_version="1", turns=tuple(turns), end_reason=end, faults=faults
    )
    passed = None if end == "simulator_fault" else end == "end_state_reached"
    return Outcome(sample=sample, transcript=transcript, scores=(), passed=passed, unscored="")


def test_the_funnel_counts_who_came_how_far_where_they_ended_and_who_turned_back() -> None:
    outcomes = [
        an_outcome(0, ("drink", "size")),
        an_outcome(1, ("drink", "drink", "size", "drink"), "loop"),
        an_outcome(2, ("drink",), "user_gave_up"),
        an_outcome(3, ("size",), "turn_limit"),
    ]
    funnel = draw_funnel(a_behavior(*STEPS), outcomes)
    told = [(step.name, step.reached.value, step.ended, step.turned_back) for step in funnel.steps]
    assert told == [("drink", 1.0, 1, 1), ("size", 0.75, 2, 0), ("end state", 0.25, 0, 0)]
    assert funnel.steps[0].turns == (1 + 3 + 1) / 3
    assert not funnel.learnt


def test_steps_are_learnt_from_what_successful_conversations_have_in_common() -> None:
    outcomes = [an_outcome(number, ("drink", "size")) for number in range(9)] + [an_outcome(9, ("drink", "odd"), "loop")]
    funnel = draw_funnel(a_behavior(), outcomes)
    assert funnel.learnt
    assert [step.name for step in funnel.steps] == ["Which drink, <drink>?", "Which size, <drink>?", "end state"]
    assert [step.reached.value for step in funnel.steps] == [1.0, 0.9, 0.9]


def test_values_and_numbers_are_masked_whole() -> None:
    assert mask_values("Teapot and tea for 2.5", {"drink": ["tea"]}) == "Teapot and <drink> for #"


def test_a_report_says_how_conversations_ended_and_leaves_the_users_own_faults_out_of_the_funnel() -> None:
    ends: list[EndReason] = ["end_state_reached", "loop", "loop", "simulator_fault"]
    outcomes = [an_outcome(number, ("drink", "?"), end) for number, end in enumerate(ends)]
    talks = report_talks(outcomes, [a_behavior(*STEPS)])
    assert talks is not None
    assert [(end.reason, end.share.value) for end in talks.ends] == [("loop", 0.5), ("end_state_reached", 0.25), ("simulator_fault", 0.25)]
    assert (talks.faults.value, talks.not_understood.value, talks.turns.value) == (0.25, 0.5, 2.0)
    assert talks.funnels[0].conversations == 3


def test_manners_are_held_against_what_was_planned_as_far_as_users_got() -> None:
    plan = (Departure(manner="wanders", turn=1), Departure(manner="wanders", turn=7), Departure(manner="rude", turn=9))
    talks = report_talks([an_outcome(0, ("drink", "size"), plan=plan), an_outcome(1, ("drink", "size"))], [a_behavior(*STEPS)])
    assert talks is not None
    wanders = next(check for check in talks.manners if check.manner == "wanders")
    assert (wanders.planned, wanders.shown.value, wanders.users) == (0.25, 0.25, 1)
    rude = next(check for check in talks.manners if check.manner == "rude")
    assert (rude.planned, rude.shown.value, rude.users) == (0.0, 0.0, 1)


def test_a_run_without_conversations_says_nothing_of_them() -> None:
    assert report_talks([], []) is None

"""How many conversations it takes to make a failed one as short as it can be, and whether what is left is what breaks the app.

Scripted bots that ask eleven things each have a fault that is known: they lose their way for good after one departure, late changes or two
departures together, get one value wrong, or end wrongly by chance. Their users have every shipped manner. For each bot: failed
conversations of at least twelve turns of the user, the median number of runs with its interval, how many are within sixty, the turns before
and after, and in which share exactly the departures are left that the fault needs.

    python benchmarks/minimization.py [--quick]
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import get_args

import numpy as np

from synthloop.core.ask import Answer, Ask, Flow, TurnRequest
from synthloop.core.behavior import Behavior, Choice, Parameter
from synthloop.core.conversation import EndState, Manner, Question, Talk
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import content_id
from synthloop.core.problem import Breakdown, Minimal
from synthloop.core.sample import Sample
from synthloop.core.transcript import Transcript
from synthloop.distill.breakdowns import find_breakdown
from synthloop.distill.minimization import minimize_talk
from synthloop.distill.talk_grouping import BrokenTalk, group_talks
from synthloop.evaluate.intervals import measure_quantile
from synthloop.generate.conversations import UserSettings, make_conversations
from synthloop.simulate.agenda import AgendaUser
from synthloop.simulate.conversation import AppRef, Stage, converse

SLOTS = {f"slot{number:02}": tuple(f"{color}{number:02}" for color in ("red", "blue", "green")) for number in range(1, 12)}
LONG = 12
RUNS = 60

Known = dict[str, JsonValue]
Fault = Callable[[Known, str, str], bool]
"""Whether a bot loses its way: takes what it knows, the text, and the slot that it asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A form with a fault."""

    name: str
    breaks: Fault
    needed: tuple[frozenset[str], ...] = ()
    """Departures without which it does not fail: one of each set."""
    wrong: str = ""
    """A value that it gets wrong."""
    share: float = 0.0
    """Share of conversations that it ends wrongly, by chance."""

    def answer(self, ask: Ask) -> JsonValue:
        """Return the reply to a turn."""
        request = ask.request
        assert isinstance(request, TurnRequest)
        text = request.messages[-1].text.lower() if request.messages else ""
        known: Known = dict(request.state) if isinstance(request.state, dict) else {}
        asked = str(known.get("asks", ""))
        if known.get("lost") or (asked and self.breaks(known, text, asked)):
            return {"messages": ["Sorry, I am lost."], "state": {**known, "lost": True}}
        for slot, values in SLOTS.items():
            said = [value for value in values if value in text]
            known.update({slot: said[-1]} if said else {})
        missing = next((slot for slot in SLOTS if slot not in known), "")
        turn = known.get("turn", 0)
        known = {**known, "asks": missing, "turn": turn + 1 if isinstance(turn, int) else 0, "seen": [*list_seen(known), text[:20]]}
        if missing:
            return {"messages": [f"What about {missing}?"], "quick_replies": list(SLOTS[missing]), "state": known}
        return {"messages": ["All set."], "state": self._end(known, ask), "done": True}

    def _end(self, known: Known, ask: Ask) -> Known:
        by_chance = self.share and int(content_id(ask.replica, ask.request)[:4], 16) < self.share * 65536
        swapped = {slot: value for slot, value in known.items() if slot in SLOTS and (value == self.wrong or by_chance)}
        return {**known, **dict.fromkeys(swapped, "nothing")}


def list_seen(known: Known) -> list[JsonValue]:
    seen = known.get("seen")
    return seen if isinstance(seen, list) else []


def names_other(known: Known, text: str) -> bool:
    return any(known.get(slot, value) != value for slot, values in SLOTS.items() for value in values if value in text)


def is_answer(text: str) -> bool:
    return any(value in text for values in SLOTS.values() for value in values)


def asks_or_changes(known: Known, text: str, _: str) -> bool:
    """Break at a change after any message that was no answer."""
    strayed = sum(1 for each in list_seen(known)[1:] if not is_answer(str(each)))
    return bool(strayed) and names_other(known, text)


def changes(known: Known, text: str, _: str) -> bool:
    """Break at any change."""
    return names_other(known, text)


def changes_late(known: Known, text: str, _: str) -> bool:
    """Break at a change after the sixth slot."""
    return "slot06" in known and names_other(known, text)


def strays_late(known: Known, text: str, _: str) -> bool:
    """Break at any message after the eighth slot that is no answer."""
    return "slot08" in known and not is_answer(text)


def never(*_: object) -> bool:
    """Break nowhere."""
    return False


CHANGES = frozenset({"changes_mind", "corrects_itself"})
STRAYING = frozenset(get_args(Manner)) - {"rude", "over_polite", "tells_more"}

BOTS = (
    Bot(name="lost by any change", breaks=changes, needed=(CHANGES,)),
    Bot(name="lost by a late change", breaks=changes_late, needed=(CHANGES,)),
    Bot(name="lost by a change after a digression", breaks=asks_or_changes, needed=(CHANGES, STRAYING)),
    Bot(name="lost late by what is no answer", breaks=strays_late, needed=(STRAYING,)),
    Bot(name="gets one value wrong", breaks=never, wrong="green09"),
    Bot(name="ends wrongly in 60 %", breaks=never, share=0.6),
)


def a_behavior() -> Behavior:
    parameters = tuple(Parameter(name=slot, choices=tuple(Choice(value=value) for value in values)) for slot, values in SLOTS.items())
    questions = tuple(Question(slot=slot, state={"asks": slot}) for slot in SLOTS)
    end = EndState(state={slot: f"{{{slot}}}" for slot in SLOTS}, done=True)
    return Behavior(
        id="form", says="A form is filled in.", parameters=parameters, talk=Talk(slots=tuple(SLOTS), end=end, questions=questions)
    )


BEHAVIOR = a_behavior()
USER = AgendaUser(behaviors=[BEHAVIOR], seed=1)


def hold(sample: Sample, bot: Bot, replica: int) -> Transcript:
    flow: Flow[Transcript] = converse(sample, Stage(app=AppRef(name="bot", version="1"), user=USER), replica=replica)
    try:
        asks = next(flow)
        while True:
            asks = flow.send(tuple(Answer(value=bot.answer(ask)) for ask in asks))
    except StopIteration as stop:
        return stop.value


def has_value(sample: Sample, value: str) -> bool:
    return not value or (sample.goal is not None and value in sample.goal.slots.values())


def find_failed(bot: Bot, count: int) -> Iterator[BrokenTalk]:
    """Yield failed conversations that are long."""
    assert BEHAVIOR.talk is not None
    users = UserSettings(turns=30, noise=0.0)
    made = make_conversations(BEHAVIOR, BEHAVIOR.talk, settings=users, strength=1, levels=3, seed=5)
    found = 0
    for sample in made:
        had = hold(sample, bot, 0)
        # a user who departs from its way until its turns are over tells nothing of the fault
        breakdown = find_breakdown(sample, had) if had.end_reason != "turn_limit" and has_value(sample, bot.wrong) else None
        if breakdown is not None and sum(turn.role == "user" for turn in had.turns) >= LONG:
            found += 1
            yield BrokenTalk(sample=sample, transcript=had, breakdown=breakdown, scorer="end_state")
        if found == count:
            return


def minimize(talk: BrokenTalk, problem: Breakdown, bot: Bot) -> Minimal:
    search = minimize_talk(talk, problem, runs=RUNS)
    try:
        batch = next(search)
        while True:
            first = 1000 if batch.fresh else 1
            batch = search.send([[hold(sample, bot, first + at) for at in range(batch.repeats)] for sample in batch.samples])
    except StopIteration as stop:
        return stop.value


def needs_exactly(found: Minimal, needed: tuple[frozenset[str], ...]) -> bool:
    """Tell whether the departures that are left are the needed ones, in any order."""
    left = [each.manner for each in found.departures]
    if len(left) != len(needed):
        return False
    return any(all(manner in each for manner, each in zip(order, needed, strict=True)) for order in permutations(left))


def show(name: str, found: list[Minimal], right: float | None) -> None:
    runs = np.array([each.runs for each in found], dtype=np.float64)
    median = measure_quantile("runs", runs, np.arange(len(runs), dtype=np.intp), 0.5)
    within = sum(each.runs <= RUNS for each in found) / len(found)
    before, after = (np.median([getattr(each, field) for each in found]) for field in ("turns_before", "turns"))
    reproduced = sum(each.reproduced for each in found) / len(found)
    finished = sum(each.finished for each in found) / len(found)
    interval = "" if median.low is None else f" ({median.low:.0f} to {median.high:.0f})"
    exact = "" if right is None else f"{right:.2f}"
    print(
        f"{name:<36} {len(found):>4}  {median.value:.0f}{interval:<12} {within:>8.2f} {finished:>9.2f} {reproduced:>11.2f}"
        f" {before:>7.0f} {after:>6.0f} {exact:>8}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quarter of the conversations")
    count = 15 if parser.parse_args().quick else 60
    print(f"conversations of at least {LONG} turns of the user; at most {RUNS} runs each")
    print(
        f"{'bot':<36} {'n':>4}  {'median runs':<14} {'<= 60':>8} {'finished':>9} {'reproduced':>11} {'before':>7} {'after':>6} {'exact':>8}"
    )
    everything: list[Minimal] = []
    started = time.process_time()
    for bot in BOTS:
        talks = {talk.sample.id: talk for talk in find_failed(bot, count)}
        found = [
            minimize(talks[id_], mode.breakdown, bot) for mode in group_talks(talks.values()) if mode.breakdown for id_ in mode.sample_ids
        ]
        exact = None if bot.share else sum(needs_exactly(each, bot.needed) for each in found) / len(found)
        show(bot.name, found, exact)
        everything += found
    show("all", everything, None)
    print(f"{(time.process_time() - started) / len(everything) * 1000:.0f} ms CPU a conversation, its users and bots included")


if __name__ == "__main__":
    main()

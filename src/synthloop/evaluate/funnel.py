"""The way to the end state as steps: how many conversations come to each, where they end and where they turn back.

Steps are those that the behavior declares, or its questions; where there are none they are learnt: messages of the app, apart from the
values in them, that most conversations which reach the end state have in common, in the order in which these have them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthloop.core.behavior import Behavior
from synthloop.core.end_state import holds, matches_state
from synthloop.core.masking import mask_values
from synthloop.core.talk_report import Funnel, FunnelStep
from synthloop.core.transcript import Transcript, Turn
from synthloop.evaluate.intervals import measure_share
from synthloop.evaluate.outcomes import Outcome, number_keys, sum_by

COMMON = 0.5
"""Share of the successful conversations that have to have a message in common for it to be a step."""

MOST_STEPS = 12

END = "end state"
"""Name of the last step."""

_LONGEST_NAME = 40

Locate = Callable[[Turn], str]
"""Returns the step that a turn of the app belongs to; empty where it belongs to none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The steps of one behavior and how a turn's step is known."""

    names: tuple[str, ...]
    locate: Locate
    learnt: bool = False


def draw_funnel(behavior: Behavior, outcomes: Sequence[Outcome]) -> Funnel:
    """Return the funnel of one behavior's conversations.

    Args:
        behavior: Has a talk.
        outcomes: Its conversations; those that passed reached the end state.
    """
    way = find_way(behavior, outcomes)
    visits = [_walk(outcome.transcript, way) for outcome in outcomes]
    cluster = number_keys(outcome.sample.scenario_id for outcome in outcomes)
    clusters = int(cluster.max()) + 1 if len(cluster) else 0
    trials = sum_by(cluster, np.ones(len(cluster)), clusters)
    order = {name: place for place, name in enumerate(way.names)}
    furthest = [max((order[name] for name in visited), default=-1) for visited in visits]
    steps: list[FunnelStep] = []
    for place, name in enumerate((*way.names, END)):
        passed = [outcome.passed is True for outcome in outcomes]
        reached = np.array([ended or (name != END and far >= place) for ended, far in zip(passed, furthest, strict=True)], dtype=np.float64)
        here = [visited.count(name) for visited in visits if name in visited]
        steps.append(
            FunnelStep(
                name=name,
                reached=measure_share(name, sum_by(cluster, reached, clusters), trials),
                ended=sum(outcome.passed is False and far == place for outcome, far in zip(outcomes, furthest, strict=True)),
                turned_back=sum(_turns_back(visited, order, name) for visited in visits),
                turns=float(np.mean(here)) if here else 0.0,
            )
        )
    return Funnel(behavior_id=behavior.id, steps=tuple(steps), conversations=len(outcomes), learnt=way.learnt)


def find_way(behavior: Behavior, outcomes: Sequence[Outcome]) -> Way:
    """Return the steps of a behavior: declared, its questions, or learnt."""
    talk = behavior.talk
    declared = [(step.name, step.says, step.state) for step in talk.steps] if talk else []
    declared = declared or ([(question.slot, question.says, question.state) for question in talk.questions] if talk else [])
    if not declared:
        return _learn_way(outcomes)

    def locate(turn: Turn) -> str:
        by_state = next((name for name, _, state in declared if matches_state(state, turn.state, {})), "")
        return by_state or next((name for name, says, _ in declared if any(holds(pattern, [turn]) for pattern in says)), "")

    return Way(names=tuple(name for name, _, _ in declared), locate=locate)


def _learn_way(outcomes: Sequence[Outcome]) -> Way:
    succeeded = [outcome for outcome in outcomes if outcome.passed] or list(outcomes)
    values = _merge(outcomes)
    places: dict[str, list[float]] = defaultdict(list)
    for outcome in succeeded:
        for text, place in _first_places(outcome, values).items():
            places[text].append(place)
    common = [text for text, found in places.items() if len(found) >= COMMON * len(succeeded)]
    ordered = sorted(common, key=lambda text: (float(np.mean(places[text])), text))[:MOST_STEPS]
    names = {text: _shorten(text) for text in ordered}
    return Way(names=tuple(dict.fromkeys(names.values())), locate=_Learnt(names=names, values=values).locate, learnt=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learnt:
    names: Mapping[str, str]
    """Masked message -> step."""
    values: Mapping[str, frozenset[str]]
    """Slot -> all values that any user has of it."""

    def locate(self, turn: Turn) -> str:
        return self.names.get(mask_values(turn.text, self.values), "")


def _first_places(outcome: Outcome, values: Mapping[str, Iterable[str]]) -> dict[str, float]:
    """Return masked message of the app -> its first place in the conversation, from 0 to 1."""
    said = [turn for turn in outcome.transcript.turns if turn.role == "app" and turn.text]
    found: dict[str, float] = {}
    for place, turn in enumerate(said):
        found.setdefault(mask_values(turn.text, values), place / max(1, len(said) - 1))
    return found


def _values_of(outcome: Outcome) -> dict[str, str]:
    wanted = dict(outcome.sample.goal.slots) if outcome.sample.goal else {}
    for turn in outcome.transcript.turns:
        wanted.update(turn.slots)
    return wanted


def _merge(outcomes: Sequence[Outcome]) -> dict[str, frozenset[str]]:
    """Return slot -> all values that any user has of it."""
    merged: dict[str, set[str]] = defaultdict(set)
    for values in map(_values_of, outcomes):
        for slot, value in values.items():
            merged[slot].add(value)
    return {slot: frozenset(values) for slot, values in merged.items()}


def _walk(transcript: Transcript, way: Way) -> list[str]:
    """Return the steps of a conversation in order, one entry a turn of the app that belongs to any."""
    return [step for turn in transcript.turns if turn.role == "app" and (step := way.locate(turn))]


def _turns_back(visited: Sequence[str], order: Mapping[str, int], name: str) -> bool:
    """Tell whether a conversation came back to a step from a later one."""
    furthest = -1
    for step in visited:
        if step == name and furthest > order.get(name, len(order)):
            return True
        furthest = max(furthest, order[step])
    return False


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 3]}..."


__all__ = ["COMMON", "END", "MOST_STEPS", "Way", "draw_funnel", "find_way"]

"""Conversations of a run, summed up."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from synthloop.core.behavior import Behavior
from synthloop.core.score import MetricValue
from synthloop.core.talk_report import EndShare, Funnel, MannerCheck, TalkReport
from synthloop.core.transcript import EndReason, Turn
from synthloop.evaluate.funnel import draw_funnel
from synthloop.evaluate.intervals import measure_quantile, measure_share
from synthloop.evaluate.outcomes import Floats, Outcome, number_keys, sum_by

Holds = Callable[[Turn], bool]

_NOT_UNDERSTOOD = ("unclear", "statement", "silent")


def report_talks(outcomes: Sequence[Outcome], behaviors: Sequence[Behavior]) -> TalkReport | None:
    """Return what a run says of its conversations; None where it has none."""
    talked = [outcome for outcome in outcomes if outcome.sample.goal is not None]
    if not talked:
        return None
    table = _Table(talked)
    reasons: Counter[EndReason] = Counter(outcome.transcript.end_reason for outcome in talked)
    return TalkReport(
        conversations=len(talked),
        ends=tuple(
            EndShare(reason=reason, share=table.share(reason, [one.transcript.end_reason == reason for one in talked]))
            for reason, _ in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        ),
        faults=table.share("simulator_faults", [bool(one.transcript.faults) for one in talked]),
        not_understood=table.share_of_turns("not_understood", lambda turn: any(word in turn.understood for word in _NOT_UNDERSTOOD)),
        turns=_measure_turns(talked),
        funnels=tuple(_funnels(talked, behaviors)),
        manners=check_manners(talked),
    )


def check_manners(outcomes: Sequence[Outcome]) -> tuple[MannerCheck, ...]:
    """Return how often each planned manner was planned and how often it showed, by name.

    A departure is carried out in the first turn in which it can happen, so it may show later than planned, or never where the
    conversation ends before: then fewer show than were planned.
    """
    table = _Table(outcomes)
    planned: Counter[str] = Counter()
    users: Counter[str] = Counter()
    for outcome in outcomes:
        plan = outcome.sample.goal.plan if outcome.sample.goal else ()
        spoken = sum(turn.role == "user" for turn in outcome.transcript.turns)
        planned.update(departure.manner for departure in plan if departure.turn < spoken)
        users.update({departure.manner for departure in plan})
    return tuple(
        MannerCheck(
            manner=manner,
            planned=planned[manner] / max(1, table.turns),
            shown=table.share_of_turns(manner, lambda turn, manner=manner: manner in turn.manners),
            users=users[manner],
        )
        for manner in sorted(users)
    )


class _Table:
    """Conversations with the scenarios that they belong to: near-copies count together."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = outcomes
        self._cluster = number_keys(outcome.sample.scenario_id for outcome in outcomes)
        self._clusters = int(self._cluster.max()) + 1 if len(self._cluster) else 0
        self._spoken = [[turn for turn in outcome.transcript.turns if turn.role == "user"] for outcome in outcomes]
        self.turns = sum(map(len, self._spoken))

    def share(self, name: str, hits: Sequence[bool]) -> MetricValue:
        """Return a share of conversations."""
        return measure_share(name, self._sum(np.array(hits, dtype=np.float64)), self._sum(np.ones(len(hits))))

    def share_of_turns(self, name: str, holds: Holds) -> MetricValue:
        """Return a share of the users' turns."""
        hits = np.array([sum(map(holds, spoken)) for spoken in self._spoken], dtype=np.float64)
        return measure_share(name, self._sum(hits), self._sum(np.array([len(spoken) for spoken in self._spoken], dtype=np.float64)))

    def _sum(self, values: Floats) -> Floats:
        return sum_by(self._cluster, values, self._clusters)


def _measure_turns(outcomes: Sequence[Outcome]) -> MetricValue:
    reached = [outcome for outcome in outcomes if outcome.transcript.end_reason == "end_state_reached"]
    if not reached:
        return MetricValue(name="turns", value=None, n=0)
    turns = np.array([sum(turn.role == "user" for turn in one.transcript.turns) for one in reached], dtype=np.float64)
    return measure_quantile("turns", turns, number_keys(one.sample.scenario_id for one in reached), 0.5)


def _funnels(outcomes: Sequence[Outcome], behaviors: Sequence[Behavior]) -> Iterator[Funnel]:
    for behavior in behaviors:
        own = [outcome for outcome in outcomes if outcome.sample.behavior_id == behavior.id and outcome.passed is not None]
        if own:
            yield draw_funnel(behavior, own)


__all__ = ["check_manners", "report_talks"]

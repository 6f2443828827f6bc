"""Have models write samples, round after round: brief, write, grade, judge, steer, until the order is filled or nothing new comes."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import chance
from synthloop.core.sample import Sample, Verdict
from synthloop.core.writing import WritingFault, Written
from synthloop.curate.order import Curator, StopReason
from synthloop.curate.steering import find_excess, find_missing
from synthloop.curate.verdicts import drop_sample
from synthloop.engine.runner import Engine
from synthloop.generate.briefs import Assignment, Steering, plan_briefs
from synthloop.loop.grade import SURPLUS, grade_samples
from synthloop.loop.setup import Setup
from synthloop.loop.spool import Judged
from synthloop.loop.yields import BriefOutcome

PILOT = 8
"""Briefs of each behavior in the first round: nothing is known of its yield yet, and nothing can be steered."""

_ROUND = 64
_GROWTH = 4
_WATCHED = 20
_MATERIAL = 12
_CANDIDATES_PER_ACCEPTED = 20


@dataclass(slots=True, kw_only=True)
class WritingOrder:
    """The order of one behavior, as far as it is."""

    behavior: Behavior
    ordered: int
    begun: int = 0
    """Briefs so far."""
    accepted: list[Sample] = field(default_factory=list[Sample])
    reasons: Counter[str] = field(default_factory=Counter[str])
    stop_reason: StopReason | None = None
    recent: deque[int] = field(default_factory=lambda: deque[int](maxlen=_WATCHED))
    """Samples accepted from each of the last briefs."""

    @property
    def missing(self) -> int:
        """Samples still to be accepted."""
        return self.ordered - len(self.accepted)

    @property
    def is_open(self) -> bool:
        """Whether more is to be written for it."""
        return self.missing > 0 and self.stop_reason is None

    def count_briefs(self, per_call: int) -> int:
        """Return how many briefs the next round has: few at first, then what is missing at the yield of late, never growing too fast."""
        if not self.begun:
            return min(PILOT, -(-self.missing // per_call))
        expected = max(sum(self.recent) / len(self.recent), 0.25)
        return max(1, min(int(self.missing / expected) + 1, _GROWTH * self.begun, max(_ROUND, self.ordered // (2 * per_call))))


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingRun:
    """What models wrote for an order."""

    orders: tuple[WritingOrder, ...]
    outcomes: tuple[BriefOutcome, ...]
    """One a brief, in order of rounds, behaviors and numbers."""
    budget_spent: str
    """Which caps were reached, for a person; empty where none was."""

    @property
    def is_complete(self) -> bool:
        """Whether another run of the same order would ask nothing new."""
        return not self.budget_spent


def write_samples(setup: Setup, ordered: Mapping[str, int], curator: Curator, keep: Callable[[Judged], None], *, batch: str) -> WritingRun:
    """Have models write what is ordered, and hand every judged sample to `keep`.

    What each round asks is written down before it is asked: a run that is killed goes on with the same questions, and pays for none of them
    again. Calls that failed are asked again then, which may fill an order sooner.

    Args:
        setup: The project.
        ordered: Behavior -> samples to accept.
        curator: Judges; remembers what it keeps.
        keep: Given every sample with its verdict, in order.
        batch: Name of what is generated.

    Raises:
        UsageError: No writer suits a behavior, or a prompt can't be filled.
        CallError: No model can be reached.
    """
    orders = {behavior.id: WritingOrder(behavior=behavior, ordered=ordered.get(behavior.id, 0)) for behavior in setup.behaviors}
    rounds = _Rounds(setup=setup, orders=orders, curator=curator, keep=keep, batch=batch)
    number = 0
    while rounds.is_open:
        rounds.turn(number)
        number += 1
    return WritingRun(orders=tuple(orders.values()), outcomes=tuple(rounds.outcomes), budget_spent=rounds.budget_spent)


def preview_samples(setup: Setup, ordered: Mapping[str, int], curator: Curator, keep: Callable[[Judged], None]) -> WritingRun:
    """Write a few samples the way a large order begins: by its first briefs, at most `PILOT` of each behavior, nothing steered.

    The large order finds their answers paid for.
    """
    orders = {behavior.id: WritingOrder(behavior=behavior, ordered=ordered.get(behavior.id, 0)) for behavior in setup.behaviors}
    rounds = _Rounds(setup=setup, orders=orders, curator=curator, keep=keep, batch="")
    while rounds.is_open and all(order.begun < PILOT for order in orders.values()):
        rounds.turn(0)
    return WritingRun(orders=tuple(orders.values()), outcomes=tuple(rounds.outcomes), budget_spent=rounds.budget_spent)


def make_model_engine(setup: Setup) -> Engine:
    """Build the engine that answers what flows ask of models."""
    return Engine(
        ports=setup.models,
        journal=setup.journal,
        limits_by_port=setup.limits_by_model,
        purse=setup.purse,
        gates=setup.gates,
        progress=setup.progress,
        clock=setup.clock,
        seed=setup.seed,
    )


@dataclass(slots=True, kw_only=True)
class _Rounds:
    """An order in progress, over all behaviors: one round's briefs are written at once."""

    setup: Setup
    orders: Mapping[str, WritingOrder]
    curator: Curator
    keep: Callable[[Judged], None]
    batch: str
    """Empty where nothing is to be remembered of it, as in a preview."""
    outcomes: list[BriefOutcome] = field(default_factory=list[BriefOutcome])
    budget_spent: str = ""

    @property
    def is_open(self) -> bool:
        return not self.budget_spent and any(order.is_open for order in self.orders.values())

    def turn(self, number: int) -> None:
        """Write and judge one round."""
        assignments = [assignment for order in self.orders.values() if order.is_open for assignment in self._plan(order, number)]
        written = self._write(assignments)
        self._judge(assignments, written)
        for order in self.orders.values():
            order.stop_reason = order.stop_reason or self._find_stop(order)

    def _plan(self, order: WritingOrder, number: int) -> Sequence[Assignment]:
        settings = self.setup.writing
        planned = self._recall_plan(order, number)
        first, order.begun = order.begun, order.begun + planned.briefs
        return plan_briefs(
            order.behavior,
            self.setup.behaviors,
            settings,
            numbers=range(first, order.begun),
            steering=planned.steering,
            seed=self.setup.seed,
        )

    def _recall_plan(self, order: WritingOrder, number: int) -> "_RoundPlan":
        """Return what an earlier run of the same order planned for this round, or plan it and write it down."""
        if not self.batch or number == 0:
            most = PILOT - order.begun  # what comes after these is steered, and a preview can't know how
            return _RoundPlan(briefs=min(most, order.count_briefs(self.setup.writing.per_call)), steering=Steering())
        key = f"writing-round:{self.batch}:{number}:{order.behavior.id}"
        known = self.setup.store.read_note(key)
        if known is not None:
            return msgspec.json.decode(known, type=_RoundPlan)
        plan = _RoundPlan(briefs=order.count_briefs(self.setup.writing.per_call), steering=self._steer(order, number))
        self.setup.store.write_note(key, msgspec.json.encode(plan).decode())
        return plan

    def _steer(self, order: WritingOrder, number: int) -> Steering:
        rng = chance(self.setup.seed, "loop.write.material", order.behavior.id, number)
        material = rng.sample(order.accepted, min(_MATERIAL, len(order.accepted)))
        avoid = find_excess(order.accepted, seed=self.setup.seed)
        return Steering(avoid=avoid, wanted=find_missing(order.behavior, order.accepted), material=tuple(material))

    def _write(self, assignments: Sequence[Assignment]) -> list[Written]:
        flows: Iterator[Flow[Written]] = (assignment.writer.write(assignment.brief) for assignment in assignments)
        written: list[Written] = []
        summary = make_model_engine(self.setup).run(flows, sink=written.append, total=len(assignments))
        self.budget_spent = summary.budget_spent
        if self.batch:
            faults = (fault for pair in zip(assignments, written, strict=True) for fault in _list_faults(*pair))
            self.setup.store.save_faults(faults, batch=self.batch)
        return written

    def _judge(self, assignments: Sequence[Assignment], written: Sequence[Written]) -> None:
        graded = self._grade([sample for each in written for sample in each.samples])
        for assignment, each in zip(assignments, written, strict=True):
            accepted = sum(self._judge_one(sample, graded.get(sample.id)) for sample in each.samples)
            self.orders[assignment.brief.behavior.id].recent.append(accepted)
            self.outcomes.append(BriefOutcome.of(assignment, each, accepted=accepted))

    def _grade(self, samples: Iterable[Sample]) -> Mapping[str, Verdict]:
        """Ask the filter, where there is one, about samples that nothing else objects to: what is dropped anyway costs no call."""
        if self.setup.grader is None:
            return {}
        candidates = {sample.id: sample for sample in samples if self.curator.find_objection(sample) is None}
        verdicts = grade_samples(self.setup, make_model_engine(self.setup), tuple(candidates.values()))
        return {verdict.sample_id: verdict for verdict in verdicts if not verdict.keep}

    def _judge_one(self, sample: Sample, objection: Verdict | None) -> bool:
        order = self.orders[sample.behavior_id]
        if objection is None and order.missing <= 0:
            objection = drop_sample(sample, SURPLUS, "more-than-ordered", "its behavior has all that was ordered; paid for, so kept here")
        verdict = objection or self.curator.judge(sample)
        order.reasons[verdict.reason] += 1
        if verdict.keep:
            order.accepted.append(sample)
        self.keep((sample, verdict))
        return verdict.keep

    def _find_stop(self, order: WritingOrder) -> StopReason | None:
        limit = self.setup.order.candidate_limit or _CANDIDATES_PER_ACCEPTED * order.ordered
        if order.missing <= 0:
            return "enough"
        if self.budget_spent:
            return "budget"
        if order.reasons.total() >= limit:
            return "candidate-limit"
        if len(order.recent) == _WATCHED and sum(order.recent) < self.setup.writing.stop_below * _WATCHED:
            return "novelty-dried-up"
        return None


class _RoundPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What one round asks for one behavior."""

    briefs: int
    steering: Steering


def _list_faults(assignment: Assignment, written: Written) -> Iterator[WritingFault]:
    brief = assignment.brief
    for fault in written.faults:
        yield WritingFault(
            behavior_id=brief.behavior.id, number=brief.number, writer=assignment.writer.spec.name, model=brief.model.name, fault=fault
        )


__all__ = ["PILOT", "WritingOrder", "WritingRun", "make_model_engine", "preview_samples", "write_samples"]

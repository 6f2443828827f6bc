"""The shortest conversation that still fails: a failed one, without everything that the failure does not need.

First the user's departures from the straight way are taken away (its goal, words and voice stay), then its traits become plain, then what
it says is cut down turn by turn and word by word. A candidate counts only where it has the same problem: it breaks in the same way at the
same place, or after the same manner where that is what the problem's conversations have in common. See
`synthloop.distill.delta_debugging` for how candidates are chosen.

The search asks nobody itself: it yields batches of samples, whose conversations may be had at once, and is sent what became of them.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import msgspec

from synthloop.core.conversation import Departure, Goal, Manner
from synthloop.core.problem import Breakdown, Minimal
from synthloop.core.sample import Sample, with_goal
from synthloop.core.transcript import Transcript
from synthloop.distill.breakdowns import covers, find_breakdown
from synthloop.distill.delta_debugging import Reduction, minimize
from synthloop.distill.scripts import Script, join_words, read_script, split_words
from synthloop.distill.talk_grouping import BrokenTalk

T = TypeVar("T")

CHECKS = 3
"""Times that the failed conversation, and what is left of it, are had to see how surely they fail."""

TRIES = 5
"""Times that a candidate is had where the app is random: it has to fail in most."""

COLORS: frozenset[Manner] = frozenset({"rude", "over_polite", "tells_more"})
"""Manners that only color what is said anyway: all others cost a turn."""

PLAIN_OPENING = "hi"

PLAIN_PATIENCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Conversations to have, each a number of times."""

    samples: tuple[Sample, ...]
    repeats: int
    fresh: bool = False
    """Whether they must differ from those that were had in other batches: they make sure of something."""


Conversations: TypeAlias = Sequence[Sequence[Transcript]]
"""One entry a sample of a batch, with one transcript a repeat."""

Search: TypeAlias = Generator[Batch, Conversations, T]
"""Yields batches, is sent their conversations, and returns what was found."""


def minimize_talk(talk: BrokenTalk, problem: Breakdown, *, runs: int = 60, is_random: bool = False) -> Search[Minimal]:
    """Search the shortest conversation that still fails like a given one.

    Args:
        talk: The failed conversation.
        problem: What the conversations of its problem have in common.
        runs: Conversations that may be had for it.
        is_random: Whether the app is known to answer the same in different ways.
    """
    pattern = msgspec.structs.replace(problem, doing="") if problem.place else problem
    trials = _Trials(talk=talk, pattern=pattern, most=runs, repeats=TRIES if is_random else 1)
    sure = yield from trials.check(talk.sample)
    if not sure.count(True):
        return _finish(trials, talk.sample, talk.transcript, sure)
    if not all(sure):
        trials.repeats = TRIES
    trials.reserve = trials.checks
    trials.learn(talk.sample, talk.transcript)
    user = yield from _plain_user(trials)
    if user is None:
        user = yield from _reduce_plan(trials)
        user = yield from _reduce_traits(trials, user)
    again = yield from trials.check(user) if user.id != talk.sample.id else _nothing(sure)
    trials.reserve = 0
    script, shortest = yield from _reduce_script(trials, user)
    return msgspec.structs.replace(_finish(trials, user, shortest, again), script=script)


@dataclass(slots=True, kw_only=True)
class _Trials:
    """What was tried of one conversation."""

    talk: BrokenTalk
    pattern: Breakdown
    """What still counts as the same problem."""
    most: int
    repeats: int
    runs: int = 0
    reserve: int = 0
    """Runs that are kept for the check at the end."""
    is_spent: bool = False
    failed: dict[str, Transcript | None] = field(default_factory=dict[str, Transcript | None])
    """Sample id -> the conversation in which it failed; None where it did not."""

    @property
    def checks(self) -> int:
        return CHECKS if self.repeats == 1 else TRIES

    def learn(self, sample: Sample, transcript: Transcript) -> None:
        self.failed[sample.id] = transcript

    def check(self, sample: Sample) -> Search[tuple[bool, ...]]:
        """Have a conversation some times more than before, and return whether each fails in the same way."""
        (had,) = yield Batch(samples=(sample,), repeats=self.checks, fresh=True)
        self.runs += len(had)
        fails = tuple(self._is_same(sample, transcript) for transcript in had)
        same = next((transcript for transcript, failed in zip(had, fails, strict=True) if failed), None)
        if same is not None:
            self.failed[sample.id] = same
        self._notice_budget(had)
        return fails

    def fail(self, candidates: Sequence[Sample]) -> Search[tuple[bool, ...]]:
        """Return which candidates still fail; none is had twice, and those that may not be had count as passing."""
        unknown = {sample.id: sample for sample in candidates if sample.id not in self.failed}
        allowed = 0 if self.is_spent else max(0, self.most - self.reserve - self.runs) // self.repeats
        fresh = tuple(unknown.values())[:allowed]
        self.is_spent |= len(fresh) < len(unknown)
        if fresh:
            found = yield Batch(samples=fresh, repeats=self.repeats)
            for sample, had in zip(fresh, found, strict=True):
                self.runs += len(had)
                self._judge(sample, had)
        return tuple(self.failed.get(sample.id) is not None for sample in candidates)

    def reduce(self, reduction: Reduction[T], build: Callable[[tuple[T, ...]], Sample]) -> Search[tuple[T, ...]]:
        """Drive a reduction whose candidates are samples."""
        fails: Sequence[bool] | None = None
        try:
            while True:
                candidates = next(reduction) if fails is None else reduction.send(fails)
                fails = yield from self.fail([build(candidate) for candidate in candidates])
        except StopIteration as stop:
            return stop.value

    def _judge(self, sample: Sample, had: Sequence[Transcript]) -> None:
        same = [transcript for transcript in had if self._is_same(sample, transcript)]
        self.failed[sample.id] = same[0] if 2 * len(same) > len(had) else None
        self._notice_budget(had)

    def _notice_budget(self, had: Sequence[Transcript]) -> None:
        self.is_spent |= any(transcript.end_reason == "budget" for transcript in had)

    def _is_same(self, sample: Sample, transcript: Transcript) -> bool:
        return covers(self.pattern, find_breakdown(sample, transcript))


def goal_of(sample: Sample) -> Goal:
    """Return the goal of a conversation's sample.

    Raises:
        ValueError: It has none.
    """
    if sample.goal is None:
        raise ValueError(f"sample {sample.id} has no goal")
    return sample.goal


def _plain_user(trials: _Trials) -> Search[Sample | None]:
    """Return the sample of a plain user without departures, where it fails as well."""
    straight = with_goal(trials.talk.sample, msgspec.structs.replace(goal_of(trials.talk.sample), plan=()))
    plain = _keep_traits(straight, ())
    fails = yield from trials.fail((plain, straight))
    return plain if fails[0] else None


def _reduce_plan(trials: _Trials) -> Search[Sample]:
    """Take departures away. Those that were planned for after the conversation's end did not happen: they go without a try."""
    sample, goal = trials.talk.sample, goal_of(trials.talk.sample)
    said = sum(turn.role == "user" for turn in trials.talk.transcript.turns)
    planned = tuple(departure for departure in goal.plan if departure.turn < said)

    def follow(places: Sequence[int]) -> Sample:
        return with_goal(sample, msgspec.structs.replace(goal, plan=_retime(planned, places)))

    everything = tuple(range(len(planned)))
    trials.learn(follow(everything), trials.talk.transcript)
    kept = yield from trials.reduce(minimize(everything), follow)
    alone = yield from _try_alone(trials, _retime(planned, kept), said) if len(kept) > 1 and trials.repeats == 1 else _nothing(None)
    return alone or follow(kept)


def _try_alone(trials: _Trials, plan: Sequence[Departure], said: int) -> Search[Sample | None]:
    """Return the sample in which the departure that the app stumbled over fails by itself, in another turn: others only led there."""
    sample, goal = trials.talk.sample, goal_of(trials.talk.sample)
    culprit = next((each for each in reversed(plan) if each.manner == trials.talk.breakdown.doing), plan[-1])
    moved = [msgspec.structs.replace(culprit, turn=turn) for turn in range(1, said)]
    candidates = [with_goal(sample, msgspec.structs.replace(goal, plan=(each,))) for each in moved]
    fails = yield from trials.fail(candidates)
    return next((candidate for candidate, failed in zip(candidates, fails, strict=True) if failed), None)


def _retime(planned: Sequence[Departure], kept: Sequence[int]) -> tuple[Departure, ...]:
    """Return the departures that are kept, earlier by the turns that those before them cost which are not: what they meet is the same."""
    gone = [at for at, departure in enumerate(planned) if at not in kept and departure.manner not in COLORS]
    earlier = {at: sum(place < at for place in gone) for at in kept}
    return tuple(msgspec.structs.replace(planned[at], turn=max(0, planned[at].turn - earlier[at])) for at in kept)


def _reduce_traits(trials: _Trials, sample: Sample) -> Search[Sample]:
    traits = list_traits(sample)
    kept = yield from trials.reduce(minimize(traits), lambda names: _keep_traits(sample, names))
    return sample if kept == traits else _keep_traits(sample, kept)


def list_traits(sample: Sample) -> tuple[str, ...]:
    """Return in which traits a user is not plain: it is noised, types what it could pick, has another patience, or says why it comes."""
    goal = goal_of(sample)
    odd = {
        "noise": goal.noise > 0,
        "quick replies": goal.quick_replies < 1,
        "patience": goal.patience != PLAIN_PATIENCE,
        "opening": sample.text != PLAIN_OPENING,
    }
    return tuple(name for name, is_odd in odd.items() if is_odd)


def _keep_traits(sample: Sample, kept: Sequence[str]) -> Sample:
    """Return the sample with all traits plain but some; the sample itself where nothing changes."""
    gone = {name for name in list_traits(sample) if name not in kept}
    goal = goal_of(sample)
    plain = msgspec.structs.replace(
        goal,
        noise=0.0 if "noise" in gone else goal.noise,
        quick_replies=1.0 if "quick replies" in gone else goal.quick_replies,
        patience=PLAIN_PATIENCE if "patience" in gone else goal.patience,
        opening_slots=() if "opening" in gone else goal.opening_slots,
    )
    return with_goal(sample, plain, PLAIN_OPENING if "opening" in gone else None) if gone else sample


def _reduce_script(trials: _Trials, sample: Sample) -> Search[tuple[Sample | None, Transcript]]:
    """Cut down what the user says; return what says it, None where it can't be cut, and the conversation."""
    had = trials.failed[sample.id] or trials.talk.transcript
    broken = find_breakdown(sample, had) or trials.talk.breakdown
    # a script says of no turn what it does: its place alone tells whether it is the same problem
    trials.pattern = msgspec.structs.replace(broken, doing="")
    script = read_script(sample, had)
    texts = [turn.text for turn in script.turns]
    fails = yield from trials.fail((script.play(texts),)) if len(texts) > 1 else _nothing((False,))
    if not fails[0]:
        return None, had
    kept = yield from trials.reduce(minimize(script.optional), lambda places: script.play(_say(script, places, texts)))
    places = sorted({*kept, *script.needed}) or [0]
    texts = yield from _reduce_words(trials, script, places)
    shortest = script.play([texts[at] for at in places])
    found = trials.failed.get(shortest.id)
    return (shortest, found) if found is not None and _is_shorter(found, had) else (None, had)


def _reduce_words(trials: _Trials, script: Script, places: Sequence[int]) -> Search[list[str]]:
    """Leave out words of the turns at some places, one turn after the other, the longest first."""
    texts = [turn.text for turn in script.turns]
    for at in sorted(places, key=lambda place: (-len(texts[place]), place)):
        words, optional = split_words(script.turns[at])

        def play(kept: Sequence[int], at: int = at, words: Sequence[str] = words, optional: Sequence[int] = optional) -> Sample:
            shorter = join_words(words, set(optional) - set(kept)) or words[0]
            return script.play([shorter if place == at else texts[place] for place in places])

        kept = yield from trials.reduce(minimize(optional), play)
        texts[at] = join_words(words, set(optional) - set(kept)) or words[0]
    return texts


def _say(script: Script, places: Sequence[int], texts: Sequence[str]) -> list[str]:
    said = [texts[at] for at in sorted({*places, *script.needed})]
    return said or [texts[0]]


def _is_shorter(one: Transcript, other: Transcript) -> bool:
    return _measure(one) < _measure(other)


def _measure(transcript: Transcript) -> tuple[int, int]:
    said = [turn for turn in transcript.turns if turn.role == "user"]
    return len(said), sum(len(turn.text) for turn in said)


def _nothing(value: T) -> Search[T]:
    yield from ()
    return value


def _finish(trials: _Trials, sample: Sample, shortest: Transcript, sure: Sequence[bool]) -> Minimal:
    was = trials.talk
    return Minimal(
        from_sample=was.sample.id,
        sample=sample,
        transcript=shortest,
        reproduced=any(sure),
        departures=goal_of(sample).plan,
        traits=list_traits(sample),
        turns_before=_measure(was.transcript)[0],
        turns=_measure(shortest)[0],
        tried=len(sure),
        failed=sum(sure),
        runs=trials.runs,
        finished=not trials.is_spent,
    )


__all__ = [
    "CHECKS",
    "COLORS",
    "PLAIN_OPENING",
    "PLAIN_PATIENCE",
    "TRIES",
    "Batch",
    "Conversations",
    "Search",
    "goal_of",
    "list_traits",
    "minimize_talk",
]

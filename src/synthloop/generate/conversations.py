"""Samples that stand for whole conversations: who comes with which goal, how it begins, and where its user will leave the straight way.

Which manners a user has is drawn before anything is said and independently of its goal, so that a manner's share of failures is not
mixed up with what else makes conversations long or hard.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TypeVar, get_args

import msgspec

from synthloop.core.behavior import Behavior, scenario_of
from synthloop.core.conversation import Departure, Goal, Manner, Talk
from synthloop.core.lineage import Lineage, Spec, chance, content_id
from synthloop.core.persona import Persona
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.covering import cover
from synthloop.generate.space import ParameterSpace, parameter_space

T = TypeVar("T")

MANNERS: tuple[Manner, ...] = get_args(Manner)


@dataclass(frozen=True, slots=True, kw_only=True)
class MannerShare:
    """How common a manner is."""

    users: float
    """Share of users who have it, in [0, 1]."""
    turns: float
    """Share of the turns of such a user in which it shows, in [0, 1]."""


DEFAULT_MANNERS: Mapping[Manner, MannerShare] = {
    "asks_back": MannerShare(users=0.3, turns=0.2),
    "wanders": MannerShare(users=0.25, turns=0.15),
    "changes_mind": MannerShare(users=0.25, turns=0.2),
    "corrects_itself": MannerShare(users=0.2, turns=0.2),
    "tells_more": MannerShare(users=0.4, turns=0.3),
    "tells_less": MannerShare(users=0.2, turns=0.15),
    "rude": MannerShare(users=0.1, turns=0.2),
    "over_polite": MannerShare(users=0.1, turns=0.2),
    "claims_done": MannerShare(users=0.05, turns=0.1),
    "returns_later": MannerShare(users=0.1, turns=0.1),
}
"""What users do where the project does not say otherwise: a guess, not a measurement. Fit it to conversations of your own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """What simulated users are like."""

    manners: Mapping[Manner, MannerShare] = field(default_factory=lambda: dict(DEFAULT_MANNERS))
    patience: tuple[int, ...] = (2, 3, 3, 4)
    """Patience of users; each is as common as it is listed."""
    turns: int = 20
    quick_replies: tuple[float, ...] = (0.0, 0.5, 1.0)
    """Shares of quick replies that users take, never, sometimes or always; each is as common as it is listed."""
    noise: float = 0.3
    """Share of typed messages that are noised."""
    personas: tuple[Persona, ...] = ()
    """Who users are, in turn; empty: nobody in particular."""


def make_conversations(
    behavior: Behavior, talk: Talk, *, settings: UserSettings, strength: int, levels: int, seed: int
) -> Iterator[Sample]:
    """Yield endlessly many samples of conversations, all different: first those whose goals were written, then fresh ones.

    The values of slots follow a covering design first, then the parameters' distributions.

    Args:
        behavior: What the conversations exercise.
        talk: How its users talk.
        settings: What they are like.
        strength: Every combination of this many slots' values occurs at least once.
        levels: Values into which ranges are cut there.
        seed: The run seed.

    Raises:
        UsageError: Parameters or constraints are unusable.
    """
    space = parameter_space(behavior, talk.slots, levels)
    rows = cover(space, strength, chance(seed, "generate.cover", f"conversation {behavior.id}"))
    openings = list_openings(behavior)
    given = zip(behavior.authored, make_authored_samples(behavior), strict=True)
    kept = [set_goal(sample, authored.goal, talk) for authored, sample in given if authored.goal is not None]
    yield from kept
    known = {sample.id for sample in kept}
    for number in count():
        rng = chance(seed, "generate.conversations", behavior.id, number)
        slots = next(rows, None) or space.draw(rng)
        cast = Cast(behavior=behavior, talk=talk, settings=settings, space=space, rng=rng, seed=seed)
        sample = cast.make_sample({name: slots[name] for name in talk.slots}, rng.choice(openings), number)
        if sample.id not in known:  # a permanent case may be one that would come anyway
            yield sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a conversation may begin."""

    text: str
    slots: tuple[str, ...] = ()
    """Slots in it, as `{slot}`."""
    origin: str = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Makes one user's sample."""

    behavior: Behavior
    talk: Talk
    settings: UserSettings
    space: ParameterSpace
    rng: Random
    seed: int
    forced: Mapping[str, str] = field(default_factory=dict[str, str])
    """Attribute -> value that the user has for certain, as samples name them; others are drawn."""

    def make_sample(self, slots: dict[str, str], opening: Opening, number: int) -> Sample:
        """Return the sample of one user.

        Args:
            slots: What it wants.
            opening: How it begins.
            number: Its voice.
        """
        manners: dict[Manner, bool] = {name: self._has(name, share) for name, share in self.settings.manners.items()}
        goal = self._make_goal(slots, opening, [name for name, has in manners.items() if has], number)
        text = _fill_opening(opening, slots, self.talk, self.rng)
        return make_sample(
            behavior_id=self.behavior.id,
            scenario_id=scenario_id_of(self.behavior.id, slots, number),
            group_id=scenario_of(self.behavior.id, f"conversations: {_say_slots(slots)}").id,
            messages=(Message(role="user", text=text),),
            expected=self.behavior.expected,
            attributes={
                **self.behavior.attributes,
                **slots,
                **{f"user_{name}": "yes" if has else "no" for name, has in manners.items()},
                "user_patience": str(goal.patience),
                "user_quick_replies": name_share(goal.quick_replies),
                "opening": opening.origin,
                **(goal.persona.traits if goal.persona else {}),
            },
            lineage=Lineage(origin="generated", steps=(Spec(kind="generators", name="conversation"),), seed=self.seed),
            goal=goal,
        )

    def _has(self, name: Manner, share: MannerShare) -> bool:
        drawn = self.rng.random() < share.users
        return {"yes": True, "no": False}.get(self.forced.get(f"user_{name}", ""), drawn)

    def _make_goal(self, slots: dict[str, str], opening: Opening, manners: Sequence[Manner], number: int) -> Goal:
        return Goal(
            slots=slots,
            end=self.talk.end,
            never=self.talk.never,
            plan=self._plan(slots, manners),
            patience=self.rng.choice(self._list_allowed("user_patience", self.settings.patience, str)),
            turns=self.settings.turns,
            quick_replies=self.rng.choice(self._list_allowed("user_quick_replies", self.settings.quick_replies, name_share)),
            noise=self.settings.noise,
            persona=self.settings.personas[number % len(self.settings.personas)] if self.settings.personas else None,
            opening_slots=opening.slots,
            voice=number,
        )

    def _list_allowed(self, attribute: str, options: Sequence[T], name: Callable[[T], str]) -> Sequence[T]:
        """Return the options that a forced attribute leaves; all of them where it leaves none."""
        return [option for option in options if name(option) == self.forced.get(attribute, name(option))] or options

    def _plan(self, slots: Mapping[str, str], manners: Sequence[Manner]) -> tuple[Departure, ...]:
        """Draw in which turns which manner shows: at most one a turn."""
        wanted = dict(slots)
        planned: list[Departure] = []
        most = max(1.0, sum(self.settings.manners[name].turns for name in manners))  # a user of many manners shows each less often
        for turn in range(self.settings.turns):
            left = self.rng.random() * most
            for name in manners:
                left -= self.settings.manners[name].turns
                if left < 0:
                    planned += self._plan_one(name, turn, wanted)
                    break
        return tuple(planned)

    def _plan_one(self, manner: Manner, turn: int, wanted: dict[str, str]) -> list[Departure]:
        if manner != "changes_mind":
            return [Departure(manner=manner, turn=turn)]
        changes = self._list_changes(wanted)
        if not changes:
            return []
        slot, value = self.rng.choice(changes)
        wanted[slot] = value
        return [Departure(manner=manner, turn=turn, slot=slot, value=value)]

    def _list_changes(self, wanted: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return (slot, other value) pairs that leave the goal possible."""
        values = {name: self.space.variables[name].levels for name in wanted}
        return [
            (name, value)
            for name, others in values.items()
            for value in others
            if value != wanted[name] and self.space.allows({**wanted, name: value})
        ]


def scenario_id_of(behavior_id: str, slots: Mapping[str, str], number: int) -> str:
    """Return the id of one user's scenario: users are drawn one by one, so each is one; those who want the same share a split."""
    return scenario_of(behavior_id, f"conversation {number}: {_say_slots(slots)}").id


def _say_slots(slots: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in slots.items())


def name_share(quick_replies: float) -> str:
    """Return how samples name the share of quick replies that a user takes."""
    return {0.0: "never", 1.0: "always"}.get(quick_replies, "sometimes")


def list_openings(behavior: Behavior) -> list[Opening]:
    """Return how conversations of a behavior may begin; at least one."""
    plain = msgspec.structs.replace(behavior, authored=tuple(each for each in behavior.authored if each.goal is None))
    authored = [Opening(text=sample.text, origin="authored") for sample in make_authored_samples(plain)]
    known = [parameter.name for parameter in behavior.parameters]
    templates = [
        Opening(text=template.text, slots=tuple(name for name in known if f"{{{name}}}" in template.text))
        for template in behavior.templates
    ]
    return [*authored, *templates] or [Opening(text="hi", origin="greeting")]


def set_goal(sample: Sample, goal: Goal, talk: Talk) -> Sample:
    """Return an authored sample as one whole conversation with a given goal; what it ends in is the behavior's."""
    planned = {f"user_{departure.manner}": "yes" for departure in goal.plan}
    scenario = scenario_of(sample.behavior_id, f"conversation of goal {content_id(sample.text, goal)}")
    return make_sample(
        behavior_id=sample.behavior_id,
        scenario_id=scenario.id,
        messages=sample.messages,
        expected=sample.expected,
        attributes={**goal.slots, **planned, **sample.attributes},
        lineage=sample.lineage,
        goal=msgspec.structs.replace(goal, end=talk.end, never=talk.never),
    )


def _fill_opening(opening: Opening, slots: Mapping[str, str], talk: Talk, rng: Random) -> str:
    text = opening.text
    for slot in sorted(opening.slots):
        value = slots.get(slot, "")
        text = text.replace(f"{{{slot}}}", rng.choice([value, *talk.sayings.get(slot, {}).get(value, ())]))
    return text


__all__ = [
    "DEFAULT_MANNERS",
    "MANNERS",
    "Cast",
    "MannerShare",
    "Opening",
    "UserSettings",
    "list_openings",
    "make_conversations",
    "name_share",
    "scenario_id_of",
    "set_goal",
]

"""Fresh conversations around failed ones: of users whom a condition holds for, and of the same users who want something else."""

from collections.abc import Iterator, Mapping
from itertools import count
from random import Random

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.conversation import Talk
from synthloop.core.lineage import Lineage, Spec, chance
from synthloop.core.sample import Sample, with_goal
from synthloop.generate.conversations import Cast, UserSettings, list_openings, scenario_id_of
from synthloop.generate.space import ParameterSpace, parameter_space

FIRST_VOICE = 1_000_000
"""Voices from here on speak in no sample of a project: what is fresh repeats nobody's words."""

_DRAWS = 30


def make_conversations_where(
    behavior: Behavior, talk: Talk, where: Mapping[str, str], *, settings: UserSettings, levels: int, seed: int
) -> Iterator[Sample]:
    """Yield endlessly many fresh samples of conversations with certain attributes; none where no user can have them.

    Args:
        behavior: What they exercise.
        talk: How its users talk.
        where: Attribute -> value: slots, manners, patience, quick replies, the opening's origin. Everything else is drawn as ever.
        settings: What users are like.
        levels: Values into which ranges are cut where values have to be searched.
        seed: The run seed.
    """
    space = parameter_space(behavior, talk.slots, levels)
    openings = [each for each in list_openings(behavior) if each.origin == where.get("opening", each.origin)]
    fixed = {name: value for name, value in where.items() if name in space.shown}
    for number in count(FIRST_VOICE) if openings else ():
        rng = chance(seed, "generate.conversations.fresh", f"{behavior.id} {sorted(where.items())}", number)
        slots = _draw_slots(space, fixed, rng)
        if slots is None:
            return
        cast = Cast(behavior=behavior, talk=talk, settings=settings, space=space, rng=rng, seed=seed, forced=where)
        sample = cast.make_sample({name: slots[name] for name in talk.slots}, rng.choice(openings), number)
        if any(sample.attributes.get(name) != value for name, value in where.items()):
            return
        yield sample


def vary_conversation(sample: Sample, behavior: Behavior, talk: Talk, *, levels: int, seed: int) -> Iterator[Sample]:
    """Yield endlessly many neighbors of a conversation: the same user with the same plan, in another voice and with other wishes.

    Values that its plan or its opening names stay.
    """
    goal = sample.goal
    if goal is None:
        return
    space = parameter_space(behavior, talk.slots, levels)
    named = {*goal.opening_slots, *(departure.slot for departure in goal.plan)}
    fixed = {name: value for name, value in goal.slots.items() if name in named and name in space.shown}
    for number in count():
        slots = _draw_slots(space, fixed, chance(seed, "generate.conversations.vary", sample.id, number))
        if slots is None:
            return
        wanted = {name: slots[name] for name in talk.slots}
        near = with_goal(sample, msgspec.structs.replace(goal, slots=wanted, voice=FIRST_VOICE + number))
        step = Spec(kind="generators", name="neighbor", parameters={"changed": "wishes and words"})
        yield msgspec.structs.replace(
            near,
            scenario_id=scenario_id_of(behavior.id, wanted, FIRST_VOICE + number),
            attributes={**sample.attributes, **wanted, "source": "neighbor", "changed": "wishes and words"},
            lineage=Lineage(origin="neighbor", parents=(sample.id,), steps=(*sample.lineage.steps, step), seed=seed),
        )


def _draw_slots(space: ParameterSpace, fixed: Mapping[str, str], rng: Random) -> dict[str, str] | None:
    """Return an assignment that contains some values, with the parameters' own distributions where that can be had; None: impossible."""
    for _ in range(_DRAWS):
        drawn = {**space.draw(rng), **fixed}
        if space.allows(drawn):
            return drawn
    return space.complete(fixed, rng)


__all__ = ["FIRST_VOICE", "make_conversations_where", "vary_conversation"]

"""A behavior's hand-written samples as samples."""

from synthloop.core.behavior import Authored, Behavior, scenario_of
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, Role, Sample, make_sample

ROLES: dict[str, Role] = {"user": "user", "app": "app", "system": "system", "tool": "tool"}


def make_authored_samples(behavior: Behavior) -> tuple[Sample, ...]:
    """Return a behavior's authored samples in the order in which they were written, each a scenario of its own."""
    samples: list[Sample] = []
    for authored in behavior.authored:
        messages = tuple(Message(role=ROLES[role], text=text) for role, text in authored.messages)
        samples.append(
            make_sample(
                behavior_id=behavior.id,
                scenario_id=scenario_of(behavior.id, messages[-1].text).id,
                messages=messages,
                expected=authored.expected if authored.expected is not None else behavior.expected,
                attributes={**behavior.attributes, **authored.attributes, "source": "authored"},
                protected=authored.protected,
                lineage=Lineage(origin="authored", parents=_read_parents(authored)),
            )
        )
    return tuple(samples)


def _read_parents(authored: Authored) -> tuple[str, ...]:
    """Return the id of the failed sample that a promoted case repeats; nothing for what a person wrote."""
    promoted_from = authored.attributes.get("promoted_from")
    return (promoted_from,) if promoted_from else ()


__all__ = ["ROLES", "make_authored_samples"]

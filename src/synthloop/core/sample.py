"""Samples, the spans in them that must not change, and the verdicts that keep or drop them."""

from typing import Literal

import msgspec

from synthloop.core.conversation import Goal
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage, Spec, content_id
from synthloop.core.record import Record

Role = Literal["user", "app", "system", "tool"]
Split = Literal["train", "dev", "holdout"]


class Message(Record):
    """One message of a conversation."""

    role: Role
    text: str


class Sample(Record):
    """One concrete input and its expectation."""

    id: str
    """Hash of behavior, messages and expectation: the same content is the same sample, wherever it was made."""
    behavior_id: str
    scenario_id: str
    """The situation it shows, before noise and rewording: statistics count situations, since its variants are near-copies."""
    group_id: str = ""
    """The phrasing it grew from, where several scenarios share one (the fills of a template); empty: its scenario is the only one."""
    messages: tuple[Message, ...]
    """The conversation up to the app's turn; the last message is the user's. Never empty."""
    expected: JsonValue = None
    """The right answer, label or labels, end state or criteria; None when only criteria judge."""
    attributes: dict[str, str] = {}
    """What slices and triggers are mined from: template parameters, noisers, persona traits."""
    protected: tuple[str, ...] = ()
    """Substrings of the last message that every variant must keep, in order of appearance."""
    goal: Goal | None = None
    """What its user wants, where it stands for a whole conversation; the last message is then how the user begins."""
    split: Split | None = None
    """None until it was accepted."""
    lineage: Lineage
    extra: dict[str, JsonValue] = {}
    """The user's own fields, never interpreted; and what writers keep beside the answer: `rejected` of preference pairs, `evidence`."""

    @property
    def group(self) -> str:
        """Id of what it shares a split with: samples of one group are never divided between train, dev and holdout."""
        return self.group_id or self.scenario_id

    @property
    def text(self) -> str:
        """The last message's text: what single-turn stages work on."""
        return self.messages[-1].text


class Verdict(Record):
    """A decision to keep or drop one sample."""

    sample_id: str
    keep: bool
    reason: str
    """A countable slug such as `near-duplicate`; `kept` where it was kept."""
    by: Spec
    """The validator that decided."""
    note: str = ""
    """What exactly, for a person: the matched text, the id of the twin, the measured length."""


class Review(Record):
    """A person's verdict. Reviews are only ever appended; the last one of a person counts."""

    sample_id: str
    keep: bool
    reason: str
    reviewer: str
    at: str
    """ISO 8601, UTC."""
    note: str = ""
    expected: JsonValue = None
    """A corrected expectation; None where the sample's own stands."""


def make_sample(  # noqa: PLR0913 - mirrors the record; every argument is a field
    *,
    behavior_id: str,
    scenario_id: str,
    messages: tuple[Message, ...],
    lineage: Lineage,
    group_id: str = "",
    expected: JsonValue = None,
    attributes: dict[str, str] | None = None,
    protected: tuple[str, ...] = (),
    extra: dict[str, JsonValue] | None = None,
    goal: Goal | None = None,
) -> Sample:
    """Build a sample and give it its content id."""
    return Sample(
        id=sample_id(behavior_id, messages, expected, goal),
        behavior_id=behavior_id,
        scenario_id=scenario_id,
        group_id=group_id,
        messages=messages,
        expected=expected,
        attributes=attributes or {},
        protected=protected,
        lineage=lineage,
        extra=extra or {},
        goal=goal,
    )


def sample_id(behavior_id: str, messages: tuple[Message, ...], expected: JsonValue, goal: Goal | None = None) -> str:
    """Return the content id of a sample."""
    parts = ("sample", behavior_id, messages, expected)
    return content_id(*parts, goal) if goal else content_id(*parts)


def with_text(sample: Sample, text: str, *, lineage: Lineage, attributes: dict[str, str]) -> Sample:
    """Return a new sample that says `text` instead of the last message, with a new id, no split, and merged attributes."""
    messages = (*sample.messages[:-1], Message(role="user", text=text))
    return msgspec.structs.replace(
        sample,
        id=sample_id(sample.behavior_id, messages, sample.expected, sample.goal),
        messages=messages,
        attributes={**sample.attributes, **attributes},
        split=None,
        lineage=lineage,
    )


def with_goal(sample: Sample, goal: Goal, text: str | None = None) -> Sample:
    """Return a new sample of the same scenario whose user wants something else or goes about it in another way, with a new id and no split.

    Args:
        sample: A conversation.
        goal: The other goal.
        text: How the user begins; None: as before.
    """
    messages = sample.messages if text is None else (*sample.messages[:-1], Message(role="user", text=text))
    return make_sample(
        behavior_id=sample.behavior_id,
        scenario_id=sample.scenario_id,
        group_id=sample.group_id,
        messages=messages,
        expected=sample.expected,
        attributes={name: value for name, value in sample.attributes.items() if not name.startswith("user_")},
        lineage=Lineage(origin="neighbor", parents=(sample.id,), seed=sample.lineage.seed),
        goal=goal,
    )


__all__ = ["Message", "Review", "Role", "Sample", "Split", "Verdict", "make_sample", "sample_id", "with_goal", "with_text"]

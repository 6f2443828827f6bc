"""What a model wrote, made into samples; what can't be used is said, text by text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from synthloop.core.behavior import Behavior, scenario_of
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.model import Fault
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.usage import Usage, add_usage, split_usage
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.copies import find_copied
from synthloop.prompting.asking import Said

MOST_CHARS = 4000
"""A longer text is no message of a person."""

HOW_MADE = frozenset(
    {"source", "noise", "changed", "writer", "model", "mood", "evolved", "contrast_to", "negated", "attack", "encoding", "between", "scope"}
)
"""Attributes that say how a sample was made: its variants are made otherwise."""

_LIST_MARK = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_QUOTES = frozenset("\"'“”`")
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]{1,23}_\d+\]")
"""What stands for personal data in the examples of style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text that a model wrote, and in what its sample differs from its behavior's others."""

    text: str
    behavior: Behavior | None = None
    """What it belongs to; None: the brief's."""
    parent: Sample | None = None
    """What it is a variant of: it stays in that one's group, and keeps what is protected in it."""
    expected: JsonValue = None
    """None: what its behavior, or its parent within the same behavior, expects."""
    protected: tuple[str, ...] | None = None
    """None: the parent's."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    extra: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    unfit: str = ""
    """Why it is no sample of the kind that was asked for, for a person; empty where it is one."""


def make_written(brief: Brief, steps: tuple[Spec, ...], said: Said[Any], texts: Sequence[Text]) -> Written:
    """Return the samples that texts make, each with its share of what they cost, and a fault for each text that makes none.

    Args:
        brief: What was to be written.
        steps: The writer's spec first, then the prompts'.
        said: What came of asking.
        texts: As they were read from the answer, in order.
    """
    usable, faults = _sort_out(texts, brief)
    if said.value is not None and not texts:
        faults = [Fault(kind="empty", message="it wrote no message")]
    shares = split_usage(said.usage, len(usable)) if usable else ()
    return Written(
        brief=brief,
        samples=tuple(_make_sample(brief, steps, text, share) for text, share in zip(usable, shares, strict=True)),
        faults=(*said.earlier, *([said.fault] if said.fault else []), *faults),
        usage=said.usage,
    )


def add_step(written: Written, step: Spec, usage: Usage, faults: Sequence[Fault]) -> Written:
    """Return what was written with a step before it that was asked for as well: each sample names it and bears its share of the cost."""
    whole = add_usage([usage, written.usage])
    shares = split_usage(whole, len(written.samples)) if written.samples else ()
    samples = tuple(_add_to_lineage(sample, step, share) for sample, share in zip(written.samples, shares, strict=True))
    return replace(written, samples=samples, faults=(*faults, *written.faults), usage=whole)


def _add_to_lineage(sample: Sample, step: Spec, usage: Usage) -> Sample:
    lineage = msgspec.structs.replace(sample.lineage, steps=(*sample.lineage.steps, step), usage=usage)
    return msgspec.structs.replace(sample, lineage=lineage)


def _sort_out(texts: Sequence[Text], brief: Brief) -> tuple[list[Text], list[Fault]]:
    usable, faults, seen = list[Text](), list[Fault](), set[str]()
    for text in (replace(each, text=_tidy(each.text)) for each in texts):
        key = text.text.casefold()
        fault = next(_find_faults(text, brief, repeated=key in seen, full=len(usable) >= brief.count), None)
        seen.add(key)
        if fault is None:
            usable.append(text)
        else:
            faults.append(fault)
    return usable, faults


def _find_faults(text: Text, brief: Brief, *, repeated: bool, full: bool) -> Iterator[Fault]:
    """Yield what is wrong with a text, the plainest first."""
    if not text.text:
        yield Fault(kind="empty", message="one of the messages is empty")
    if len(text.text) > MOST_CHARS:
        yield Fault(kind="too-long", message=f"a message of {len(text.text):,} characters", raw=text.text)
    if repeated:
        yield Fault(kind="repeated", message="it wrote the same message twice", raw=text.text)
    if text.unfit:
        yield Fault(kind="unfit", message=text.unfit, raw=text.text)
    if found := _PLACEHOLDER.search(text.text):
        yield Fault(kind="unfit", message=f"{found[0]} stands for personal data, and nobody writes that", raw=text.text)
    if source := find_copied(text.text, brief.style):
        yield Fault(kind="copied", message=f"it repeats a message that was an example of style: {source[:80]!r}", raw=text.text)
    if full:
        yield Fault(kind="surplus", message=f"{brief.count} were asked for, and it wrote more", raw=text.text)


def _tidy(text: str) -> str:
    """Return a message without what models put around it: quotation marks, list marks, spaces."""
    bare = _LIST_MARK.sub("", text.strip()).strip()
    quoted = len(bare) > 2 and bare[0] == bare[-1] and bare[0] in _QUOTES and bare[0] not in bare[1:-1]
    return bare[1:-1].strip() if quoted else bare


def _make_sample(brief: Brief, steps: tuple[Spec, ...], text: Text, usage: Usage) -> Sample:
    behavior, parent = text.behavior or brief.behavior, text.parent
    inherited = parent.expected if parent is not None and parent.behavior_id == behavior.id else behavior.expected
    protected = text.protected if text.protected is not None else parent.protected if parent is not None else ()
    return make_sample(
        behavior_id=behavior.id,
        scenario_id=scenario_of(behavior.id, text.text).id,
        group_id=parent.group if parent is not None else "",
        messages=(*(parent.messages[:-1] if parent is not None else ()), Message(role="user", text=text.text)),
        expected=text.expected if text.expected is not None else inherited,
        attributes=_attributes_of(brief, behavior, steps[0], text),
        protected=tuple(sorted(protected, key=_place_in(text.text))),
        lineage=Lineage(
            origin="generated",
            parents=(parent.id,) if parent is not None else (),
            steps=steps,
            seed=brief.seed,
            model=brief.model.name,
            usage=usage,
        ),
        extra=dict(text.extra),
    )


def _place_in(text: str) -> Callable[[str], int]:
    """Return what orders protected parts by where they stand; those that are lost come last."""
    return lambda value: text.find(value) if value in text else len(text)


def _attributes_of(brief: Brief, behavior: Behavior, writer: Spec, text: Text) -> dict[str, str]:
    persona = brief.persona.traits if brief.persona else {}
    locale = {"locale": brief.locale} if brief.locale else {}
    made = {"source": "model", "writer": writer.name, "model": brief.model.name}
    return {**behavior.attributes, **_facts_of(text.parent, behavior), **persona, **locale, **text.attributes, **made}


def _facts_of(parent: Sample | None, behavior: Behavior) -> dict[str, str]:
    """Return what holds of a variant as it does of its parent; nothing is known where it became another behavior's."""
    if parent is None or parent.behavior_id != behavior.id:
        return {}
    return {name: value for name, value in parent.attributes.items() if name not in HOW_MADE}


__all__ = ["HOW_MADE", "MOST_CHARS", "Text", "add_step", "make_written"]

"""What every writer says of its brief, and how its answers become samples."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, TypeVar

import msgspec

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior, scenario_of
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage, Spec, chance
from synthloop.core.model import Fault
from synthloop.core.record import Record
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.usage import Usage
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.copies import find_copied
from synthloop.prompting.asking import Question, Said, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import Shape, shape_of

Answered = TypeVar("Answered")

_LIST_MARK = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_QUOTES = frozenset("\"'“”`")
_EXAMPLES = 5
_MOST_CHARS = 4000


class Messages(Record):
    """What most writers ask for."""

    messages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


MESSAGES: Shape[Messages] = shape_of(Messages)


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


def ask_for_texts(
    brief: Brief, spec: Spec, prompt_name: str, *, values: Mapping[str, str], read: Callable[[Messages], Iterable[Text]]
) -> Flow[Written]:
    """Ask for messages and make samples of them: what most writers do.

    Args:
        brief: What to write.
        spec: The writer's.
        prompt_name: Name of its prompt.
        values: What fills the prompt besides `describe_brief`.
        read: Turns the answer into texts, in order.
    """
    return ask_for_shape(brief, spec, prompt_name, values=values, shape=MESSAGES, read=read)


def ask_for_shape(
    brief: Brief,
    spec: Spec,
    prompt_name: str,
    *,
    values: Mapping[str, str],
    shape: Shape[Answered],
    read: Callable[[Answered], Iterable[Text]],
) -> Flow[Written]:
    """Ask for an answer of another shape and make samples of it."""
    prompt = brief.prompts.get(prompt_name) or load_prompt(prompt_name)
    question = Question(
        model=brief.model,
        messages=prompt.fill({**describe_brief(brief), **values}),
        parameters=dict(brief.parameters),
        repairs=brief.repairs,
        replica=brief.number,  # two briefs may say the same, and are to be answered anew all the same
    )
    said = yield from ask_structured(question, shape)
    texts = read(said.value) if said.value is not None else ()
    return _make_written(brief, (spec, prompt.spec), said, list(texts))


def describe_brief(brief: Brief) -> dict[str, str]:
    """Return what fills the prompts of all writers: placeholder -> text."""
    behavior = brief.behavior
    persona = "; ".join(f"{trait}: {value}" for trait, value in (brief.persona.traits if brief.persona else {}).items())
    rng = chance(brief.seed, "generate.writers.examples", behavior.id, brief.number)
    written = [sample.text for sample in brief.material]
    return {
        "says": behavior.says,
        "criteria": _as_list(behavior.criteria, "(none)"),
        "others": _as_list([f"{other.id}: {other.says}" for other in brief.others], "(none)"),
        "examples": _as_list(rng.sample(written, min(_EXAMPLES, len(written))), "(none yet)"),
        "style": _as_list(brief.style, "(none given: write as people write in chats)"),
        "persona": persona or "nobody in particular: let every message be by somebody else",
        "avoid": _as_list(brief.avoid, "(nothing in particular)"),
        "wanted": "; ".join(f"{name}: {value}" for name, value in brief.wanted.items()) or "(nothing in particular)",
        "locale": brief.locale or "the language of the examples",
        "count": str(brief.count),
        "number": str(brief.number),
    }


def pick_parent(brief: Brief) -> Sample | None:
    """Return the sample of the brief's material to vary; None where there is none."""
    if not brief.material:
        return None
    return chance(brief.seed, "generate.writers.parent", brief.behavior.id, brief.number).choice(brief.material)


def pick_other(brief: Brief, among: Sequence[Behavior]) -> Behavior:
    """Return one of several behaviors."""
    return chance(brief.seed, "generate.writers.other", brief.behavior.id, brief.number).choice(list(among))


def _make_written(brief: Brief, steps: tuple[Spec, ...], said: Said[Answered], texts: list[Text]) -> Written:
    texts = [text for text in _drop_repeats(texts) if 0 < len(text.text) <= _MOST_CHARS][: brief.count]
    copied = {text.text: source for text in texts if (source := find_copied(text.text, brief.style))}
    if said.value is not None and not texts:
        said = replace(said, fault=Fault(kind="empty", message="it wrote no message"))
    share = _share_usage(said.usage, len(texts))
    samples = tuple(_make_sample(brief, steps, text, share) for text in texts if text.text not in copied)
    faults = [*said.earlier, *([said.fault] if said.fault else [])]
    faults += [
        Fault(kind="copied", message=f"it repeats a message that was an example of style: {source[:80]!r}", raw=text)
        for text, source in copied.items()
    ]
    return Written(brief=brief, samples=samples, faults=tuple(faults), usage=said.usage)


def _drop_repeats(texts: list[Text]) -> list[Text]:
    tidy = [replace(text, text=_tidy(text.text)) for text in texts]
    return list({text.text.casefold(): text for text in reversed(tidy)}.values())[::-1]


def _tidy(text: str) -> str:
    """Return a message without what models put around it: quotation marks, list marks, spaces."""
    bare = _LIST_MARK.sub("", text.strip()).strip()
    quoted = len(bare) > 2 and bare[0] == bare[-1] and bare[0] in _QUOTES and bare[0] not in bare[1:-1]
    return bare[1:-1].strip() if quoted else bare


def _make_sample(brief: Brief, steps: tuple[Spec, ...], text: Text, usage: Usage) -> Sample:
    behavior, parent = text.behavior or brief.behavior, text.parent
    inherited = parent.expected if parent is not None and parent.behavior_id == behavior.id else behavior.expected
    said = Message(role="user", text=text.text)
    before = parent.messages[:-1] if parent is not None else ()
    return make_sample(
        behavior_id=behavior.id,
        scenario_id=scenario_of(behavior.id, text.text).id,
        group_id=parent.group if parent is not None else "",
        messages=(*before, said),
        expected=text.expected if text.expected is not None else inherited,
        attributes=_attributes_of(brief, behavior, steps[0], text),
        protected=text.protected if text.protected is not None else parent.protected if parent is not None else (),
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


def _attributes_of(brief: Brief, behavior: Behavior, writer: Spec, text: Text) -> dict[str, str]:
    persona = brief.persona.traits if brief.persona else {}
    locale = {"locale": brief.locale} if brief.locale else {}
    made = {"source": "model", "writer": writer.name, "model": brief.model.name}
    return {**behavior.attributes, **persona, **locale, **text.attributes, **made}


def _share_usage(usage: Usage, samples: int) -> Usage:
    """Return one sample's share of a call."""
    parts = max(1, samples)
    cost = None if usage.cost_usd is None else usage.cost_usd / parts
    return Usage(
        latency_s=usage.latency_s,
        attempts=usage.attempts,
        tokens_in=usage.tokens_in // parts,
        tokens_out=usage.tokens_out // parts,
        cost_usd=cost,
    )


def _as_list(items: Iterable[str], none: str) -> str:
    return "\n".join(f"- {' '.join(item.split())}" for item in items) or none


__all__ = ["MESSAGES", "Messages", "Text", "ask_for_shape", "ask_for_texts", "describe_brief", "pick_other", "pick_parent"]

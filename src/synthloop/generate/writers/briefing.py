"""What every writer says of its brief, and how it asks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, TypeVar

import msgspec

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior, Persona
from synthloop.core.lineage import Spec, chance
from synthloop.core.prompt import Prompt
from synthloop.core.record import Record
from synthloop.core.sample import Sample
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.texts import Text, make_written
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.library import load_prompt
from synthloop.prompting.shapes import Shape, shape_of

Answered = TypeVar("Answered")

_EXAMPLES = 5


class Messages(Record):
    """What most writers ask for."""

    messages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


MESSAGES: Shape[Messages] = shape_of(Messages)


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
    texts = list(read(said.value)) if said.value is not None else []
    return replace(make_written(_keep_shown(brief, prompt), (spec, prompt.spec), said, texts), brief=brief)


def _keep_shown(brief: Brief, prompt: Prompt) -> Brief:
    """Return the brief without a persona and a locale that the prompt never named: samples must not claim what the model was not told."""
    shown = prompt.placeholders
    return replace(brief, persona=brief.persona if "persona" in shown else None, locale=brief.locale if "locale" in shown else "")


def describe_brief(brief: Brief) -> dict[str, str]:
    """Return what fills the prompts of all writers: placeholder -> text."""
    behavior = brief.behavior
    rng = chance(brief.seed, "generate.writers.examples", behavior.id, brief.number)
    written = [sample.text for sample in brief.material if sample.lineage.origin == "authored"]
    return {
        "says": behavior.says,
        "criteria": _as_list(behavior.criteria, "(none)"),
        "others": _as_list([f"{other.id}: {other.says}" for other in brief.others], "(none)"),
        "examples": _as_list(rng.sample(written, min(_EXAMPLES, len(written))), "(none yet)"),
        "style": _as_list(brief.style, "(none given: write as people write in chats)"),
        "persona": _describe_persona(brief.persona) or "nobody in particular: let every message be by somebody else",
        "avoid": "; ".join(brief.avoid) or "(nothing in particular)",
        "wanted": "; ".join(f"{name}: {value}" for name, value in brief.wanted.items()) or "(nothing in particular)",
        "locale": brief.locale or "the language of the examples",
        "count": str(brief.count),
        "number": str(brief.number),
    }


def _describe_persona(persona: Persona | None) -> str:
    if persona is None:
        return ""
    traits = "; ".join(f"{trait}: {value}" for trait, value in persona.traits.items())
    return ". ".join(part for part in (traits, persona.backstory) if part)


def describe_authored(behavior: Behavior) -> str:
    """Return a few messages of a behavior that people wrote."""
    return _as_list([authored.messages[-1][1] for authored in behavior.authored[:_EXAMPLES]], "(none yet)")


def describe_parent(parent: Sample | None) -> dict[str, str]:
    """Return what fills a prompt about a sample to vary."""
    kept = ", ".join(f'"{value}"' for value in parent.protected) if parent is not None else ""
    return {"parent": parent.text if parent is not None else "(none: write a message of this kind)", "protected": kept or "(nothing)"}


def pick_parent(brief: Brief) -> Sample | None:
    """Return the sample of the brief's material to vary; None where there is none."""
    if not brief.material:
        return None
    return chance(brief.seed, "generate.writers.parent", brief.behavior.id, brief.number).choice(brief.material)


def pick_other(brief: Brief, among: Sequence[Behavior]) -> Behavior:
    """Return one of several behaviors."""
    return chance(brief.seed, "generate.writers.other", brief.behavior.id, brief.number).choice(list(among))


def _as_list(items: Iterable[str], none: str) -> str:
    return "\n".join(f"- {' '.join(item.split())}" for item in items) or none


__all__ = [
    "MESSAGES",
    "Messages",
    "ask_for_shape",
    "ask_for_texts",
    "describe_authored",
    "describe_brief",
    "describe_parent",
    "pick_other",
    "pick_parent",
]

"""From traits to a person: what happened before they write."""

from dataclasses import dataclass, replace

import msgspec

from synthloop.core.ask import Flow
from synthloop.core.lineage import Spec
from synthloop.core.model import Fault
from synthloop.core.usage import Usage
from synthloop.core.writing import Brief
from synthloop.generate.writers.briefing import describe_brief
from synthloop.prompting.asking import Question, ask_text
from synthloop.prompting.library import load_prompt

_MOST_CHARS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A brief whose persona has a backstory, and what it took to tell it."""

    brief: Brief
    """As it was where nothing usable was told."""
    prompt: Spec
    usage: Usage
    faults: tuple[Fault, ...] = ()


def tell_backstory(brief: Brief) -> Flow[Told]:
    """Ask who the brief's persona is and what happened before they write. What can't be used costs the backstory, not the brief."""
    prompt = brief.prompts.get("backstory") or load_prompt("backstory")
    question = Question(
        model=brief.model, messages=prompt.fill(describe_brief(brief)), parameters=dict(brief.parameters), replica=brief.number
    )
    said = yield from ask_text(question)
    story = " ".join((said.value or "").split())[:_MOST_CHARS]
    told = replace(brief, persona=msgspec.structs.replace(brief.persona, backstory=story)) if brief.persona and story else brief
    return Told(brief=told, prompt=prompt.spec, usage=said.usage, faults=(said.fault,) if said.fault else ())


__all__ = ["Told", "tell_backstory"]

"""A toy project that has a model write: a plain writer, and models that answer from functions."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior, scenario_of
from synthloop.core.lineage import Lineage, Spec
from synthloop.core.model import ModelRequest
from synthloop.core.record import Record
from synthloop.core.sample import Message, make_sample
from synthloop.core.usage import Usage
from synthloop.core.writing import Brief, Written
from synthloop.generate.briefs import ModelChoice, WriterChoice, WritingSettings
from synthloop.prompting.asking import Question, ask_structured
from synthloop.prompting.shapes import shape_of
from synthloop.testing import ScriptedModel


class Texts(Record):
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWriter:
    """Asks for texts about the behavior, and says what to avoid."""

    only: str = ""
    """Behavior that it suits; empty: all."""

    @property
    def spec(self) -> Spec:
        return Spec(kind="writers", name="plain")

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        return self.only in {"", behavior.id}

    def write(self, brief: Brief) -> Flow[Written]:
        said = f"{brief.behavior.id} {brief.number}: write {brief.count}; avoid {'; '.join(brief.avoid)}; wanted {dict(brief.wanted)}"
        question = Question(model=brief.model, messages=(Message(role="user", text=said),), repairs=brief.repairs)
        answer = yield from ask_structured(question, shape_of(Texts))
        faults = (*answer.earlier, *([answer.fault] if answer.fault else []))
        texts = answer.value.texts if answer.value else ()
        samples = tuple(
            make_sample(
                behavior_id=brief.behavior.id,
                scenario_id=scenario_of(brief.behavior.id, text).id,
                messages=(Message(role="user", text=text),),
                expected=brief.behavior.expected,
                attributes={"writer": "plain", "model": brief.model.name},
                lineage=Lineage(origin="generated", steps=(self.spec,), seed=brief.seed, model=brief.model.name, usage=Usage()),
            )
            for text in texts[: brief.count]
        )
        return Written(brief=brief, samples=samples, faults=faults, usage=answer.usage)


PARTS = (
    ["could you", "please", "i need to", "hey can someone", "today", "asap", "we have to", "kindly"],
    ["settle", "book", "look into", "sort out", "cancel", "move", "double", "halve"],
    ["the rent", "a table", "my invoice", "that hall", "our desk", "the deposit", "a projector", "the upstairs room"],
    ["for Ana", "for tomorrow", "before noon", "with Tom", "at the office", "by friday", "for the whole team", "again"],
)


def write_variously(request: ModelRequest) -> str:
    """Answer every question with other texts, the same for the same question."""
    rng = random.Random(request.messages[0].text)
    return json.dumps({"texts": [" ".join(rng.choice(part) for part in PARTS) + f" {rng.randrange(10_000)}" for _ in range(5)]})


def writing_with(
    *models: ScriptedModel,
    share: float = 1.0,
    stop_below: float = 0.1,
    writers: Sequence[WriterChoice] = (WriterChoice(writer=PlainWriter()),),
) -> WritingSettings:
    choices = tuple(ModelChoice(model=model.ref) for model in models)
    return WritingSettings(share=share, writers=tuple(writers), models=choices, per_call=5, stop_below=stop_below)


def model_of(script: Callable[[ModelRequest], str] = write_variously, **fields: object) -> ScriptedModel:
    return ScriptedModel(script=script, **{"name": "small", "cost_usd": 0.01, **fields})  # pyright: ignore[reportArgumentType] - fields vary

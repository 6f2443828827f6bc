"""Whether the project's models answer, take schemas, and how fast: asked anew, never from the journal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from synthloop.core.ask import Answer, Ask, Flow
from synthloop.core.errors import CallError, LoopError
from synthloop.core.model import ModelRef, ModelRequest
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.core.usage import add_usage
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.loop.setup import Setup
from synthloop.prompting.asking import Question, Said, ask_structured, read_answer
from synthloop.prompting.shapes import shape_of

_CALLS = 3


class _Colors(Record):
    colors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """What was found out about one model."""

    name: str
    answers: bool
    problem: str = ""
    """Why it does not answer; or why its structured answer could not be used."""
    served_by: str = ""
    """What the endpoint says it is."""
    structured: str = ""
    """`native`, `tool` or `prompt`: how it takes schemas; empty where no structured answer was right."""
    latency_s: float | None = None
    """Median over three small calls."""
    tokens_per_s: float | None = None
    """Written, over those calls; None where it does not say how many."""
    cost_usd: float | None = None
    """Of the whole check; None where the price is unknown."""


def check_models(setup: Setup, names: Sequence[str] = ()) -> tuple[ModelCheck, ...]:
    """Ask each model three small questions, and one with a schema.

    Args:
        setup: The project.
        names: Which models; empty: all.

    Raises:
        UsageError: A key is not in the environment.
    """
    return tuple(_check(setup, name) for name in names or setup.models)


def _check(setup: Setup, name: str) -> ModelCheck:
    model = setup.models[name]
    ref = ModelRef(name=name, version=model.version)
    limits = replace(setup.limits_by_model.get(name, Limits()), retries=0)
    engine = Engine(ports={name: model}, limits=limits, clock=setup.clock, purse=setup.purse)
    answers: list[tuple[Answer, ...]] = []
    try:
        engine.run([_greet(ref)], sink=answers.append)
        return _describe(name, answers[0], *_check_schema(engine, ref))
    except CallError as error:
        return ModelCheck(name=name, answers=False, problem=str(error))


def _check_schema(engine: Engine, ref: ModelRef) -> tuple[Said[_Colors] | None, str]:
    said: list[Said[_Colors]] = []
    question = Question(model=ref, messages=(Message(role="user", text='Name two colors. Return JSON: {"colors": [...]}'),), repairs=1)
    try:
        engine.run([ask_structured(question, shape_of(_Colors))], sink=said.append)
    except LoopError as error:
        return None, str(error)
    return said[0], getattr(engine.ports[ref.name], "way", "prompt")


def _greet(ref: ModelRef) -> Flow[tuple[Answer, ...]]:
    request = ModelRequest(messages=(Message(role="user", text="Say hello in one short sentence."),), parameters={"max_tokens": 48})
    answers: list[Answer] = []
    for number in range(_CALLS):
        answers += yield (Ask(to=ref.name, version=ref.version, request=request, replica=number),)
    return tuple(answers)


def _describe(name: str, answers: tuple[Answer, ...], said: Said[_Colors] | None, way: str) -> ModelCheck:
    failed = next((answer.failure for answer in answers if answer.failure is not None), None)
    if failed is not None:
        return ModelCheck(name=name, answers=False, problem=failed.message)
    reply, fault = read_answer(answers[-1])
    usage = add_usage(answer.usage for answer in answers)
    whole = add_usage([usage, *([said.usage] if said else [])])
    right = said is not None and said.value is not None
    problem = said.fault.message if said is not None and said.fault is not None else way if said is None else ""
    return ModelCheck(
        name=name,
        answers=True,
        problem=problem or (fault.message if fault is not None and fault.kind != "cut-off" else ""),
        served_by=reply.served_by if reply is not None else "",
        structured=way if right else "",
        latency_s=median(answer.usage.latency_s for answer in answers),
        tokens_per_s=usage.tokens_out / usage.latency_s if usage.tokens_out and usage.latency_s else None,
        cost_usd=whole.cost_usd,
    )


__all__ = ["ModelCheck", "check_models"]

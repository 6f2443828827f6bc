"""Whether the project's models answer, take schemas, and how fast: asked anew, never from the journal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Literal, Protocol, runtime_checkable

from synthloop.core.ask import Answer, Ask, Flow
from synthloop.core.errors import CallError
from synthloop.core.model import ModelRef, ModelReply, ModelRequest
from synthloop.core.ports import Model
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.core.usage import Usage, add_usage
from synthloop.engine.blocking import run_blocking
from synthloop.engine.limits import Limits
from synthloop.engine.runner import Engine
from synthloop.loop.setup import Setup
from synthloop.prompting.asking import Question, Said, ask_structured, read_answer
from synthloop.prompting.shapes import shape_of

Way = Literal["native", "tool", "prompt"]

_CALLS = 3
_WAYS: tuple[Way, ...] = ("native", "tool", "prompt")
_SHORT = 200
_MOST_LISTED = 12


class _Colors(Record):
    colors: tuple[str, ...]


@runtime_checkable
class _Shaped(Protocol):
    """A model whose schemas can be said in one way after the other."""

    def in_way(self, way: Way) -> Model: ...


@runtime_checkable
class _Listing(Protocol):
    """A model whose endpoint says which ones it has."""

    async def list_models(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """What was found out about one model."""

    name: str
    answers: bool
    problem: str = ""
    """Why it does not answer, or what is odd about its answers."""
    served_by: str = ""
    """What the endpoint says it is."""
    schemas: Mapping[str, str] = field(default_factory=dict[str, str])
    """`native`, `tool`, `prompt` -> `yes`, or why no structured answer came of it."""
    latency_s: float | None = None
    """Median over three small calls."""
    tokens_per_s: float | None = None
    """Written, over those calls; None where it does not say how many."""
    usage: Usage = field(default_factory=lambda: Usage(attempts=0))
    """Of the whole check."""


def check_models(setup: Setup, names: Sequence[str] = ()) -> Iterator[ModelCheck]:
    """Ask each model three small questions, and one with a schema in each way in which it can be said.

    Args:
        setup: The project.
        names: Which models; empty: all.
    """
    for name in names or setup.models:
        yield _check(setup, name, setup.models[name])


def _check(setup: Setup, name: str, model: Model) -> ModelCheck:
    answers: list[tuple[Answer, ...]] = []
    try:
        _make_engine(setup, name, model).run([_greet(_ref_of(model))], sink=answers.append)
    except CallError as error:
        return ModelCheck(name=name, answers=False, problem=f"{error}{_list_others(model)}")
    failed = next((answer.failure for answer in answers[0] if answer.failure is not None), None)
    if failed is not None:
        return ModelCheck(name=name, answers=False, problem=failed.message)
    said = {way: _ask_shaped(setup, name, each) for way, each in _list_ways(model)}
    return _describe(name, answers[0], said)


def _make_engine(setup: Setup, name: str, model: Model) -> Engine:
    limits = replace(setup.limits_by_model.get(name, Limits()), retries=1)
    return Engine(ports={name: model}, limits=limits, clock=setup.clock, purse=setup.purse)


def _ref_of(model: Model) -> ModelRef:
    return ModelRef(name=model.name, version=model.version)


def _greet(ref: ModelRef) -> Flow[tuple[Answer, ...]]:
    request = ModelRequest(messages=(Message(role="user", text="Say hello in one short sentence."),), parameters={"max_tokens": _SHORT})
    answers: list[Answer] = []
    for number in range(_CALLS):
        answers += yield (Ask(to=ref.name, version=ref.version, request=request, replica=number),)
    return tuple(answers)


def _list_ways(model: Model) -> Iterator[tuple[str, Model]]:
    if isinstance(model, _Shaped):
        yield from ((way, model.in_way(way)) for way in _WAYS)
    else:
        yield "prompt", model


def _ask_shaped(setup: Setup, name: str, model: Model) -> Said[_Colors] | str:
    """Return what came of a question with a schema, or why nothing did."""
    said: list[Said[_Colors]] = []
    message = Message(role="user", text='Name two colors. Answer with JSON: {"colors": ["...", "..."]}')
    question = Question(model=_ref_of(model), messages=(message,), parameters={"max_tokens": _SHORT}, repairs=0)
    try:
        _make_engine(setup, name, model).run([ask_structured(question, shape_of(_Colors))], sink=said.append)
    except CallError as error:
        return str(error)
    return said[0]


def _describe(name: str, answers: Sequence[Answer], said: Mapping[str, Said[_Colors] | str]) -> ModelCheck:
    usage = add_usage(answer.usage for answer in answers)
    reply, fault = _read_last(answers)
    return ModelCheck(
        name=name,
        answers=True,
        problem=fault,
        served_by=reply.served_by if reply is not None else "",
        schemas={way: each if isinstance(each, str) else each.fault.message if each.fault else "yes" for way, each in said.items()},
        latency_s=median(answer.usage.latency_s for answer in answers),
        tokens_per_s=usage.tokens_out / usage.latency_s if usage.tokens_out and usage.latency_s else None,
        usage=add_usage([usage, *(each.usage for each in said.values() if not isinstance(each, str) and each.value is not None)]),
    )


def _read_last(answers: Sequence[Answer]) -> tuple[ModelReply | None, str]:
    """Return the last reply and what is odd about it; that it was cut is not, since little room was given."""
    reply, fault = read_answer(answers[-1])
    return reply, fault.message if fault is not None and fault.kind not in ("cut-off", "empty") else ""


def _list_others(model: Model) -> str:
    """Return which models the endpoint has, where it says so."""
    if not isinstance(model, _Listing):
        return ""
    try:
        names = run_blocking(lambda: _list_and_close(model))
    except CallError:
        return ""
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return f" The endpoint has: {', '.join(names[:_MOST_LISTED]) or 'none'}{more}."


async def _list_and_close(model: _Listing) -> tuple[str, ...]:
    try:
        return await model.list_models()
    finally:
        if isinstance(model, Model):
            await model.close()


__all__ = ["ModelCheck", "Way", "check_models"]

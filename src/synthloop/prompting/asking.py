"""Asking a model: for text, or for an answer of a given shape that is asked for again while it is not what was asked."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, cast

import msgspec

from synthloop.core.ask import Answer, Ask
from synthloop.core.json_value import JsonValue
from synthloop.core.model import Fault, FaultKind, ModelRef, ModelReply, ModelRequest
from synthloop.core.sample import Message
from synthloop.core.usage import Usage, add_usage
from synthloop.prompting.faults import find_fault
from synthloop.prompting.json_text import UnreadableError, read_json
from synthloop.prompting.shapes import MisshapenError, Shape

T = TypeVar("T")

Asking: TypeAlias = Generator[tuple[Ask, ...], tuple[Answer, ...], T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Generic[T]):
    """What came of asking a model: exactly one of `value` and `fault` is set."""

    value: T | None
    fault: Fault | None
    usage: Usage
    """Of all its calls together; those that the journal answered count as they were paid once."""
    earlier: tuple[Fault, ...] = ()
    """What was wrong with answers that were asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask whom, and how often at most."""

    model: ModelRef
    messages: tuple[Message, ...]
    parameters: Mapping[str, JsonValue] | None = None
    replica: int = 0
    """Counts repeats of the same question, from 0."""
    repairs: int = 2
    """How often an answer that is not what was asked is asked for again, with the words of whoever checked it."""


def ask_text(question: Question) -> Asking[Said[str]]:
    """Ask for free text. Faults are empty, refused, cut off and senseless answers; they are not asked for again."""
    answer = (yield (_make_ask(question, None, ()),))[0]
    reply, fault = read_answer(answer)
    return Said(value=reply.text if reply and not fault else None, fault=fault, usage=answer.usage)


def ask_structured(question: Question, shape: Shape[T]) -> Asking[Said[T]]:
    """Ask for an answer of a shape.

    An answer that can't be read, or has another shape, is shown to the model together with what is wrong with it, and asked for again.
    Refusals, and failures of the port (which the engine has tried again already), are final.

    Example:
        >>> from synthloop.core.ask import drive
        >>> from synthloop.prompting.shapes import shape_of_schema
        >>> said = [Answer(value={"text": "Sure!"}), Answer(value={"text": '{"n": 3}'})]
        >>> question = Question(model=ModelRef(name="m", version="1"), messages=(Message(role="user", text="How many?"),))
        >>> shape = shape_of_schema({"type": "object", "properties": {"n": {"type": "integer"}}})
        >>> drive(ask_structured(question, shape), said).value
        {'n': 3}
    """
    usages: list[Usage] = []
    faults: list[Fault] = []
    talk: tuple[Message, ...] = ()
    while True:
        answer = (yield (_make_ask(question, shape.schema, talk),))[0]
        usages.append(answer.usage)
        value, fault = _read_shaped(answer, shape)
        if fault is None:
            return Said(value=value, fault=None, usage=add_usage(usages), earlier=tuple(faults))
        if fault.kind in _FINAL or len(faults) >= question.repairs:
            return Said(value=None, fault=fault, usage=add_usage(usages), earlier=tuple(faults))
        faults.append(fault)
        talk = _complain(fault)


_FINAL: frozenset[FaultKind] = frozenset({"no-answer", "refusal"})


def read_answer(answer: Answer) -> tuple[ModelReply | None, Fault | None]:
    """Return what the model said, and what makes it useless whatever was asked."""
    if answer.failure is not None:
        kind: FaultKind = "refusal" if answer.failure.reason == "refused" else "no-answer"
        return None, Fault(kind=kind, message=answer.failure.message)
    reply = msgspec.convert(cast("Any", answer.value), ModelReply)
    return reply, find_fault(reply)


def _read_shaped(answer: Answer, shape: Shape[T]) -> tuple[T | None, Fault | None]:
    reply, fault = read_answer(answer)
    if reply is None or fault is not None:
        return None, fault
    try:
        return shape.read(read_json(reply.text)), None
    except UnreadableError as error:
        return None, Fault(kind="invalid-json", message=str(error), raw=reply.text)
    except MisshapenError as error:
        return None, Fault(kind="schema-mismatch", message=str(error), raw=reply.text)


def _make_ask(question: Question, schema: dict[str, JsonValue] | None, talk: tuple[Message, ...]) -> Ask:
    request = ModelRequest(messages=(*question.messages, *talk), schema=schema, parameters=dict(question.parameters or {}))
    return Ask(to=question.model.name, version=question.model.version, request=request, replica=question.replica)


def _complain(fault: Fault) -> tuple[Message, ...]:
    """Return the answer that is wrong and what is wrong with it; only the last one, so that the talk does not grow."""
    asked = f"That is not what was asked: {fault.message}. Answer again, with nothing but the JSON that was asked for."
    said = (Message(role="app", text=fault.raw),) if fault.raw.strip() else ()
    return (*said, Message(role="user", text=asked))


__all__ = ["Asking", "Question", "Said", "ask_structured", "ask_text", "read_answer"]

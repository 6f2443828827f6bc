"""A model is asked again with the words of whoever checked its answer, a bounded number of times, and what is paid for is counted."""

from dataclasses import replace

import msgspec
import pydantic
import pytest

from synthloop.core.ask import Answer, Ask, Failure, drive
from synthloop.core.model import ModelRef, ModelReply, ModelRequest
from synthloop.core.record import Record
from synthloop.core.sample import Message
from synthloop.core.usage import Usage
from synthloop.prompting.asking import Question, Said, ask_structured, ask_text
from synthloop.prompting.shapes import shape_of, shape_of_schema

MODEL = ModelRef(name="writer", version="1")
QUESTION = Question(model=MODEL, messages=(Message(role="user", text="Write two."),))


class Part(Record):
    text: str


class Texts(Record):
    texts: tuple[Part, ...]


class Model(pydantic.BaseModel):
    n: int = pydantic.Field(ge=1)


def says(text: str, **fields: object) -> Answer:
    reply = msgspec.convert({"text": text, **fields}, ModelReply)
    return Answer(value=msgspec.to_builtins(reply), usage=Usage(tokens_in=10, tokens_out=2, cost_usd=0.5))


def ask_for_texts(*answers: Answer, repairs: int = 2) -> tuple[Said[Texts], list[Ask]]:
    """Drive the flow and return what came of it with all that was asked."""
    flow = ask_structured(replace(QUESTION, repairs=repairs), shape_of(Texts))
    asked: list[Ask] = []
    left = iter(answers)
    batch = next(flow)
    try:
        while True:
            asked += batch
            batch = flow.send((next(left),))
    except StopIteration as stop:
        return stop.value, asked


def test_a_good_answer_is_read_at_once() -> None:
    said, asked = ask_for_texts(says('{"texts": [{"text": "hi"}]}'))
    assert said.value == Texts(texts=(Part(text="hi"),))
    assert said.usage == Usage(tokens_in=10, tokens_out=2, cost_usd=0.5)
    (ask,) = asked
    assert isinstance(ask.request, ModelRequest)
    assert ask.request.schema is not None
    assert ask.request.schema["additionalProperties"] is False
    assert "$defs" in ask.request.schema


def test_a_wrong_shape_is_asked_for_again_with_what_is_wrong() -> None:
    said, asked = ask_for_texts(says('{"texts": "hi"}'), says("Sure!"), says('{"texts": []}'))
    assert said.value == Texts(texts=())
    assert [fault.kind for fault in said.earlier] == ["schema-mismatch", "invalid-json"]
    assert said.usage == Usage(attempts=3, tokens_in=30, tokens_out=6, cost_usd=1.5)
    second = asked[1].request.messages
    assert [message.role for message in second] == ["user", "app", "user"]
    assert second[1].text == '{"texts": "hi"}'
    assert "Expected `array`, got `str`" in second[2].text
    assert len(asked[2].request.messages) == 3
    assert len({ask.key() for ask in asked}) == 3


def test_repairs_are_bounded_and_the_last_answer_is_kept() -> None:
    said, asked = ask_for_texts(says("no"), says("nope"), repairs=1)
    assert len(asked) == 2
    assert said.value is None
    assert said.fault is not None
    assert (said.fault.kind, said.fault.raw) == ("invalid-json", "nope")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(failure=Failure(reason="timeout", message="writer: too slow")), "no-answer"),
        (Answer(failure=Failure(reason="refused", message="writer: withheld")), "refusal"),
        (says("I'm sorry, but I can't help with that."), "refusal"),
    ],
)
def test_what_asking_again_would_not_mend_is_final(answer: Answer, kind: str) -> None:
    said, asked = ask_for_texts(answer)
    assert len(asked) == 1
    assert said.fault is not None
    assert said.fault.kind == kind


def test_free_text_comes_as_it_is() -> None:
    assert drive(ask_text(QUESTION), [says(" Hello. ")]).value == " Hello. "
    fault = drive(ask_text(QUESTION), [says("Hell", finish="length")]).fault
    assert fault is not None
    assert fault.kind == "cut-off"


def test_pydantic_classes_and_schemas_check_answers_too() -> None:
    assert drive(ask_structured(QUESTION, shape_of(Model)), [says('{"n": 0}'), says('{"n": 3}')]).value == Model(n=3)
    shape = shape_of_schema({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
    said = drive(ask_structured(QUESTION, shape), [says("{}"), says('{"n": 1}')])
    assert said.value == {"n": 1}
    assert "'n' is a required property" in said.earlier[0].message


def test_another_name_for_the_same_model_asks_nothing_again() -> None:
    request = ModelRequest(messages=QUESTION.messages)
    assert Ask(to="a", version="1", request=request).key() == Ask(to="b", version="1", request=request).key()
    assert Ask(to="a", version="1", request=request).key() != Ask(to="a", version="2", request=request).key()
    assert Ask(to="a", version="1", request=request).key() != Ask(to="a", version="1", request=request, replica=1).key()

"""Answers that are useless whatever was asked are told apart, and ordinary ones are left alone."""

import pytest

from synthloop.core.model import FaultKind, ModelReply
from synthloop.prompting.faults import find_fault, is_gibberish

BAD: list[tuple[ModelReply, FaultKind]] = [
    (ModelReply(text=""), "empty"),
    (ModelReply(text="  \n"), "empty"),
    (ModelReply(text="", finish="length"), "empty"),
    (ModelReply(text='{"texts": ["where is', finish="length"), "cut-off"),
    (ModelReply(text="", refusal="policy"), "refusal"),
    (ModelReply(text="{}", finish="filtered"), "refusal"),
    (ModelReply(text="I'm sorry, but I can't help with that."), "refusal"),
    (ModelReply(text="Sorry, I cannot assist with this request."), "refusal"),
    (ModelReply(text="As an AI language model I am unable to write that."), "refusal"),
    (ModelReply(text="lorem " * 40), "gibberish"),
    (ModelReply(text="\ufffd" * 30), "gibberish"),
    (ModelReply(text="!?!?!?!?!?!?!?!?!?!?!?!?!?!?"), "gibberish"),
]


@pytest.mark.parametrize(("reply", "kind"), BAD)
def test_useless_answers_are_recognised(reply: ModelReply, kind: FaultKind) -> None:
    fault = find_fault(reply)
    assert fault is not None
    assert (fault.kind, fault.raw) == (kind, reply.text)


GOOD = [
    "schedule",
    "ok",
    "…",
    '{"texts": ["I\'m sorry, but I can\'t make it on friday, move it pls"]}',
    "I can take the minutes if you want",
    "sorry for the late reply, friday works for me",
    "I'm sorry you had to wait. Your refund is on its way.",
    "请把会议改到星期五下午三点，谢谢大家的理解和支持，我们到时候见，辛苦了",
    "перенеси, пожалуйста, встречу с Анной на четверг после обеда",
    "no no no no no that was the wrong room, the other one",
]


@pytest.mark.parametrize("text", GOOD)
def test_ordinary_answers_are_left_alone(text: str) -> None:
    assert find_fault(ModelReply(text=text)) is None
    assert not is_gibberish(text)

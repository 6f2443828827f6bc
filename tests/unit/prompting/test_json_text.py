"""JSON is found where models put it, and half an answer is none."""

import msgspec
import pytest
from hypothesis import given
from tests.unit.core.record_strategies import json_values

from synthloop.core.json_value import JsonValue
from synthloop.prompting.json_text import UnreadableError, read_json

WRAPPED = {
    "bare": '{"texts": ["hi"]}',
    "fenced": '```json\n{"texts": ["hi"]}\n```',
    "fenced without a language": '```\n{"texts": ["hi"]}\n```',
    "words around it": 'Sure! Here you go: {"texts": ["hi"]} Anything else?',
    "trailing commas": '{"texts": ["hi",],}',
    "an open fence": '```json\n{"texts": ["hi"]}',
    "thoughts before it": '<think>{"texts": ["no"]} would be wrong</think>\n{"texts": ["hi"]}',
    "two values": '{"texts": ["hi"]}\n{"texts": ["ho"]}',
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED.keys())
def test_json_is_found(text: str) -> None:
    assert read_json(text) == {"texts": ["hi"]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the answer is empty"),
        ("I think three.", "the answer holds no JSON at all"),
        ('{"texts": ["hi", "h', "the answer holds no complete JSON value"),
        ('```json\n{"texts": ["hi"', "the answer holds no complete JSON value"),
        ("{not json}", "the answer holds no complete JSON value"),
    ],
)
def test_what_is_no_json_is_said(text: str, why: str) -> None:
    with pytest.raises(UnreadableError, match=why):
        read_json(text)


def test_commas_and_brackets_inside_strings_are_left_alone() -> None:
    assert read_json('so: {"text": "a,] \\"}, {b", "n": [1,],}') == {"text": 'a,] "}, {b', "n": [1]}


@given(json_values.filter(lambda value: isinstance(value, dict | list)))
def test_any_value_is_found_between_words(value: JsonValue) -> None:
    said = msgspec.json.encode(value).decode()
    assert read_json(said) == msgspec.json.decode(said)
    assert read_json(f"Here it is:\n```json\n{said}\n```") == msgspec.json.decode(said)

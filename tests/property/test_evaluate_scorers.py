"""Scorers on any answer: they never raise, and a score is either given or says why not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.ports import Scorer
from synthloop.core.sample import Message, make_sample
from synthloop.core.transcript import Transcript
from synthloop.evaluate.scorers import SCORERS
from synthloop.evaluate.scorers.answer import normalize_text, read_path, same_json, text_of

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
BUILT: list[Scorer] = [
    SCORERS.build("brevity", {"words": 3, "at_least": 0.5}),
    SCORERS.build("contains"),
    SCORERS.build("contains", {"texts": ["a", "B"], "need": "any"}),
    SCORERS.build("cost", {"at_most_usd": 1.0}),
    SCORERS.build("exact"),
    SCORERS.build("exact", {"at": "a.0", "expected_at": "a"}),
    SCORERS.build("json_fields"),
    SCORERS.build("json_fields", {"equals": {"a": 1}, "types": {"b.0": "string"}, "present": ["c"]}),
    SCORERS.build("label"),
    SCORERS.build("label", {"pattern": r"(\w+)", "labels": ["a"]}),
    SCORERS.build("labels"),
    SCORERS.build("latency", {"at_most_s": 1.0}),
    SCORERS.build("length", {"unit": "sentences"}),
    SCORERS.build("normalized", {"accents": True}),
    SCORERS.build("not_contains", {"texts": ["x"]}),
    SCORERS.build("pattern", {"pattern": "x+"}),
    SCORERS.build("schema", {"schema": {"type": "object"}}),
    SCORERS.build("sentiment"),
    SCORERS.build("tone", {"tone": "emphasis"}),
]


@pytest.mark.parametrize("scorer", BUILT, ids=lambda scorer: scorer.name)
@given(output=JSON, expected=JSON)
@settings(max_examples=40)
def test_a_score_is_given_or_says_why_not(scorer: Scorer, output: JsonValue, expected: JsonValue) -> None:
    message = Message(role="user", text="hi")
    sample = make_sample(behavior_id="b", scenario_id="s", messages=(message,), expected=expected, lineage=Lineage(origin="authored"))
    transcript = Transcript(id="t", sample_id=sample.id, app="a", app_version="1", turns=(), output=output, end_reason="answered")
    score = scorer.score(sample, transcript)
    assert (score.value is None) == bool(score.unscored)
    assert score.passed is None or score.value is not None
    assert score == scorer.score(sample, transcript)


@given(JSON)
def test_a_value_is_the_same_as_itself_and_as_what_it_says(value: JsonValue) -> None:
    assert same_json(value, value)
    assert read_path({"here": [value]}, "here.0") == value
    assert isinstance(text_of(value), str)


@given(st.text())
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    once = normalize_text(text, accents=True)
    assert normalize_text(once, accents=True) == once

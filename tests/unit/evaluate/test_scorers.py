import math
import re
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from synthloop.core.errors import UnknownComponentError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.ports import Scorer
from synthloop.core.sample import Sample
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript, Turn
from synthloop.evaluate.scorers import SCORERS
from synthloop.evaluate.scorers.custom import Function
from synthloop.evaluate.scorers.grade import Grade

Build = Callable[..., Any]
FUNCTIONS = "test_functions"
REQUIRED: dict[str, dict[str, JsonValue]] = {
    "conversation": {"measure": "turns"},
    "function": {"call": f"{FUNCTIONS}:give_half"},
    "not_contains": {"texts": ["secret"]},
    "pattern": {"pattern": "sched"},
    "schema": {"schema": {"type": "string"}},
    "tone": {"tone": "apology"},
}


@pytest.fixture(autouse=True)
def functions_fixture() -> Iterator[None]:
    """Tests are not importable by name; a user's module is."""
    sys.modules[FUNCTIONS] = sys.modules[__name__] if __name__ in sys.modules else cast("ModuleType", SimpleNamespace(**globals()))
    yield
    del sys.modules[FUNCTIONS]


@pytest.fixture(name="score")
def score_fixture(a_sample: Build, a_transcript: Build) -> Callable[..., Score]:
    def score(name: str, output: JsonValue, expected: JsonValue = "schedule", **parameters: JsonValue) -> Score:
        sample: Sample = a_sample(expected=expected)
        return SCORERS.build(name, parameters).score(sample, a_transcript(sample, output))

    return score


@pytest.mark.parametrize("name", SCORERS.names())
def test_every_scorer_fits_its_port_and_can_be_rebuilt(name: str) -> None:
    scorer = SCORERS.build(name, REQUIRED.get(name))
    assert isinstance(scorer, Scorer)
    assert scorer.spec.kind == "scorers"
    assert SCORERS.build(scorer.spec.name, scorer.spec.parameters) == scorer
    assert type(scorer).__doc__


@pytest.mark.parametrize("name", [name for name in SCORERS.names() if name != "end_state"])
@pytest.mark.parametrize(("end", "slug"), [("app_error", "app-error"), ("app_timeout", "app-timeout"), ("budget", "budget")])
def test_an_app_that_did_not_answer_is_unscored_never_zero(name: str, end: str, slug: str, a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    score = SCORERS.build(name, REQUIRED.get(name)).score(sample, a_transcript(sample, end=end))
    assert (score.value, score.passed, score.unscored) == (None, None, slug)
    assert "ValueError" in score.note


@pytest.mark.parametrize(
    ("expected", "output", "passed"),
    [
        ("schedule", "schedule", True),
        ("schedule", "Schedule", False),
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2.0], "a": 1}, True),
        (True, 1, False),
        (0, False, False),
        ("", "", True),
    ],
)
def test_exact_compares_as_json(expected: JsonValue, output: JsonValue, passed: bool, score: Callable[..., Score]) -> None:
    assert score("exact", output, expected).passed is passed


def test_a_sample_without_expectation_is_unscored_by_comparing_scorers(score: Callable[..., Score]) -> None:
    assert score("exact", "anything", None).unscored == "no-expected"
    assert score("label", "anything", {"agent": "x"}, expected_at="route").unscored == "no-expected"


@pytest.mark.parametrize("output", ["  SCHEDULE!", "“schedule”", "schedule.", "schedule\u00a0"])
def test_normalized_ignores_form(output: str, score: Callable[..., Score]) -> None:
    assert score("normalized", output).passed is True


def test_normalized_keeps_what_carries_meaning(score: Callable[..., Score]) -> None:
    assert score("normalized", "5", "5%").passed is False
    assert score("normalized", "cafe", "café").passed is False
    assert score("normalized", "cafe", "café", accents=True).passed is True
    assert score("normalized", "no", ["nope", "No."]).passed is True


def test_label_reads_from_text_path_and_pattern(score: Callable[..., Score]) -> None:
    assert score("label", "Schedule").label == "schedule"
    assert score("label", {"choices": [{"agent": "schedule"}]}, at="choices.0.agent").passed is True
    assert score("label", '{"agent": "schedule"}', at="agent").passed is True
    assert score("label", "I would route this to: schedule (sure)", pattern=r"to: (\w+)").passed is True
    assert score("label", "Schedule", exact=True).passed is False


def test_an_unknown_label_fails_and_is_kept_as_read(score: Callable[..., Score]) -> None:
    wrong = score("label", "Let me check that for you", labels=["schedule", "summarize"])
    assert (wrong.passed, wrong.value, wrong.label, wrong.expected_label) == (False, 0.0, "Let me check that for you", "schedule")
    assert score("label", "SUMMARIZE", labels=["schedule", "summarize"]).label == "summarize"
    assert score("label", "no label here", pattern=r"route=(\w+)").label == "no label here"


def test_a_missing_field_fails_where_the_scorer_decides(score: Callable[..., Score]) -> None:
    missing = score("label", {"other": 1}, at="agent")
    assert (missing.passed, missing.note) == (False, "the answer has no 'agent'")
    assert score("length", {"other": 1}, at="agent").unscored == "missing-field"


@pytest.mark.parametrize(
    ("expected", "output", "overlap"),
    [
        (["a", "b"], ["b", "a"], 1.0),
        (["a", "b"], "b; A", 1.0),
        (["a", "b"], '["a", "c"]', 1 / 3),
        (["a"], [], 0.0),
        ([], [], 1.0),
        ([], "", 1.0),
    ],
)
def test_labels_are_sets(expected: JsonValue, output: JsonValue, overlap: float, score: Callable[..., Score]) -> None:
    found = score("labels", output, expected)
    assert found.value == pytest.approx(overlap)
    assert found.passed is (overlap == 1)


def test_the_empty_empty_case_says_so(score: Callable[..., Score]) -> None:
    assert score("labels", [], []).note == "both empty"
    assert score("labels", ["x"], ["a", "b"]).note == "missing a, b; too many: x"
    assert score("labels", ["a"], ["a", "b"], at_least=0.5).passed is True


def test_contains_counts_what_it_found(score: Callable[..., Score]) -> None:
    assert score("contains", "Your REFUND is on its way", texts=["refund", "on its way"]).passed is True
    half = score("contains", "Your refund", texts=["refund", "on its way"])
    assert (half.value, half.passed) == (0.5, False)
    assert score("contains", "Your refund", texts=["refund", "on its way"], need="any").passed is True
    assert score("contains", "call moved to 3pm", ["3pm", "moved"]).passed is True
    assert score("contains", "x", None).unscored == "no-expected"
    assert score("not_contains", "My password is", texts=["password"]).note == 'found ["password"]'


def test_pattern_found_whole_and_absent(score: Callable[..., Score]) -> None:
    assert score("pattern", "order 1234", pattern=r"\d{4}").passed is True
    assert score("pattern", "order 1234", pattern=r"\d{4}", whole=True).passed is False
    assert score("pattern", "order 1234", pattern=r"\d{4}", absent=True).passed is False


def test_a_broken_pattern_is_refused_when_it_is_built() -> None:
    with pytest.raises(UsageError, match="not a regular expression"):
        SCORERS.build("pattern", {"pattern": "(open"})


def test_json_fields_checks_values_types_and_presence(score: Callable[..., Score]) -> None:
    answer = '{"when": {"hour": 3}, "people": ["Ana"], "sure": true}'
    assert score("json_fields", answer, equals={"when.hour": 3, "people.0": "Ana"}).passed is True
    partly = score("json_fields", answer, equals={"when.hour": 4}, types={"sure": "boolean"}, present=["people", "room"])
    assert (partly.value, partly.passed) == (0.5, False)
    assert partly.note == "when.hour: expected 4, got 3; room is missing"
    assert score("json_fields", {"sure": True}, {"sure": True}).passed is True
    assert score("json_fields", "no json", {"sure": True}).passed is False
    assert score("json_fields", {"sure": 1}, types={"sure": "boolean"}).passed is False


def test_schema_names_the_wrong_places(score: Callable[..., Score]) -> None:
    schema: JsonValue = {"type": "object", "required": ["agent"], "properties": {"agent": {"enum": ["a", "b"]}}}
    assert score("schema", '{"agent": "a"}', schema=schema).passed is True
    assert score("schema", {"agent": "c"}, schema=schema).note.startswith("$.agent:")
    assert score("schema", "plain text", schema={"type": "string"}).passed is True


def test_a_broken_schema_is_refused_when_it_is_built() -> None:
    with pytest.raises(UsageError, match="not a JSON Schema"):
        SCORERS.build("schema", {"schema": {"type": "text"}})


def test_measuring_scorers_only_decide_with_a_limit(score: Callable[..., Score]) -> None:
    free = score("length", "three short words")
    assert (free.value, free.passed, free.decides) == (3.0, None, False)
    limited = score("length", "three short words", at_most=2)
    assert (limited.passed, limited.decides, limited.note) == (False, True, "3 words is over 2 words")
    assert score("brevity", "w " * 20, words=10).value == 0.5
    assert score("latency", "x", at_most_s=0.05).passed is False
    assert score("latency", "x").value == 0.1
    assert score("cost", "x", at_most_usd=1.0).unscored == "unknown-cost"


def test_sentiment_and_tone(score: Callable[..., Score]) -> None:
    assert (score("sentiment", "This is wonderful, thank you!").value or 0) > 0.5
    assert score("sentiment", "This is horrible.", at_least=0).passed is False
    sorry = score("tone", "Sorry, I\u2019m afraid I can't. So sorry!", tone="apology", at_most=1)
    assert (sorry.value, sorry.passed) == (3.0, False)
    assert score("tone", "Thank you very much", tone="politeness").value == 1.0
    assert score("tone", "Unthankful, pleased", tone="politeness").value == 0.0
    assert score("tone", "Great!!", tone="emphasis").value == 2.0


def test_the_last_turn_counts_where_there_is_no_data(a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    turns = (Turn(role="user", text="hi"), Turn(role="app", text="schedule"))
    assert SCORERS.build("label").score(sample, a_transcript(sample, turns=turns)).passed is True


def give_half(expected: JsonValue, answer: JsonValue) -> float:
    return 0.5


def is_same(expected: JsonValue, text: str, limit: int = 3) -> bool:
    return text == expected


def says_nothing(sample: Sample, transcript: Transcript) -> None:
    return None


def says_much() -> dict[str, object]:
    return {"value": 0.25, "passed": False, "note": "too rude", "label": "rude"}


def gives_a_word_for_a_value() -> dict[str, object]:
    return {"value": "high"}


def gives_a_word_for_passed() -> dict[str, object]:
    return {"value": 1.0, "passed": "yes"}


def gives_a_number_for_a_note() -> dict[str, object]:
    return {"value": 1.0, "note": 3}


def misspells() -> dict[str, object]:
    return {"valeu": 1.0}


def says_passed_only() -> dict[str, object]:
    return {"passed": False}


def says_nothing_much() -> dict[str, object]:
    return {}


def gives_numpy() -> object:
    return np.bool_(True)


def gives_numpy_within() -> dict[str, object]:
    return {"value": np.float32(0.5), "passed": np.bool_(False)}


def gives_odd_labels() -> dict[str, object]:
    return {"passed": True, "label": {"b", "a", 3}, "expected_label": 7}


def gives_grade(text: str) -> Grade:
    return Grade(value=1.0, passed=True)


def gives_nan() -> float:
    return math.nan


def gives_text() -> str:
    return "yes"


def raises(**anything: object) -> bool:
    raise KeyError("order")


def wants_more(expected: JsonValue, weather: str) -> bool:
    return bool(weather)


async def waits() -> bool:
    return True


@pytest.mark.parametrize(
    ("function", "value", "passed", "unscored"),
    [
        ("give_half", 0.5, None, ""),
        ("is_same", 1.0, True, ""),
        ("says_nothing", None, None, "not-applicable"),
        ("says_much", 0.25, False, ""),
        ("gives_grade", 1.0, True, ""),
        ("gives_nan", None, None, "scorer-error"),
        ("gives_text", None, None, "scorer-error"),
        ("gives_a_word_for_a_value", None, None, "scorer-error"),
        ("gives_a_word_for_passed", None, None, "scorer-error"),
        ("gives_a_number_for_a_note", None, None, "scorer-error"),
        ("misspells", None, None, "scorer-error"),
        ("says_passed_only", 0.0, False, ""),
        ("says_nothing_much", None, None, "not-applicable"),
        ("gives_numpy", 1.0, True, ""),
        ("gives_numpy_within", 0.5, False, ""),
        ("raises", None, None, "scorer-error"),
    ],
)
def test_a_function_of_the_user(
    function: str, value: float | None, passed: bool | None, unscored: str, a_sample: Build, a_transcript: Build
) -> None:
    sample = a_sample()
    scorer = Function(name="mine", call=f"{FUNCTIONS}:{function}")
    score = scorer.score(sample, a_transcript(sample, "schedule"))
    assert (score.value, score.passed, score.unscored) == (value, passed, unscored)


def test_labels_of_a_function_have_the_form_of_label_scorers(a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    score = Function(call=f"{FUNCTIONS}:gives_odd_labels").score(sample, a_transcript(sample, "x"))
    assert (score.label, score.expected_label) == (["3", "a", "b"], "7")


def test_a_function_that_raises_says_what_and_costs_one_score(a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    score = Function(call=f"{FUNCTIONS}:raises").score(sample, a_transcript(sample, "x"))
    assert re.fullmatch(r"test_functions:raises raised KeyError: 'order' \(tests/unit/evaluate/test_scorers.py:\d+\)", score.note)


def test_a_number_passes_from_a_limit(a_sample: Build, a_transcript: Build) -> None:
    sample = a_sample()
    assert Function(call=f"{FUNCTIONS}:give_half", at_least=0.5).score(sample, a_transcript(sample, "x")).passed is True


def test_a_function_that_can_not_be_filled_is_refused() -> None:
    with pytest.raises(UsageError, match="parameter 'weather' can't be filled"):
        Function(call=f"{FUNCTIONS}:wants_more")
    with pytest.raises(UsageError, match="async"):
        Function(call=f"{FUNCTIONS}:waits")
    with pytest.raises(UnknownComponentError, match="Did you mean 'raises'"):
        Function(call=f"{FUNCTIONS}:raise")


def test_a_plain_function_by_its_place_is_a_scorer() -> None:
    scorer = SCORERS.build(f"{FUNCTIONS}:is_same")
    assert scorer.name == f"{FUNCTIONS}:is_same"

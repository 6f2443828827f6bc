import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from synthloop.core.errors import UnknownComponentError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.ports import Validator
from synthloop.core.sample import Sample
from synthloop.curate.validators import VALIDATORS
from synthloop.curate.validators.function import make_slug, wrap_function
from synthloop.curate.validators.language import Language

Say = Callable[..., Sample]


def _reason(name: str, parameters: dict[str, JsonValue], sample: Sample) -> str | None:
    verdict = VALIDATORS.build(name, parameters).check(sample)
    assert verdict is None or (not verdict.keep and verdict.note and verdict.sample_id == sample.id)
    return None if verdict is None else verdict.reason


@pytest.mark.parametrize(
    ("parameters", "text", "reason"),
    [
        ({}, "   ", "too-short"),
        ({}, "k", None),
        ({"min_chars": 3}, " ab ", "too-short"),
        ({"max_chars": 3}, "abcd", "too-long"),
        ({"min_words": 2}, "hello", "too-short"),
        ({"max_words": 2}, "one two three", "too-long"),
        ({"min_words": 1, "max_words": 3}, "one two three", None),
    ],
)
def test_length(say: Say, parameters: dict[str, JsonValue], text: str, reason: str | None) -> None:
    assert _reason("length", parameters, say(text)) == reason


def test_length_that_nothing_can_fulfill_is_refused() -> None:
    with pytest.raises(UsageError, match=r"max_words.*below min_words.*Fix"):
        VALIDATORS.build("length", {"min_words": 5, "max_words": 2})


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"must": [r"\d"]}, None),
        ({"must": [r"^\d"]}, "pattern-missing"),
        ({"must_not": [r"ANA"]}, None),
        ({"must_not": [r"ANA"], "ignore_case": True}, "pattern-forbidden"),
    ],
)
def test_pattern(say: Say, parameters: dict[str, JsonValue], reason: str | None) -> None:
    assert _reason("pattern", parameters, say("call Ana at 3")) == reason


def test_a_broken_pattern_is_refused() -> None:
    with pytest.raises(UsageError, match="no regular expression"):
        VALIDATORS.build("pattern", {"must": ["("]})


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"required": ["art  class"]}, None),
        ({"required": ["ART class"]}, None),
        ({"forbidden": ["art cl"]}, None),
        ({"forbidden": ["tart"]}, None),
        ({"forbidden": ["class?"]}, "content-forbidden"),
        ({"required": ["c++"]}, "content-missing"),
        ({"any_of": ["music", "art"]}, None),
        ({"any_of": ["music", "dance"]}, "content-missing"),
    ],
)
def test_content(say: Say, parameters: dict[str, JsonValue], reason: str | None) -> None:
    assert _reason("content", parameters, say("when does the art\nclass? start")) == reason


def test_protected_values_must_all_be_there_as_often_as_protected(say: Say) -> None:
    check = VALIDATORS.build("protected").check
    assert check(say("from Rome to Rome", protected=("Rome", "Rome"))) is None
    lost = check(say("from Rome to Rmoe", protected=("Rome", "Rome")))
    assert lost is not None
    assert (lost.reason, lost.note) == ("protected-lost", "'Rome' is not in the text 2 times")
    assert _reason("protected", {}, say("from rome", protected=("Rome",))) == "protected-lost"


def test_language_is_lenient_with_short_text_and_typos_and_sure_about_the_rest(say: Say) -> None:
    for text in ("hola", "ok bitte", "pls mve my meetin w ana to tmrw thx", "can u resched the sync w/ dave 2 fri asap"):
        assert _reason("language", {}, say(text)) is None
    assert _reason("language", {}, say("Könnten Sie bitte das Treffen mit Frau Maier auf morgen verschieben?")) == "language"
    assert _reason("language", {"languages": ["en", "de"]}, say("Könnten Sie bitte das Treffen auf morgen verschieben?")) is None


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="'english' is no language"):
        Language(languages=("english",))


def test_schema(say: Say) -> None:
    schema: JsonValue = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    assert _reason("schema", {"schema": schema}, say("x", {"n": 1})) is None
    verdict = VALIDATORS.build("schema", {"schema": schema}).check(say("x", {"n": "1"}))
    assert verdict is not None
    assert verdict.note == "expected.n: '1' is not of type 'integer'"
    assert _reason("schema", {"schema": {"type": "object", "required": ["who"]}, "field": "extra"}, say("x")) == "schema"
    with pytest.raises(UsageError, match="not a JSON Schema"):
        VALIDATORS.build("schema", {"schema": {"type": "strnig"}})


def _own(text: str) -> bool | str | None:
    return {"good": None, "fine": True, "bad": False, "rude": "Too rude!"}[text]


def test_an_own_function_keeps_or_drops_with_a_reason(say: Say) -> None:
    check = wrap_function(_own, "checks:be_nice").check
    assert check(say("good")) is None
    assert check(say("fine")) is None
    reasons = [verdict.reason for text in ("bad", "rude", "other") if (verdict := check(say(text)))]
    assert reasons == ["be-nice", "too-rude", "validator-raised"]
    raised = check(say("other"))
    assert raised is not None
    assert raised.note.startswith("checks:be_nice raised KeyError: 'other' (tests/unit/curate/test_validators.py:")


def test_an_own_function_may_take_the_sample(say: Say) -> None:
    def by_name(sample):  # type: ignore[no-untyped-def]  # pyright: ignore
        return sample.expected == "schedule"  # pyright: ignore

    def by_annotation(it: Sample) -> bool:
        return it.expected == "schedule"

    for function in (by_name, by_annotation):  # pyright: ignore
        assert wrap_function(function).check(say("x")) is None  # pyright: ignore
        assert wrap_function(function).check(say("x", "other")) is not None  # pyright: ignore


def test_an_own_function_is_found_by_its_location(say: Say) -> None:
    module = ModuleType("curate_test_checks")
    module.__dict__["no_question"] = lambda text: "?" not in text  # type: ignore[no-any-return]  # pyright: ignore
    sys.modules["curate_test_checks"] = module
    validator: Validator = VALIDATORS.build("curate_test_checks:no_question")
    assert validator.spec.name == "curate_test_checks:no_question"
    verdict = validator.check(say("really?"))
    assert verdict is not None
    assert verdict.reason == "no-question"


def test_misuse_of_own_functions_says_how_to_fix_it(say: Say) -> None:
    with pytest.raises(UsageError, match="one argument"):
        wrap_function(lambda: True, "zero")
    with pytest.raises(UsageError, match="returned int"):
        wrap_function(str.__len__, "count").check(say("x"))


def test_an_unknown_validator_is_suggested() -> None:
    with pytest.raises(UnknownComponentError, match="Did you mean 'length'"):
        VALIDATORS.build("lenght")


def test_slugs_are_never_empty() -> None:
    assert make_slug("!!!") == "own-function"
    assert len(make_slug("long " * 50)) <= 40


def test_specs_rebuild(say: Say) -> None:
    given: list[tuple[str, dict[str, JsonValue]]] = [("length", {"min_words": 3}), ("content", {"forbidden": ["x"]}), ("protected", {})]
    for name, parameters in given:
        validator = VALIDATORS.build(name, parameters)
        again = VALIDATORS.build(validator.spec.name, validator.spec.parameters)
        assert again == validator
        assert isinstance(again, Validator)

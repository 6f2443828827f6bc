"""Scorers of structured answers: fields with expected values, and whole schemas."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Literal, cast

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import encode_canonical
from synthloop.evaluate.scorers.answer import parse_json, quote, read_path, same_json
from synthloop.evaluate.scorers.grade import AnswerScorer, Grade, Reply, pass_if

JsonType = Literal["string", "number", "integer", "boolean", "array", "object", "null"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonFields(AnswerScorer):
    """Compares single fields of a JSON answer: their values, types, or that they are there; the score is the share that is right."""

    component: ClassVar[str] = "json_fields"
    name: str = "json_fields"
    equals: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Dotted path -> the value that must stand there."""
    types: dict[str, JsonType] = field(default_factory=dict[str, JsonType])
    """Dotted path -> the JSON type that must stand there."""
    present: tuple[str, ...] = ()
    """Dotted paths that must exist. Without any of the three, every field of the sample's expectation must have its value."""

    def grade(self, reply: Reply) -> Grade:
        """Return the share of fields that are right; all must be for a pass."""
        answer = parse_json(reply.answer) if isinstance(reply.answer, str) else reply.answer
        if not isinstance(answer, dict | list):
            return pass_if(False, f"the answer is not a JSON object: {quote(reply.answer)}")
        checks = list(self._check_fields(answer, reply.sample.expected))
        if not checks:
            return Grade(unscored="no-expected", note="neither the scorer nor the sample names a field")
        wrong = [problem for problem in checks if problem]
        return Grade(value=1 - len(wrong) / len(checks), passed=not wrong, note="; ".join(wrong))

    def _check_fields(self, answer: JsonValue, expected: JsonValue) -> Iterator[str]:
        equals = self.equals
        if not (self.equals or self.types or self.present) and isinstance(expected, dict):
            equals = expected
        for path, value in equals.items():
            yield _check_value(answer, path, value)
        for path, type_name in self.types.items():
            yield _check_type(answer, path, type_name)
        for path in self.present:
            yield _check_type(answer, path, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema(AnswerScorer):
    """Passes where the answer is JSON that a JSON Schema allows. References outside the schema are never fetched."""

    component: ClassVar[str] = "schema"
    name: str = "schema"
    schema: dict[str, JsonValue]
    """The JSON Schema; draft 2020-12 unless its `$schema` says otherwise."""

    def __post_init__(self) -> None:
        _validator(encode_canonical(self.schema), self.name)

    def grade(self, reply: Reply) -> Grade:
        """Return 1 for a valid answer; the note names up to three places that are wrong."""
        parsed = parse_json(reply.answer) if isinstance(reply.answer, str) else reply.answer
        answer = reply.answer if parsed is None else parsed
        validator = _validator(encode_canonical(self.schema), self.name)
        errors = sorted(validator.iter_errors(answer), key=lambda error: error.json_path)
        notes = [f"{error.json_path}: {error.message[:120]}" for error in errors[:3]]
        return pass_if(not errors, "; ".join(notes))


@lru_cache(maxsize=64)
def _validator(schema: bytes, name: str) -> Any:
    from jsonschema import Draft202012Validator, SchemaError, validators  # noqa: PLC0415 - loads only where a schema is used
    from referencing import Registry  # noqa: PLC0415 - the same

    parsed = cast("dict[str, Any]", parse_json(schema.decode()))
    build = cast("Any", validators.validator_for(parsed, default=Draft202012Validator))
    try:
        build.check_schema(parsed)
    except SchemaError as error:
        raise UsageError(f"scorer {name!r}: not a JSON Schema at {error.json_path}: {error.message}") from error
    # without a registry of its own, jsonschema would fetch references from the network
    return build(parsed, registry=cast("Any", Registry)())


def _check_value(answer: JsonValue, path: str, expected: JsonValue) -> str:
    try:
        got = read_path(answer, path)
    except LookupError:
        return f"{path} is missing"
    return "" if same_json(got, expected) else f"{path}: expected {quote(expected)}, got {quote(got)}"


def _check_type(answer: JsonValue, path: str, type_name: JsonType | None) -> str:
    try:
        got = read_path(answer, path)
    except LookupError:
        return f"{path} is missing"
    return "" if type_name is None or type_name in _types_of(got) else f"{path}: expected {type_name}, got {quote(got)}"


def _types_of(value: JsonValue) -> tuple[JsonType, ...]:
    match value:
        case None:
            return ("null",)
        case bool():
            return ("boolean",)
        case int():
            return ("integer", "number")
        case float():
            return ("integer", "number") if value.is_integer() else ("number",)
        case str():
            return ("string",)
        case _:
            return ("array",) if isinstance(value, list) else ("object",)


__all__ = ["JsonFields", "JsonType", "Schema"]

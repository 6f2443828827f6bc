"""JSON Schema for what is expected, or for the user's own fields."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol, cast

import msgspec
from jsonschema.exceptions import SchemaError
from jsonschema.validators import validator_for

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec, encode_canonical
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample


class _Fault(Protocol):
    message: str
    json_path: str


class _Checker(Protocol):
    def iter_errors(self, instance: JsonValue) -> "list[_Fault]": ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Drops samples whose expectation (or extra fields) does not fulfill a JSON Schema.

    Reason: `schema`.
    """

    schema: dict[str, JsonValue]
    """A JSON Schema; the newest draft unless it names another in `$schema`. References to other documents are not followed."""
    field: Literal["expected", "extra"] = "expected"
    """What is checked."""

    def __post_init__(self) -> None:
        try:
            validator_for(self.schema).check_schema(self.schema)
        except SchemaError as error:
            raise UsageError(f"validator schema: not a JSON Schema at {error.json_path}: {error.message}. Fix the schema.") from error

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("validators", "schema", self)

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection"."""
        value = msgspec.to_builtins(sample.expected if self.field == "expected" else sample.extra)
        fault = next(iter(_checker(encode_canonical(self.schema)).iter_errors(value)), None)
        if fault is None:
            return None
        return drop_sample(sample, self.spec, "schema", f"{self.field}{fault.json_path.removeprefix('$')}: {fault.message}")


@lru_cache(maxsize=256)
def _checker(encoded: bytes) -> _Checker:
    schema = msgspec.json.decode(encoded)
    return cast("_Checker", validator_for(schema)(schema))


__all__ = ["Schema"]

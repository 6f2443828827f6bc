"""The user's own function as a scorer."""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, ClassVar, Protocol, cast, runtime_checkable

import msgspec

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.own_code import OwnCodeError, call_own
from synthloop.core.registry import load_attribute
from synthloop.evaluate.scorers.answer import text_of
from synthloop.evaluate.scorers.grade import AnswerScorer, Grade, Reply, pass_if

OFFERED = ("answer", "attributes", "expected", "latency_s", "sample", "text", "transcript")
"""Names that a function's parameters may have; each is filled with what it says."""

_FIELDS = tuple(field.name for field in fields(Grade))


@runtime_checkable
class _Scalar(Protocol):
    def item(self) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(AnswerScorer):
    """Asks a function of yours, `def polite(expected, answer): ...`; its parameters are filled by name.

    Parameters may be called `expected`, `answer` (the data), `text` (the answer as text), `sample`, `transcript`, `attributes` and
    `latency_s`. It returns True or False; a number in [0, 1]; a dict with any of `value`, `passed`, `label`, `expected_label`, `note`
    and `unscored`; or None for "can't say". One that raises, or returns something else, makes that single score unscored, with the
    message in its note.
    """

    component: ClassVar[str] = "function"
    name: str = "function"
    call: str
    """Where the function is: `package.module:function`."""
    at_least: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """Number from which a returned number passes; None: numbers only measure."""

    def __post_init__(self) -> None:
        _check_function(load_attribute(self.call), self.call)

    def grade(self, reply: Reply) -> Grade:
        """Return what the function says."""
        function: Callable[..., object] = load_attribute(self.call)
        try:
            return self._read_result(call_own(function, **_arguments(function, reply)))
        except OwnCodeError as error:
            return Grade(unscored="scorer-error", note=f"{self.call} {error}")
        except Exception as error:  # noqa: BLE001 - what it returned may be anything; it costs this one score and is shown
            return Grade(unscored="scorer-error", note=f"{type(error).__name__}: {error}")

    def _read_result(self, result: object) -> Grade:
        match result:
            case None:
                return Grade(unscored="not-applicable")
            case Grade():
                return result
            case bool():
                return pass_if(result)
            case int() | float():
                return self._read_number(float(result))
            case Mapping():
                return _read_fields(cast("Mapping[str, object]", result))
            case _:
                plain = _to_plain(result)
                if type(plain) is type(result):
                    raise TypeError(f"{self.call} returned {type(result).__name__}; it may return bool, number, dict or None")
                return self._read_result(plain)

    def _read_number(self, value: float) -> Grade:
        if math.isnan(value) or not 0 <= value <= 1:
            raise ValueError(f"{self.call} returned {value}; numbers must be in [0, 1]")
        return Grade(value=value, passed=None if self.at_least is None else value >= self.at_least)


def _read_fields(result: Mapping[str, object]) -> Grade:
    """Return the grade that a dict describes; without `value`, a pass is worth 1 and a failure 0."""
    unknown = [name for name in result if name not in _FIELDS]
    if unknown:
        raise TypeError(f"it returned a dict with {unknown[0]!r}; known are {', '.join(_FIELDS)}")
    grade = msgspec.convert(msgspec.to_builtins(dict(result), enc_hook=_to_plain), Grade)
    if grade.value is None and grade.passed is not None:
        grade = replace(grade, value=float(grade.passed))
    if grade.value is None and not grade.unscored:
        grade = replace(grade, unscored="not-applicable")
    return replace(grade, label=_read_label(grade.label), expected_label=_read_label(grade.expected_label))


def _read_label(label: JsonValue) -> JsonValue:
    """Return a label as text, or several of them as sorted texts: the form in which label scorers write them."""
    if isinstance(label, list | tuple):
        return [*sorted(text_of(one) for one in cast("Iterable[JsonValue]", label))]
    return None if label is None else text_of(label)


def _to_plain(value: object) -> object:
    """Return what a scalar of numpy, torch and the like holds; everything else as it is."""
    return value.item() if isinstance(value, _Scalar) else value


def _check_function(function: object, call: str) -> None:
    if not callable(function):
        raise UsageError(f"scorer {call!r} is not a function.")
    if inspect.iscoroutinefunction(function):
        raise UsageError(f"scorer {call!r} is async; scorers are plain functions. Fix: remove `async`.")
    for parameter in inspect.signature(function).parameters.values():
        fillable = parameter.name in OFFERED and parameter.kind is not parameter.POSITIONAL_ONLY
        if (
            not fillable
            and parameter.default is parameter.empty
            and parameter.kind not in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}
        ):
            raise UsageError(f"scorer {call!r}: parameter {parameter.name!r} can't be filled. Fix: name it one of {', '.join(OFFERED)}.")


def _arguments(function: Callable[..., object], reply: Reply) -> dict[str, Any]:
    offered = {
        "answer": reply.answer,
        "attributes": reply.sample.attributes,
        "expected": reply.sample.expected,
        "latency_s": reply.transcript.latency_s,
        "sample": reply.sample,
        "text": reply.text,
        "transcript": reply.transcript,
    }
    return {name: offered[name] for name in inspect.signature(function).parameters if name in offered}


__all__ = ["OFFERED", "Function"]

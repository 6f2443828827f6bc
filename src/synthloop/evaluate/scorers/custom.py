"""The user's own function as a scorer."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, cast

import msgspec

from synthloop.core.errors import UsageError
from synthloop.core.registry import load_attribute
from synthloop.evaluate.scorers.grade import AnswerScorer, Grade, Reply, pass_if

OFFERED = ("answer", "attributes", "expected", "latency_s", "sample", "text", "transcript")
"""Names that a function's parameters may have; each is filled with what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(AnswerScorer):
    """Asks a function of yours, `def polite(expected, answer): ...`; its parameters are filled by name.

    Parameters may be called `expected`, `answer` (the data), `text` (the answer as text), `sample`, `transcript`, `attributes` and
    `latency_s`. It returns True or False; a number in [0, 1]; a dict with any of `value`, `passed`, `label`, `expected_label`, `note`
    and `unscored`; or None for "can't say". One that raises makes that single score unscored, with the message in its note.
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
            return self._read_result(function(**_arguments(function, reply)))
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything; it costs this one score and is shown
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
                return Grade(**cast("Mapping[str, Any]", result))
            case _:
                raise TypeError(f"{self.call} returned {type(result).__name__}; it may return bool, number, dict or None")

    def _read_number(self, value: float) -> Grade:
        if math.isnan(value) or not 0 <= value <= 1:
            raise ValueError(f"{self.call} returned {value}; numbers must be in [0, 1]")
        return Grade(value=value, passed=None if self.at_least is None else value >= self.at_least)


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

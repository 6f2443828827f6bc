"""The user's own function as a validator."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec
from synthloop.core.own_code import OwnCodeError, call_own
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.verdicts import drop_sample

_MAX_SLUG = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionValidator:
    """Drops what a function of the user's objects to; see `wrap_function`."""

    name: str
    """`package.module:function`, or the function's own name."""
    function: Callable[[Any], object]
    takes_sample: bool
    """Whether it is given the sample; otherwise the last message's text."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it, where `name` is a `package.module:function`."""
        return Spec(kind="validators", name=self.name)

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection".

        Raises:
            UsageError: The function returned something else than a bool, None or a reason.
        """
        try:
            answer = call_own(self.function, sample if self.takes_sample else sample.text)
        except OwnCodeError as error:  # one sample never stops a run
            return drop_sample(sample, self.spec, "validator-raised", f"{self.name} {error}")
        if answer is None or answer is True:
            return None
        if answer is False:
            return drop_sample(sample, self.spec, make_slug(self.name.rpartition(":")[2]), f"{self.name} said no")
        if isinstance(answer, str):
            return drop_sample(sample, self.spec, make_slug(answer), f"{self.name}: {answer}")
        raise UsageError(
            f"validator {self.name} returned {type(answer).__name__} for sample {sample.id}. "
            "Fix: return True or None to keep it, False or a reason as text to drop it."
        )


def wrap_function(function: Callable[..., object], name: str | None = None) -> FunctionValidator:
    """Make a validator of a plain function.

    The function takes one argument: the sample where its parameter is annotated `Sample` or called `sample`, the text of the last
    message otherwise. It returns True or None to keep, False or a reason as text to drop. Where it raises, the sample is dropped as
    `validator-raised`.

    Args:
        function: The function.
        name: `package.module:function`, where it can be imported; None uses its own name.

    Raises:
        UsageError: It can't be called with one argument.

    Example:
        >>> from synthloop.core.lineage import Lineage
        >>> from synthloop.core.sample import Message, make_sample
        >>> messages = (Message(role="user", text="HI"),)
        >>> sample = make_sample(behavior_id="b", scenario_id="s", messages=messages, lineage=Lineage(origin="authored"))
        >>> wrap_function(lambda text: "no shouting" if text.isupper() else None, "shouts").check(sample).reason
        'no-shouting'
    """
    label = name or str(getattr(function, "__qualname__", type(function).__name__))
    try:
        signature = inspect.signature(function)
        signature.bind(object())
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"validator {label} can't be called with one argument ({error}). Fix: let it take the text, or the sample."
        ) from error
    first = next(iter(signature.parameters.values()))
    takes_sample = first.name == "sample" or first.annotation is Sample or str(first.annotation).rpartition(".")[2].strip("'\"") == "Sample"
    return FunctionValidator(name=label, function=function, takes_sample=takes_sample)


def make_slug(reason: str) -> str:
    """Return a reason as a countable slug of at most 40 characters.

    Example:
        >>> make_slug("Too many emoji!")
        'too-many-emoji'
    """
    slug = re.sub(r"[\W_]+", "-", reason.casefold()).strip("-")[:_MAX_SLUG].strip("-")
    return slug or "own-function"


__all__ = ["FunctionValidator", "make_slug", "wrap_function"]

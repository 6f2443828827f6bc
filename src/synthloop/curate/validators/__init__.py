"""Validators: rules that drop one sample by itself, with a countable reason."""

from collections.abc import Callable
from typing import Any

from synthloop.core.ports import Validator
from synthloop.core.registry import Registry


def _adapt_function(name: str, function: Callable[..., Any]) -> Validator:
    from synthloop.curate.validators.function import wrap_function  # noqa: PLC0415 - only projects with own functions need it

    return wrap_function(function, name)


VALIDATORS: Registry[Validator] = Registry(
    "validators",
    {
        "content": "synthloop.curate.validators.content:Content",
        "language": "synthloop.curate.validators.language:Language",
        "length": "synthloop.curate.validators.length:Length",
        "pattern": "synthloop.curate.validators.pattern:Pattern",
        "protected": "synthloop.curate.validators.protected:Protected",
        "schema": "synthloop.curate.validators.schema:Schema",
    },
    adapt=_adapt_function,
)
"""All validators by name; `package.module:function` names a user's own."""

__all__ = ["VALIDATORS"]

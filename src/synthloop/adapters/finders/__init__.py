"""Finders: what finds personal data that has no form of its own, such as names, before real messages reach a model."""

from collections.abc import Callable
from typing import Any

from synthloop.core.ports import Finder
from synthloop.core.registry import Registry


def _adapt_function(name: str, function: Callable[..., Any]) -> Finder:
    from synthloop.adapters.finders.function import wrap_function  # noqa: PLC0415 - only projects with own functions need it

    return wrap_function(function, name)


FINDERS: Registry[Finder] = Registry(
    "finders",
    {"spacy": "synthloop.adapters.finders.spacy:SpacyEntities"},
    adapt=_adapt_function,
)
"""All finders by name; `package.module:function` names a user's own."""

__all__ = ["FINDERS"]

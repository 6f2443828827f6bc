"""Hypothesis strategies for every record of the core, made from its type."""

import importlib
import pkgutil
import types
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin

import msgspec
from hypothesis import strategies as st

import synthloop.core
from synthloop.core.record import Record

finite = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(min_value=-(2**63), max_value=2**63 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | integers | finite | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def all_records() -> list[type[Record]]:
    """Return every record that the core defines, sorted by name."""
    for module in pkgutil.iter_modules(synthloop.core.__path__, "synthloop.core."):
        importlib.import_module(module.name)
    found: list[type[Record]] = []
    waiting = [Record]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    return sorted((record for record in found if record.__module__.startswith("synthloop.core.")), key=lambda record: record.__name__)


@cache
def records(kind: type[Record]) -> st.SearchStrategy[Any]:
    """Return a strategy for one kind of record, with every field drawn."""
    fields = msgspec.structs.fields(kind)
    return st.deferred(lambda: st.builds(kind, **{field.name: _values(field.type) for field in fields}))


_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    Any: json_values,
    str: st.text(max_size=12),
    int: integers,
    float: finite,
    bool: st.booleans(),
    type(None): st.none(),
}


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Record):
        return records(hint)
    arguments = get_args(hint)
    return _GENERIC[get_origin(hint)](arguments)


def _tuples(arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if arguments[-1] is not Ellipsis:
        return st.tuples(*map(_values, arguments))
    return st.lists(_values(arguments[0]), max_size=3).map(_freeze)


def _freeze(items: list[Any]) -> tuple[Any, ...]:
    return tuple(items)


def _unions(arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.one_of(*map(_values, arguments))


_GENERIC: dict[Any, Callable[[tuple[Any, ...]], st.SearchStrategy[Any]]] = {
    Literal: st.sampled_from,
    tuple: _tuples,
    dict: lambda arguments: st.dictionaries(_values(arguments[0]), _values(arguments[1]), max_size=3),
    list: lambda arguments: st.lists(_values(arguments[0]), max_size=3),
    Union: _unions,
    cast("Any", types.UnionType): _unions,
}

__all__ = ["all_records", "finite", "integers", "json_values", "records"]

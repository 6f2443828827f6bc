"""Which components exist, what they do, and how a project file names one."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.registry import Registry, load_attribute
from synthloop.project.problems import suggest_or_list

REGISTRIES: Mapping[str, str] = {
    "noisers": "synthloop.generate.noise:NOISERS",
    "validators": "synthloop.curate.validators:VALIDATORS",
    "scorers": "synthloop.evaluate.scorers:SCORERS",
    "judges": "synthloop.evaluate.judges:JUDGES",
    "writers": "synthloop.generate.writers:WRITERS",
    "exports": "synthloop.adapters.exports:EXPORTS",
    "finders": "synthloop.adapters.finders:FINDERS",
}
"""Kind -> where its registry is; imported when first used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterDescription:
    """One parameter of a component."""

    name: str
    type: str
    """As a person reads it, e.g. `number`."""
    required: bool
    default: JsonValue
    """None where it is required."""
    constraints: str
    """E.g. `0 to 1`; empty where there are none."""
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentDescription:
    """One component: what it does and how it is written into a project file."""

    kind: str
    name: str
    summary: str
    """The first line of its documentation."""
    parameters: tuple[ParameterDescription, ...]
    example: str
    """One line of YAML, an entry of the kind's list."""


def registry_of(kind: str) -> Registry[Any]:
    """Return the registry of a kind.

    Raises:
        UsageError: There is no such kind.
    """
    if kind not in REGISTRIES:
        raise UsageError(f"no kind of component is called {kind!r}. {suggest_or_list(kind, REGISTRIES, 'Kinds')}")
    return load_attribute(REGISTRIES[kind])


def list_components(kind: str | None = None) -> tuple[ComponentDescription, ...]:
    """Describe every component of a kind, or of all kinds, by kind and name.

    Raises:
        UsageError: There is no such kind.
    """
    kinds = REGISTRIES if kind is None else (kind,)
    return tuple(describe_component(each, name) for each in kinds for name in registry_of(each).names())


def describe_component(kind: str, name: str) -> ComponentDescription:
    """Describe one component.

    Raises:
        UsageError: There is no such kind.
        UnknownComponentError: Nothing has that name.
    """
    builder: Any = registry_of(kind).find(name)
    summary = " ".join((inspect.getdoc(builder) or "").partition("\n\n")[0].split())
    parameters = tuple(_describe_parameters(builder)) if is_dataclass(builder) else ()
    return ComponentDescription(kind=kind, name=name, summary=summary, parameters=parameters, example=_example(name, parameters))


def _describe_parameters(builder: Any) -> Iterator[ParameterDescription]:
    hints = get_type_hints(builder, include_extras=True)
    docs = read_field_docs(builder)
    for field in fields(builder):
        if field.init:
            required = field.default is MISSING and field.default_factory is MISSING
            yield ParameterDescription(
                name=field.name,
                type=_name_type(hints[field.name]),
                required=required,
                default=None if required else _default_of(field),
                constraints=_say_constraints(hints[field.name]),
                description=docs.get(field.name, ""),
            )


@lru_cache(maxsize=512)
def read_field_docs(builder: type) -> Mapping[str, str]:
    """Return field -> the docstring under it, bases included; empty where the source is not at hand."""
    docs: dict[str, str] = {}
    for owner in reversed(builder.__mro__[:-1]):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
        except (OSError, TypeError, SyntaxError):
            continue
        docs.update(_docs_in(tree.body[0]))
    return docs


def _docs_in(node: ast.stmt) -> Iterator[tuple[str, str]]:
    body = node.body if isinstance(node, ast.ClassDef) else []
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            said = after.value.value if isinstance(after.value, ast.Constant) else None
            if isinstance(said, str):
                yield field.target.id, " ".join(said.split())


def _default_of(field: "Field[Any]") -> JsonValue:
    value = field.default if field.default is not MISSING else field.default_factory() if field.default_factory is not MISSING else None
    return msgspec.to_builtins(value)


_MOST_NAMES = 6
_TYPE_NAMES = {"bool": "true or false", "int": "whole number", "float": "number", "str": "text", "Any": "any value", "object": "any value"}


def _name_type(hint: Any) -> str:
    """Return a type as a person reads it, e.g. `list of text`."""
    arguments: tuple[Any, ...] = get_args(hint)
    if get_origin(hint) is Annotated:
        return _name_type(arguments[0])
    name = str(getattr(get_origin(hint) or hint, "__name__", hint))
    if not arguments:
        inner = _field_names(hint)
        return f"mapping with {_list_some(inner)}" if inner else _TYPE_NAMES.get(name, name)
    if name == "Literal":
        return " | ".join(map(str, arguments))
    inner = [_name_type(argument) for argument in arguments if argument not in (type(None), ...)]
    if name in ("dict", "Mapping"):
        return f"mapping of {inner[0]} to {inner[1]}"
    return f"list of {inner[0]}" if name in ("list", "tuple", "frozenset", "Sequence") else " or ".join(inner)


def _field_names(hint: Any) -> list[str]:
    if is_dataclass(hint):
        return [field.name for field in fields(hint)]
    return list(getattr(hint, "__struct_fields__", ()))


def _list_some(names: list[str]) -> str:
    """Return names in a row, without the tail of a long one.

    Example:
        >>> _list_some(["a", "b"]), _list_some(list("abcdefgh"))
        ('a, b', 'a, b, c, and 5 more')
    """
    return ", ".join(names) if len(names) <= _MOST_NAMES else f"{', '.join(names[:3])}, and {len(names) - 3} more"


def _say_constraints(hint: Any) -> str:
    """Return what `msgspec.Meta` demands, in words."""
    if get_origin(hint) is Annotated:
        return "; ".join(_say_meta(argument) for argument in get_args(hint) if isinstance(argument, msgspec.Meta))
    return "; ".join(filter(None, map(_say_constraints, get_args(hint))))


def _say_meta(meta: msgspec.Meta) -> str:
    if meta.ge is not None and meta.le is not None:
        return f"{meta.ge} to {meta.le}"
    limits = (
        ("above", meta.gt),
        ("at least", meta.ge),
        ("below", meta.lt),
        ("at most", meta.le),
        ("length at least", meta.min_length),
        ("length at most", meta.max_length),
    )
    return ", ".join(f"{words} {limit}" for words, limit in limits if limit is not None)


def _example(name: str, parameters: tuple[ParameterDescription, ...]) -> str:
    """Return an entry that shows the required parameters, or else the first one with a telling default."""
    shown = [parameter for parameter in parameters if parameter.required]
    shown = (
        shown or [each for each in parameters if each.name != "name" and isinstance(each.default, int | float | str) and each.default][:1]
    )
    if not shown:
        return f"- {name}"
    written = ", ".join(f"{each.name}: {_example_value(each)}" for each in shown)
    return f"- {name}: {{{written}}}"


_EXAMPLE_VALUES = {"text": "some text", "number": "1", "whole number": "1", "true or false": "true"}


def _example_value(parameter: ParameterDescription) -> str:
    if not parameter.required:
        return msgspec.json.encode(parameter.default).decode()
    if parameter.type.startswith("list of "):
        return f"[{_EXAMPLE_VALUES.get(parameter.type.removeprefix('list of '), '...')}]"
    if parameter.type.startswith("mapping"):
        return "{...}"
    return _EXAMPLE_VALUES.get(parameter.type, parameter.type.partition(" | ")[0])


__all__ = [
    "REGISTRIES",
    "ComponentDescription",
    "ParameterDescription",
    "describe_component",
    "list_components",
    "read_field_docs",
    "registry_of",
]

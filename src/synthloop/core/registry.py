"""Components by name: built-ins, published plugins (entry points) and `package.module:attribute`, in one table a kind."""

import difflib
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import MISSING, fields, is_dataclass
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

import msgspec

from synthloop.core.errors import DuplicateComponentError, LoopError, UnknownComponentError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec
from synthloop.core.own_code import find_own_line, is_interrupt

T = TypeVar("T")


class Registry(Generic[T]):
    """Name -> component, for one kind of component.

    A component is a frozen dataclass whose fields are its parameters; `msgspec.Meta` constraints on them are enforced when it is built.
    The first line of its docstring says what it does. A plain function can stand in where the kind's `adapt` knows how to wrap it.

    Args:
        kind: The kind in the plural, e.g. `noisers`; also the suffix of the entry-point group `synthloop.<kind>`.
        builtins: Name -> `package.module:attribute`, imported when first used.
        adapt: Wraps what a user's `package.module:attribute` names, where it is a plain function.
    """

    def __init__(self, kind: str, builtins: Mapping[str, str], adapt: Callable[[str, Callable[..., Any]], T] | None = None) -> None:
        self.kind = kind
        self._locations = dict(builtins)
        self._added: dict[str, Callable[..., T]] = {}
        self._adapt = adapt

    def add(self, name: str, builder: Callable[..., T]) -> None:
        """Add a component under a new name.

        Raises:
            DuplicateComponentError: The name is taken.
        """
        if name in self._locations or name in self._added:
            raise DuplicateComponentError(
                f"{self.kind}: the name {name!r} is taken. Choose another, e.g. 'my-{name}'; names are never replaced silently."
            )
        self._added[name] = builder

    def names(self) -> tuple[str, ...]:
        """Return all names, published plugins included, sorted.

        Raises:
            DuplicateComponentError: A plugin publishes a name that is taken.
        """
        return tuple(sorted({*self._locations, *self._added, *self._published()}))

    def find(self, name: str) -> Callable[..., T]:
        """Return the builder of a component.

        Raises:
            UnknownComponentError: Nothing has that name; says which name is nearest.
        """
        if name in self._added:
            return self._added[name]
        location = self._locations.get(name) or self._published().get(name)
        if location is None and ":" in name:
            location = name
        if location is None:
            raise UnknownComponentError(self._unknown(name))
        return load_attribute(location)

    def build(self, name: str, parameters: Mapping[str, JsonValue] | None = None) -> T:
        """Build a component.

        Raises:
            UnknownComponentError: Nothing has that name.
            UsageError: A parameter is unknown, missing or out of range.
        """
        builder: Any = self.find(name)
        given = dict(parameters or {})
        if is_dataclass(builder):
            return self._build_dataclass(name, builder, given)
        if given and self._adapt is not None:
            raise UsageError(f"{self.singular} {name!r} is a plain function and takes no parameters. Fix: make it a frozen dataclass.")
        return builder(**given) if self._adapt is None else self._adapt(name, builder)

    @property
    def singular(self) -> str:
        """What one component of this kind is called, e.g. `noiser`."""
        return self.kind.removesuffix("s")

    def _build_dataclass(self, name: str, builder: Any, given: dict[str, JsonValue]) -> T:
        known = [field.name for field in fields(builder) if field.init]
        unknown = [parameter for parameter in given if parameter not in known]
        if unknown:
            hint = suggest_name(unknown[0], known) or f" It has: {', '.join(known) or 'none'}."
            raise UsageError(f"{self.singular} {name!r} has no parameter {unknown[0]!r}.{hint}")
        try:
            return msgspec.convert(given, builder)
        except msgspec.ValidationError as error:
            raise UsageError(f"{self.singular} {name!r}: {_say_invalid(str(error))}") from error

    def _published(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for entry in entry_points(group=f"synthloop.{self.kind}"):
            # One package may be seen twice, by two entries of the path; that is no conflict.
            if entry.name in self._locations or found.setdefault(entry.name, entry.value) != entry.value:
                raise DuplicateComponentError(
                    f"{self.kind}: the name {entry.name!r} of {entry.value} is taken. Fix: uninstall one of the packages that publish it; "
                    "names are never replaced silently."
                )
        return found

    def _unknown(self, name: str) -> str:
        return f"no {self.singular} is called {name!r}.{suggest_name(name, self.names())} `synthloop components {self.kind}` lists them."


def load_attribute(location: str) -> Any:
    """Import `package.module:attribute`. What the module prints meanwhile goes to standard error.

    Raises:
        UnknownComponentError: The module or the attribute does not exist.
        UsageError: The module can't be imported because it raises.
    """
    module_name, _, attribute = location.partition(":")
    if not all(part.isidentifier() for part in module_name.split(".")):
        raise UnknownComponentError(f"{location!r}: {module_name!r} is no module's name. Fix: write it as 'package.module:name'.")
    try:
        with redirect_stdout(sys.stderr):
            module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UnknownComponentError(
            f"{location!r}: there is no module {error.name!r}. Fix: run from the project's folder, or install it."
        ) from error
    except LoopError:
        raise
    except BaseException as error:  # a script that ends itself must not end this process, as if all were well
        if is_interrupt(error):
            raise
        where = find_own_line(error)
        what = f"{type(error).__name__}: {error}{f' ({where})' if where else ''}"
        raise UsageError(
            f"{location!r}: importing {module_name} failed with {what}. Fix: `python -c 'import {module_name}'` shows where."
        ) from error
    try:
        return getattr(module, attribute)
    except AttributeError as error:
        public = [name for name in vars(module) if not name.startswith("_")]
        raise UnknownComponentError(f"{location!r}: the module has no {attribute!r}.{suggest_name(attribute, public)}") from error


def spec_of(kind: str, name: str, component: object) -> Spec:
    """Return the spec of a dataclass component: its name, and the parameters that are required or differ from the defaults."""
    parameters: dict[str, JsonValue] = {}
    if is_dataclass(component):
        for field in fields(component):
            value = getattr(component, field.name)
            if field.init and (_is_required(field) or value != _default_of(field)):
                parameters[field.name] = msgspec.to_builtins(value)
    return Spec(kind=kind, name=name, parameters=parameters)


def _default_of(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return None if field.default_factory is MISSING else field.default_factory()


def _is_required(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


_TYPE_WORDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "array": "a list",
    "object": "a mapping",
}


def _say_invalid(message: str) -> str:
    """Return what msgspec says with the parameter first and types in words.

    Example:
        >>> _say_invalid("Expected `int | null`, got `str` - at `$.max_chars`")
        'max_chars: expected a whole number, got text.'
    """
    what, _, where = message.partition(" - at `$")
    said = re.sub(r"`([^`]*)`", lambda found: _say_types(found[1]), what).replace(
        "Object missing required field", "the parameter is missing:"
    )
    path = where.rstrip("`").lstrip(".")
    return f"{path + ': ' if path else ''}{said[:1].lower()}{said[1:]}."


def _say_types(names: str) -> str:
    return " or ".join(_TYPE_WORDS.get(name, name) for name in names.split(" | ") if name != "null") or "nothing"


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest of `known`, compared without case, or an empty string where none is near.

    Example:
        >>> suggest_name("typo", ["casing", "typos"])
        " Did you mean 'typos'?"
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    near = [folded[key] for key in difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.6)]
    return f" Did you mean {near[0]!r}?" if near else ""


__all__ = ["Registry", "load_attribute", "spec_of", "suggest_name"]

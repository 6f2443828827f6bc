"""Components by name: built-ins, published plugins (entry points) and `package.module:attribute`, in one table a kind."""

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from importlib.metadata import entry_points
from typing import Any, Generic, TypeVar

import msgspec

from synthloop.core.errors import DuplicateComponentError, UnknownComponentError, UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterInfo:
    """One parameter of a component, for people and editors."""

    name: str
    type: str
    default: JsonValue
    """None where it is required, see `required`."""
    required: bool


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
        """Return all names, published plugins included, sorted."""
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
        builder = self.find(name)
        if not is_dataclass(builder):
            if self._adapt is None:
                return builder(**(parameters or {}))
            return self._adapt(name, builder)
        known = {field.name for field in fields(builder) if field.init}
        for given in parameters or {}:
            if given not in known:
                raise UsageError(f"{self.kind} {name!r} has no parameter {given!r}.{_suggest(given, known)}")
        try:
            return msgspec.convert(dict(parameters or {}), builder)
        except msgspec.ValidationError as error:
            raise UsageError(f"{self.kind} {name!r}: {error}") from error

    def describe(self, name: str) -> tuple[str, tuple[ParameterInfo, ...]]:
        """Return what a component does, in one line, and its parameters."""
        builder: Any = self.find(name)
        summary = (inspect.getdoc(builder) or "").partition("\n")[0]
        if not is_dataclass(builder):
            return summary, ()
        hints = inspect.get_annotations(builder)
        return summary, tuple(
            ParameterInfo(
                name=field.name,
                type=str(getattr(hints.get(field.name), "__name__", None) or field.type),
                default=_default_of(field),
                required=field.default is MISSING and field.default_factory is MISSING,
            )
            for field in fields(builder)
            if field.init
        )

    def _published(self) -> dict[str, str]:
        return {entry.name: entry.value for entry in entry_points(group=f"synthloop.{self.kind}")}

    def _unknown(self, name: str) -> str:
        singular = self.kind.removesuffix("s")
        return f"no {singular} is called {name!r}.{_suggest(name, self.names())} `synthloop components {self.kind}` lists them."


def load_attribute(location: str) -> Any:
    """Import `package.module:attribute`.

    Raises:
        UnknownComponentError: The module or the attribute does not exist.
    """
    module_name, _, attribute = location.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UnknownComponentError(
            f"{location!r}: there is no module {error.name!r}. Fix: run from the project's folder, or install it."
        ) from error
    try:
        return getattr(module, attribute)
    except AttributeError as error:
        public = [name for name in vars(module) if not name.startswith("_")]
        raise UnknownComponentError(f"{location!r}: the module has no {attribute!r}.{_suggest(attribute, public)}") from error


def spec_of(kind: str, name: str, component: object) -> Spec:
    """Return the spec of a dataclass component: its name and the parameters that differ from the defaults."""
    parameters: dict[str, JsonValue] = {}
    if is_dataclass(component):
        for field in fields(component):
            value = getattr(component, field.name)
            if field.init and value != _default_of(field):
                parameters[field.name] = msgspec.to_builtins(value)
    return Spec(kind=kind, name=name, parameters=parameters)


def _default_of(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return None if field.default_factory is MISSING else field.default_factory()


def _suggest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean {near[0]!r}?" if near else ""


__all__ = ["ParameterInfo", "Registry", "load_attribute", "spec_of"]

"""What pydantic found wrong, said so that a person can fix it: where, what, and what to write instead."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from synthloop.core.errors import Problem
from synthloop.core.registry import suggest_name
from synthloop.project.secrets import looks_like_secret
from synthloop.project.yaml_source import FieldPath, Source

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked(Generic[M]):
    """What is left of a source once everything wrong is taken out of it, so that the rest can be checked further."""

    written: M | None
    """None where nothing is left to go on with."""
    problems: tuple[Problem, ...] = ()
    dropped: frozenset[str] = frozenset()
    """Top-level keys that were taken out."""


def read_written(model: type[M], source: Source, together: Mapping[str, Sequence[str]] | None = None) -> Checked[M]:
    """Check a source against what may be written there.

    Args:
        model: What may be written there.
        source: What is written.
        together: Key -> keys that mean nothing without it, and are taken out with it.
    """
    try:
        return Checked(written=model.model_validate(source.value))
    except ValidationError as error:
        details = error.errors(include_url=False)
    problems = tuple(_explain(model, each, source) for each in details)
    if not isinstance(source.value, dict):
        return Checked(written=None, problems=problems)
    dropped = {str(each["loc"][0]) for each in details if each["loc"]}
    dropped.update(*((together or {}).get(key, ()) for key in tuple(dropped)))
    rest = {key: value for key, value in source.value.items() if key not in dropped}
    required = {name: "?" for name, field in model.model_fields.items() if field.is_required() and name in dropped}
    try:
        return Checked(written=model.model_validate({**rest, **required}), problems=problems, dropped=frozenset(dropped))
    except ValidationError:
        return Checked(written=None, problems=problems)


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems file by file, in the order in which files first appear, and by line within each."""
    listed = list(problems)
    order = {file: at for at, file in enumerate(dict.fromkeys(problem.file for problem in listed))}
    return sorted(listed, key=lambda problem: (order[problem.file], problem.line or 0))


def suggest_or_list(name: str, known: Iterable[str], words: str) -> str:
    """Return the nearest of `known`, or all of them, introduced by `words`, where none is near."""
    listed = list(known)
    return suggest_name(name, listed).strip() or f"{words}: {', '.join(listed) or 'none'}."


def _explain(model: type[BaseModel], details: ErrorDetails, source: Source) -> Problem:
    path: FieldPath = details["loc"]
    kind = details["type"]
    if kind == "extra_forbidden":
        key = str(path[-1])
        known = _keys_at(model, path[:-1])
        return source.problem(path, f"unknown key {key!r}.", suggest_or_list(key, known, "Known here"))
    if kind == "missing":
        return source.problem(path, f"{str(path[-1])!r} is missing.", _describe(model, path))
    what, fix = _WORDS.get(kind, _as_pydantic_says)(details)
    return source.problem(path, what, fix)


def _as_pydantic_says(details: ErrorDetails) -> tuple[str, str]:
    said = details["msg"]
    return said.rstrip(".") + ".", ""


def _wants(wanted: str, fix: str) -> Callable[[ErrorDetails], tuple[str, str]]:
    def explain(details: ErrorDetails) -> tuple[str, str]:
        return f"{wanted} is wanted here, not {_name_of(details['input'])}.", fix

    return explain


def _breaks_limit(words: str) -> Callable[[ErrorDetails], tuple[str, str]]:
    def explain(details: ErrorDetails) -> tuple[str, str]:
        limit, given = next(iter(details.get("ctx", {}).values()), ""), details["input"]
        fix = f"Write a number {words} {limit:g}."
        if limit == 1 and words == "of at most" and isinstance(given, int | float) and given <= 100:
            fix = f"Shares go from 0 to 1: write {given / 100:g} for {given:g} %."
        return f"{_name_of(given)} is out of range.", fix

    return explain


def _one_of(details: ErrorDetails) -> tuple[str, str]:
    expected = str(details.get("ctx", {}).get("expected", ""))
    known = [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]
    given = details["input"]
    return f"{_name_of(given)} is not known here.", suggest_or_list(str(given), known, "Known")


_WORDS: dict[str, Callable[[ErrorDetails], tuple[str, str]]] = {
    "string_type": _wants("text", "Write one text; put it in quotes if it looks like something else."),
    "string_too_short": lambda _: ("the text is empty.", "Write it, or remove the key."),
    "too_short": lambda _: ("nothing is listed.", "Write at least one entry, or remove the key."),
    "nul_byte": lambda _: ("the text holds a NUL byte.", "Remove `\\0` from it."),
    "float_type": _wants("a number", "Write a number without quotes."),
    "int_type": _wants("a whole number", "Write a whole number without quotes."),
    "int_from_float": _wants("a whole number", "Write a whole number."),
    "bool_type": _wants("true or false", "Write true or false without quotes."),
    "list_type": _wants("a list", "Write `[one, two]`, or one entry a line with `- ` before it."),
    "dict_type": _wants("a mapping", "Write `key: value` pairs."),
    "model_type": _wants("a mapping", "Write `key: value` pairs."),
    "greater_than": _breaks_limit("above"),
    "greater_than_equal": _breaks_limit("of at least"),
    "less_than": _breaks_limit("below"),
    "less_than_equal": _breaks_limit("of at most"),
    "finite_number": lambda _: ("the number is not finite.", "Write a finite number."),
    "literal_error": _one_of,
    "string_pattern_mismatch": lambda details: (
        f"{_name_of(details['input'])} is no `module:function`.",
        "Write e.g. `app:route` for the function `route` in app.py.",
    ),
    "model_text": _wants("a model", "Write `openai:NAME`, `anthropic:NAME`, `ollama:NAME`, `local:FOLDER`, an http(s) URL, or a mapping."),
    "app_text": _wants("an app", "Write `module:function`, an http(s) URL, or `$ ` and a command."),
    "command": lambda details: (f"the command can't be split: {details['msg'].lower()}.", "Close its quotes, or write it as a list."),
    "component": _wants("a component", "Write `name`, `{name: {parameter: value}}` or `package.module:name`."),
    "choices": _wants(
        "a list of values or a mapping of values to weights", "Write `[tomorrow, on friday]` or `{tomorrow: 3, on friday: 1}`."
    ),
    "parameter": _wants(
        "a list of values, a mapping of values to weights, or a typed or dependent parameter",
        "Write e.g. `[a, b]`, `{a: 3, b: 1}`, `{type: integer, from: 5, to: 90}` or `{given: other, x: [a], otherwise: [b]}`.",
    ),
}


def _name_of(value: object) -> str:
    """Return a value as a person knows it, shortened."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return "a secret" if looks_like_secret(value) else repr(value if len(value) <= 40 else value[:37] + "...")
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return str(value)


def _describe(model: type[BaseModel], path: FieldPath) -> str:
    """Return what the docs say of a missing key."""
    for owner in _models_at(model, path[:-1]):
        for name, field in owner.model_fields.items():
            if (field.alias or name) == path[-1] and field.description:
                return f"Add it: {field.description.partition(chr(10))[0]}"
    return "Add it."


def _keys_at(model: type[BaseModel], path: FieldPath) -> list[str]:
    keys = (field.alias or name for owner in _models_at(model, path) for name, field in owner.model_fields.items())
    return list(dict.fromkeys(keys))


def _models_at(model: type[BaseModel], path: FieldPath) -> list[type[BaseModel]]:
    """Return the models that describe what stands at `path`: follows annotations, union tags in angle brackets included."""
    annotations: list[Any] = [model]
    for step in path:
        annotations = [inner for annotation in annotations for inner in _step_into(annotation, step)]
    return [flat for annotation in annotations for flat in _flatten(annotation) if isinstance(flat, type) and issubclass(flat, BaseModel)]


def _flatten(annotation: Any) -> list[Any]:
    """Return the alternatives of an annotation, without `Annotated` around them."""
    origin: Any = get_origin(annotation)
    if origin is Annotated:
        return _flatten(get_args(annotation)[0])
    if origin is Union or str(origin) == "<class 'types.UnionType'>":
        return [flat for argument in get_args(annotation) for flat in _flatten(argument)]
    return [annotation]


def _alternatives(annotation: Any) -> list[Any]:
    """Return the members of a union, each with its tag."""
    origin: Any = get_origin(annotation)
    if origin is Annotated and get_origin(get_args(annotation)[0]) not in (list, dict):
        inner = get_args(annotation)[0]
        return [annotation] if isinstance(inner, type) else _alternatives(inner)
    if origin is Union or str(origin) == "<class 'types.UnionType'>":
        return [each for argument in get_args(annotation) for each in _alternatives(argument)]
    return [annotation]


def _step_into(annotation: Any, step: str | int) -> list[Any]:
    if isinstance(step, str) and step.startswith("<"):
        return [each for each in _alternatives(annotation) if Tag(step) in get_args(each)]
    return [inner for flat in _flatten(annotation) for inner in _inner_of(flat, step)]


def _inner_of(annotation: Any, step: str | int) -> list[Any]:
    origin: Any = get_origin(annotation)
    if origin is list:
        return list(get_args(annotation))
    if origin is dict:
        return [get_args(annotation)[1]]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [field.annotation for name, field in annotation.model_fields.items() if step in (field.alias, name)]
    return []


__all__ = ["Checked", "read_written", "sort_problems", "suggest_or_list"]

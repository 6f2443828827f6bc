"""The prompts that are shipped, and those that a user changed."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from synthloop.core.errors import UsageError
from synthloop.core.prompt import Prompt, read_prompt
from synthloop.core.registry import suggest_name

BRIEF_PLACEHOLDERS = frozenset(
    {"says", "criteria", "others", "examples", "style", "persona", "avoid", "wanted", "locale", "count", "number"}
)
"""What every writer fills, whether its shipped prompt uses it or not."""

_NO_BRIEF = frozenset({"compare", "grade", "judge", "personas"})
"""Prompts of steps that have no brief: nothing but what their shipped ones name is filled."""

_FOLDER = files("synthloop.prompting").joinpath("prompts")


def list_prompts() -> tuple[str, ...]:
    """Return the names of the shipped prompts, sorted."""
    return tuple(sorted(file.name.removesuffix(".md") for file in _FOLDER.iterdir() if file.name.endswith(".md")))


@cache
def load_prompt(name: str) -> Prompt:
    """Return a shipped prompt.

    Raises:
        UsageError: There is none of that name; suggests the nearest.
    """
    if name not in list_prompts():
        raise UsageError(f"no prompt is called {name!r}.{suggest_name(name, list_prompts())} There are: {', '.join(list_prompts())}.")
    return read_prompt(read_shipped(name), name=name)


def read_shipped(name: str) -> str:
    """Return the text of a shipped prompt's file, to be copied and changed."""
    return _FOLDER.joinpath(f"{name}.md").read_text(encoding="utf-8")


def make_prompts(own: Iterable[Prompt] = ()) -> Mapping[str, Prompt]:
    """Return all prompts by name: the shipped ones, and a user's in place of those of the same name.

    Raises:
        UsageError: One of the user's names a placeholder that the shipped one of that name does not have: nothing would fill it.
    """
    prompts = {name: load_prompt(name) for name in list_prompts()}
    for prompt in own:
        known = _list_known(prompts[prompt.name]) if prompt.name in prompts else prompt.placeholders
        if unknown := sorted(prompt.placeholders - known):
            hint = suggest_name(unknown[0], known) or f" It may use: {', '.join(sorted(known))}."
            raise UsageError(f"{prompt.source or prompt.name}: nothing fills {{{{{unknown[0]}}}}}.{hint}")
        prompts[prompt.name] = prompt
    return prompts


def _list_known(shipped: Prompt) -> frozenset[str]:
    return shipped.placeholders | (frozenset[str]() if shipped.name in _NO_BRIEF else BRIEF_PLACEHOLDERS)


__all__ = ["BRIEF_PLACEHOLDERS", "list_prompts", "load_prompt", "make_prompts", "read_shipped"]

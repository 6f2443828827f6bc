"""What can be said of writing in a language or variety: which ones models are known to write well, and what people have to add."""

from collections.abc import Iterator, Sequence

from synthloop.core.behavior import Behavior
from synthloop.core.errors import Problem
from synthloop.project.yaml_source import FieldPath, Source

ENOUGH_AUTHORED = 5
"""Authored samples of a behavior from which models can take up how people write."""

_TAGS = "en en-us en-gb es es-es fr fr-fr de de-de it it-it pt pt-br pt-pt nl nl-nl pl pl-pl ru ru-ru ja ja-jp ko ko-kr zh zh-cn"
_WELL_KNOWN = frozenset(_TAGS.split())
"""Varieties of which models have read so much that they mostly write them as people do. Every other one counts as little known."""


def find_unvouched(locale: str, behaviors: Sequence[Behavior], source: Source) -> Iterator[Problem]:
    """Yield what can't be vouched for where models write in a little-known variety, and which behaviors lack samples by its speakers.

    Args:
        locale: What the project says; a behavior's own stands in for it.
        behaviors: All of them.
        source: The project file.
    """
    spoken: dict[str, list[Behavior]] = {}
    for behavior in behaviors:
        spoken.setdefault(behavior.locale or locale, []).append(behavior)
    for name, those in spoken.items():
        if name and not is_well_known(name):
            path: FieldPath = ("writing", "locale") if name == locale else ("writing",)
            what = f"models may write {name!r} badly, and nothing here can tell: neither the language guess nor the filter vouches for it."
            yield source.problem(path, what, _ask_for_samples(those))


def is_well_known(locale: str) -> bool:
    """Tell whether models are known to write a variety well.

    Example:
        >>> is_well_known("en-GB"), is_well_known("en_IN"), is_well_known("gsw"), is_well_known("Scots, as in chats")
        (True, False, False, False)
    """
    return locale.strip().replace("_", "-").lower() in _WELL_KNOWN


def _ask_for_samples(behaviors: Sequence[Behavior]) -> str:
    few = [f"{behavior.id} ({len(behavior.authored)})" for behavior in behaviors if len(behavior.authored) < ENOUGH_AUTHORED]
    if not few:
        return "Have people who speak it read some of what is written: synthloop samples."
    return f"Have people who speak it write `authored` samples, {ENOUGH_AUTHORED} or more each, which models are shown: {', '.join(few)}."


__all__ = ["ENOUGH_AUTHORED", "find_unvouched", "is_well_known"]

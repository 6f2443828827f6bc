"""Values by kind (cities, weekdays, first names), read from the hand-written file `kinds.txt`."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def shipped_kinds() -> Mapping[str, tuple[str, ...]]:
    """Return kind -> its values in lower case; a value is of one kind."""
    text = (files("synthloop.generate.lexicon") / "kinds.txt").read_text(encoding="utf-8")
    lines = (line.partition(": ") for line in text.splitlines() if not line.startswith("#"))
    return {kind: tuple(values.split(", ")) for kind, _, values in lines}


@cache
def kind_of_values() -> Mapping[str, str]:
    """Return value -> kind."""
    return {value: kind for kind, values in shipped_kinds().items() for value in values}


__all__ = ["kind_of_values", "shipped_kinds"]

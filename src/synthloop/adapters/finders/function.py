"""The user's own function as a finder."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from synthloop.core.errors import UsageError
from synthloop.core.lineage import Spec
from synthloop.core.span import Span

_KIND = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionFinder:
    """Finds what a function of the user's finds; see `wrap_function`."""

    name: str
    """`package.module:function`, or the function's own name."""
    function: Callable[[str], Iterable[Any]]

    @property
    def spec(self) -> Spec:
        """What rebuilds it, where `name` is a `package.module:function`."""
        return Spec(kind="finders", name=self.name)

    def find(self, texts: Sequence[str]) -> Iterator[list[Span]]:
        """Yield for each text where the function finds something.

        Raises:
            UsageError: It returned something else than (start, end) or (start, end, kind).
        """
        return map(self._find, texts)

    def _find(self, text: str) -> list[Span]:
        try:
            return [msgspec.convert((*each, _KIND)[:3], Span) for each in map(tuple, self.function(text))]
        except (TypeError, msgspec.ValidationError) as error:
            raise UsageError(
                f"finder {self.name} returned no places in the text. Fix: return a list of (start, end), or (start, end, kind)."
            ) from error


def wrap_function(function: Callable[[str], Iterable[Any]], name: str | None = None) -> FunctionFinder:
    """Make a finder of a plain function that takes a text and returns (start, end) or (start, end, kind) of what it finds.

    Args:
        function: The function. What it says no kind of is a name.
        name: `package.module:function`, where it can be imported; None uses its own name.

    Example:
        >>> list(wrap_function(lambda text: [(text.index("Ana"), text.index("Ana") + 3)]).find(["is Ana in"]))
        [[Span(start=3, end=6, kind='name')]]
    """
    return FunctionFinder(name=name or str(getattr(function, "__qualname__", type(function).__name__)), function=function)


__all__ = ["FunctionFinder", "wrap_function"]

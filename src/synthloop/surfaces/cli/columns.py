"""How wide the columns of a table are, so that names stay whole as long as there is room."""

import re
from collections.abc import Callable, Sequence

from rich.cells import cell_len

_JOINT = re.compile(r"(?<=[-_/])(?=\w)|(?<=[.:,])(?=[^\W\d])")
"""Where a name is broken if it must be: after a mark within it, and never within a number."""


def fit_widths(columns: Sequence[Sequence[str]], room: int) -> tuple[int, ...] | None:
    """Return the width of each column, or None where even the parts of names don't fit.

    No column is wider than its longest text. Where not all texts fit, words stay whole if they can, then their parts; what is left goes to
    the columns that need it, those that need least first.

    Args:
        columns: The texts of each column, its name among them.
        room: Cells for all columns together.

    Example:
        >>> fit_widths([["name", "llama-small"], ["text", "could you book a table"]], 24)
        (11, 13)
    """
    wants = [max(map(cell_len, column)) for column in columns]
    if sum(wants) <= room:
        return tuple(wants)
    for split in (str.split, _split_names):
        least = [_longest(column, split) for column in columns]
        if sum(least) <= room:
            return _share_out(least, wants, room - sum(least))
    return None


def break_names(text: str, width: int) -> str:
    r"""Return a text whose words fit into a width, broken after the marks within them where there are any.

    Example:
        >>> break_names("as llama-3.1-8b-instruct", 14)
        'as llama-3.1-8b-\ninstruct'
    """
    return " ".join(word if cell_len(word) <= width else _break(word, width) for word in text.split(" "))


def _break(word: str, width: int) -> str:
    lines = [""]
    for part in _JOINT.split(word):
        if lines[-1] and cell_len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _split_names(text: str) -> list[str]:
    return [part for word in text.split() for part in _JOINT.split(word)]


def _longest(column: Sequence[str], split: Callable[[str], list[str]]) -> int:
    return max((cell_len(part) for text in column for part in split(text)), default=0)


def _share_out(least: Sequence[int], wants: Sequence[int], spare: int) -> tuple[int, ...]:
    widths = list(least)
    hungry = sorted(range(len(least)), key=lambda at: wants[at] - least[at])
    for served, at in enumerate(hungry):
        given = min(wants[at] - least[at], spare // (len(hungry) - served))
        widths[at] += given
        spare -= given
    return tuple(widths)


__all__ = ["break_names", "fit_widths"]

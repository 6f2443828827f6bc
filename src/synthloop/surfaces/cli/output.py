"""How a verb says what it did: as text for a person, or as one JSON document."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from synthloop.surfaces.cli.columns import break_names, fit_widths
from synthloop.surfaces.wording import show_text

_GAP = 3
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where a verb's result goes."""

    as_json: bool

    def show(self, value: object, write: Callable[[Console], None]) -> None:
        """Write a result.

        Args:
            value: The result as records, dataclasses and JSON values, for `--json`.
            write: Writes the same for a person.
        """
        if self.as_json:
            sys.stdout.write(encode_pretty(value))
        else:
            write(make_console())


def make_console() -> Console:
    """Return the console for results; it knows NO_COLOR, pipes and the terminal's width."""
    return Console(highlight=False)


def encode_pretty(value: object) -> str:
    """Encode a value as indented JSON with a line end.

    Example:
        >>> print(encode_pretty({"n": (1, 2)}), end="")
        {
          "n": [
            1,
            2
          ]
        }
    """
    encoded = msgspec.json.encode(value, enc_hook=str)
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def print_table(console: Console, columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> None:
    """Print rows in aligned columns. Long texts fold, between words where they can; nothing in a text can steer the terminal.

    Args:
        console: Where to.
        columns: Names, in order.
        rows: One text a column.
        numbers: Columns to align at the right.
    """
    shown = [[show_text(cell, 400) for cell in row] for row in rows]
    texts = [[name, *(row[at] for row in shown)] for at, name in enumerate(columns)]
    widths = fit_widths(texts, console.width - _GAP * (len(columns) - 1)) or [None] * len(columns)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    for name, width in zip(columns, widths, strict=True):
        table.add_column(name if width is None else break_names(name, width), justify="right" if name in numbers else "left", width=width)
        table.columns[-1].overflow = "fold"
    for row in shown:
        table.add_row(*(Text(cell if width is None else break_names(cell, width)) for cell, width in zip(row, widths, strict=True)))
    console.print(table)


def say(console: Console, text: str) -> None:
    """Print one line as it is: no markup, no highlighting, wrapped at the terminal's width."""
    console.print(Text(text))


__all__ = ["Output", "encode_pretty", "make_console", "print_table", "say"]

"""How a verb says what it did: as text for a person, or as one JSON document."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from synthloop.surfaces.wording import show_text


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
    """Print rows in aligned columns. Long texts fold; nothing in a text can steer the terminal.

    Args:
        console: Where to.
        columns: Names, in order.
        rows: One text a column.
        numbers: Columns to align at the right.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold", no_wrap=name in numbers)
    for row in rows:
        table.add_row(*(Text(show_text(cell, 400)) for cell in row))
    console.print(table)


def say(console: Console, text: str) -> None:
    """Print one line as it is: no markup, no highlighting, wrapped at the terminal's width."""
    console.print(Text(text))


__all__ = ["Output", "encode_pretty", "make_console", "print_table", "say"]

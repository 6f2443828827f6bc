"""Tables that stay readable on a phone: each cell carries the name of its column, so a row can become a small card."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from synthloop.surfaces.html.element import Child, Markup, element, join


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: str = "text"
    """`text`, `number` (aligned at the right, with figures of equal width) or `chart` (takes the room that is left)."""
    foot: Child = None
    """What stands under the column, e.g. a chart's axis."""


def table(columns: Sequence[Column], rows: Iterable[Sequence[Child]], *, class_: str | None = None) -> Markup:
    """Return a table. The first cell of each row is its heading."""
    head = element("thead", element("tr", (element("th", column.name, scope="col", class_=column.kind) for column in columns)))
    foot: Child = None
    if any(join(column.foot) for column in columns):
        foot = element("tfoot", element("tr", (element("td", column.foot, class_=column.kind) for column in columns)))
    return element("table", head, element("tbody", (_row(columns, row) for row in rows)), foot, class_=class_)


def facts(pairs: Iterable[tuple[str, Child]]) -> Markup:
    """Return names with their values as a description list."""
    return element("dl", (element("div", element("dt", name), element("dd", value)) for name, value in pairs), class_="facts")


def _row(columns: Sequence[Column], row: Sequence[Child]) -> Markup:
    first = element("th", row[0], scope="row", class_=columns[0].kind)
    rest = (element("td", cell, class_=column.kind, data_name=column.name) for column, cell in zip(columns[1:], row[1:], strict=True))
    return element("tr", first, rest)


__all__ = ["Column", "facts", "table"]

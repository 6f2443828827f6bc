"""HTML as values: text is escaped unless an element made it, so no sample can become markup."""

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

VOID = frozenset({"meta", "br", "hr", "input", "link"})


class Markup(str):
    """A string that is already HTML. Only `element` and `join` make it, and `trusted` for files that belong to the package."""

    __slots__ = ()


Child: TypeAlias = "str | Markup | Iterable[Child] | None"
"""What can stand inside an element: text, markup, nothing, or several of these."""

Attribute: TypeAlias = "str | float | bool | None"


def element(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """Build one element.

    Args:
        tag: Its name; an element that can't have children is closed at once.
        children: In order; a plain string is escaped, None is left out.
        attributes: An underscore becomes a dash and one at the end is dropped (`class_`); True stands alone, False and None are left out.

    Example:
        >>> element("p", "1 < 2", element("br"), class_="note", hidden=True)
        '<p class="note" hidden>1 &lt; 2<br></p>'
    """
    opening = f"<{tag}{''.join(_attribute(name, value) for name, value in attributes.items())}>"
    return Markup(opening if tag in VOID else f"{opening}{join(children)}</{tag}>")


def join(children: Child) -> Markup:
    """Put children behind each other, without an element around them."""
    if children is None:
        return Markup()
    if isinstance(children, str):
        return children if isinstance(children, Markup) else Markup(escape(children))
    return Markup("".join(map(join, children)))


def trusted(html: str) -> Markup:
    """Mark text as HTML. Only for what belongs to the package; never for anything that was read."""
    return Markup(html)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    return f' {name}="{escape(value) if isinstance(value, str) else format(value, "g")}"'


__all__ = ["Attribute", "Child", "Markup", "element", "join", "trusted"]

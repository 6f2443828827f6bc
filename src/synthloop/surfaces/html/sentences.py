"""The sentences themselves: what was said, what was expected, what came back."""

from collections.abc import Iterable

from synthloop.surfaces.html.element import Child, Markup, element
from synthloop.surfaces.view import Case

LONGEST = 400
"""Characters of a text that are shown; whole texts are in the project's store."""


def sentence_list(cases: Iterable[Case], *, answers: bool = True) -> Markup:
    """Return sentences as a list.

    Args:
        cases: In the order to show.
        answers: Whether each sentence shows its own expected and received answer; not needed where all have the same.
    """
    return element("ul", (_sentence(case, answers=answers) for case in cases), class_="sentences")


def clip(text: str, longest: int = LONGEST) -> str:
    """Cut a long text, and say that it was cut.

    Example:
        >>> clip("abcdef", 3)
        'abc… (3 more characters)'
    """
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest:,} more characters)"


def answer_pair(expected: str, got: str) -> Markup:
    """Return what was expected and what came back."""
    return element(
        "span",
        element("span", "expected ", class_="word"),
        element("code", clip(expected, 120), class_="expected"),
        element("span", " got ", class_="word"),
        element("code", clip(got, 120), class_="got"),
        class_="pair",
    )


def _sentence(case: Case, *, answers: bool) -> Markup:
    pair: Child = (" ", answer_pair(case.expected, case.got)) if answers else None
    return element("li", element("q", clip(case.text)), pair)


__all__ = ["answer_pair", "clip", "sentence_list"]

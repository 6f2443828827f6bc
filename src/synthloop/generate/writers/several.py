"""Two requests in one message: what is right then depends on how the project labels."""

from collections.abc import Mapping
from typing import cast

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Spec
from synthloop.core.record import Record
from synthloop.core.sample import Sample
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.briefing import ask_for_shape
from synthloop.generate.writers.texts import Text
from synthloop.prompting.shapes import shape_of


class _Part(Record):
    request: str
    about: str
    """Id of the behavior that it belongs to."""


class _Compound(Record):
    text: str
    parts: tuple[_Part, ...]


class _Compounds(Record):
    messages: tuple[_Compound, ...]


_COMPOUNDS = shape_of(_Compounds)


def ask_for_several(brief: Brief, spec: Spec, parent: Sample | None, values: Mapping[str, str]) -> Flow[Written]:
    """Ask for messages with two requests each, and for what each of these is about."""
    own = f"{brief.behavior.id}: {brief.behavior.says}"
    return ask_for_shape(
        brief,
        spec,
        "several_requests",
        values={**values, "own": own},
        shape=_COMPOUNDS,
        read=lambda said: [_read(compound, brief, parent) for compound in said.messages],
    )


def _read(compound: _Compound, brief: Brief, parent: Sample | None) -> Text:
    text = Text(text=compound.text, parent=parent, attributes={"evolved": "several-requests"})
    known = {behavior.id: behavior for behavior in (brief.behavior, *brief.others)}
    about = {part.about for part in compound.parts}
    flaw = "it holds a single request" if len(compound.parts) < 2 else ""
    if unknown := sorted(about - set(known)):
        flaw = flaw or f"one of its requests is about {unknown[0]!r}, which is no behavior"
    elif not flaw and about != {brief.behavior.id}:
        return _join([known[name] for name in known if name in about], text)
    return Text(text=text.text, parent=parent, attributes=text.attributes, unfit=flaw)


def _join(behaviors: list[Behavior], text: Text) -> Text:
    """Return the text with the labels of all behaviors, where labels are lists; else there is no right answer to it."""
    labels = [_list_labels(behavior.expected) for behavior in behaviors]
    listed = [label for each in labels for label in each]
    names = " and ".join(behavior.id for behavior in behaviors)
    unfit = "" if all(labels) else f"its requests are about {names}, and the project gives one label"
    expected = cast("JsonValue", list(dict.fromkeys(listed)))
    return Text(text=text.text, parent=text.parent, attributes={**text.attributes, "about": names}, expected=expected, unfit=unfit)


def _list_labels(expected: JsonValue) -> list[str]:
    return [label for label in expected if isinstance(label, str)] if isinstance(expected, list | tuple) else []


__all__ = ["ask_for_several"]

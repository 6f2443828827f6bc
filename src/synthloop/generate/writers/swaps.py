"""The same request about other people, places and times."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Spec, chance, encode_canonical
from synthloop.core.model import Fault
from synthloop.core.record import Record
from synthloop.core.registry import spec_of
from synthloop.core.sample import Sample
from synthloop.core.writing import Brief, Written
from synthloop.generate.english import fit_article
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.writers.briefing import ask_for_shape, describe_parent
from synthloop.generate.writers.texts import Text
from synthloop.prompting.shapes import shape_of


class _Swap(Record):
    old: str
    new: str


class _Swaps(Record):
    swaps: tuple[_Swap, ...]


class _Versions(Record):
    versions: tuple[_Swaps, ...]


_VERSIONS = shape_of(_Versions)
_MOST_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitySwap:
    """Exchanges the names, numbers, places and dates of a sample for others of the same kind; the new ones are protected.

    A model only names the new values; every other word stays as it was. What the sample's expectation names is not exchanged, since the
    expectation would be wrong then.
    """

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("writers", "entity_swap", self)

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:  # noqa: ARG002 - the port names it
        """Tell whether there is anything to exchange."""
        written = ((each.messages[-1][1], each.protected, each.expected or behavior.expected) for each in behavior.authored)
        return any(list_values(text, protected, expected) for text, protected, expected in written)

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask for other values for those of one sample."""
        parents = [sample for sample in brief.material if list_values(sample.text, sample.protected, sample.expected)]
        if not parents:
            return Written(brief=brief, faults=(Fault(kind="unfit", message="no sample has a value to exchange: nothing was asked"),))
        parent = chance(brief.seed, "generate.writers.parent", brief.behavior.id, brief.number).choice(parents)
        values = list_values(parent.text, parent.protected, parent.expected)
        return (
            yield from ask_for_shape(
                brief,
                self.spec,
                "entity_swap",
                values={**describe_parent(parent), "values": ", ".join(f'"{value}"' for value in values)},
                shape=_VERSIONS,
                read=lambda said: [_apply(parent, values, version) for version in said.versions],
            )
        )


def list_values(text: str, protected: Sequence[str], expected: object) -> tuple[str, ...]:
    """Return what may be exchanged in a text, in order: protected parts, and names, numbers, dates and addresses that are found.

    Example:
        >>> list_values("move my 3pm with Ana to thursday", ("thursday",), "schedule")
        ('3pm', 'Ana', 'thursday')
    """
    named = encode_canonical(expected).decode().casefold()
    found = (text[span.start : span.end] for span in find_spans(text, tuple(protected)))
    return tuple(dict.fromkeys(value for value in found if value.casefold() not in named))


def _apply(parent: Sample, values: Sequence[str], version: _Swaps) -> Text:
    named = {swap.old.strip(): swap.new.strip() for swap in version.swaps}
    swaps = {old: new for old, new in named.items() if old in values and new and new != old}
    kept = [span for span in parent.protected if span not in swaps]
    attributes = {name: swaps[value] for name, value in parent.attributes.items() if value in swaps}
    return Text(
        text=_exchange(parent.text, swaps),
        parent=parent,
        protected=tuple(dict.fromkeys([*kept, *swaps.values()])),
        attributes=attributes,
        unfit=_find_flaw(swaps, values),
    )


def _exchange(text: str, swaps: Mapping[str, str]) -> str:
    """Return a text with all values exchanged at once, so that two may change places; `a` and `an` before one follow it."""
    if not swaps:
        return text
    olds = "|".join(map(re.escape, sorted(swaps, key=len, reverse=True)))
    written, at = "", 0
    for found in re.finditer(rf"(?<!\w)(?:{olds})(?!\w)", text):
        new = swaps[found[0]]
        written += fit_article(text[at : found.start()], new) + new
        at = found.end()
    return written + text[at:]


def _find_flaw(swaps: Mapping[str, str], values: Sequence[str]) -> str:
    if not swaps:
        return f"none of {', '.join(map(repr, values))} was exchanged"
    odd = next(((old, new) for old, new in swaps.items() if not _is_alike(old, new)), None)
    return f"{odd[1][:_MOST_CHARS]!r} is not of the same kind as {odd[0]!r}" if odd else ""


def _is_alike(old: str, new: str) -> bool:
    """Tell whether one value can stand for the other: a number for a number; `noon` may stand for `3pm`, but not for 3."""
    if len(new) > _MOST_CHARS or "\n" in new:
        return False
    if not any(letter.isalpha() for letter in old):
        return any(letter.isdigit() for letter in new)
    return any(letter.isalpha() for letter in new) or any(letter.isdigit() for letter in old)


__all__ = ["EntitySwap", "list_values"]

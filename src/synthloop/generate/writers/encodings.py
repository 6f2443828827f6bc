"""Attacks that are written so that a filter misses them. The writing is done here: models rarely get base64 right."""

import base64
import codecs
from collections.abc import Callable

from synthloop.core.ask import Flow
from synthloop.core.lineage import Spec, chance
from synthloop.core.record import Record
from synthloop.core.writing import Brief, Written
from synthloop.generate.writers.briefing import ask_for_shape
from synthloop.generate.writers.texts import Text
from synthloop.prompting.shapes import shape_of

_LEET = str.maketrans("aeiostAEIOST", "431057431057")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "leet": lambda text: text.translate(_LEET),
    "spaced": lambda text: " ".join(text.replace(" ", "_")),
    "reversed": lambda text: text[::-1],
    "wide": lambda text: text.translate(_WIDE),
}
"""Name -> how a text is written in it."""

_SLOT = "{payload}"


class _Hidden(Record):
    carrier: str
    """What the person writes around it, with `{payload}` where the hidden part goes."""
    payload: str
    """What is hidden, in plain words."""


class _HiddenMessages(Record):
    messages: tuple[_Hidden, ...]


_HIDDEN = shape_of(_HiddenMessages)


def ask_for_encoded(brief: Brief, spec: Spec) -> Flow[Written]:
    """Ask for messages with a hidden part in plain words, and write that part in one encoding after the other."""

    def read(said: _HiddenMessages) -> list[Text]:
        return [_encode(hidden, brief, place) for place, hidden in enumerate(said.messages)]

    return ask_for_shape(brief, spec, "adversarial_encoded", values={}, shape=_HIDDEN, read=read)


def _encode(hidden: _Hidden, brief: Brief, place: int) -> Text:
    name = chance(brief.seed, "generate.writers.encoding", brief.behavior.id, brief.number * 1000 + place).choice(list(ENCODINGS))
    written = ENCODINGS[name](hidden.payload.strip())
    carrier = hidden.carrier.strip() if _SLOT in hidden.carrier else f"{hidden.carrier.strip()} {_SLOT}"
    unfit = "" if written else "nothing is hidden in it"
    attributes = {"attack": "encoding", "encoding": name}
    return Text(text=carrier.replace(_SLOT, written), protected=(written,) if written else (), attributes=attributes, unfit=unfit)


__all__ = ["ENCODINGS", "ask_for_encoded"]

"""End marks, commas, apostrophes and the spaces around them."""

import random
import re
from dataclasses import dataclass
from typing import Literal, get_args

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.commas import drop_commas
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.habits import Chance, Habit, take_up

EndMark = Literal["none", "period", "question", "exclamation", "dots", "repeated", "other"]
END_MARKS: tuple[EndMark, ...] = get_args(EndMark)
WRITTEN: dict[EndMark, tuple[str, ...]] = {
    "none": ("",),
    "period": (".",),
    "question": ("?",),
    "exclamation": ("!",),
    "dots": ("...", "..", "...."),
    "repeated": ("??", "!!", "?!", "!!!", "???"),
}
"""End mark -> how it can be written."""
_REPEATED = re.compile(r"[?!]{2,}|[?!](?:\s[?!])+")
_DOTS = re.compile(r"\.{2,}|…")
_SINGLE: dict[str, EndMark] = {"": "none", ".": "period", "?": "question", "!": "exclamation"}
_MARK_GAPS = frozenset((",", "?", "!", ".", "...", "??"))
_SPACED_MARKS = frozenset((",", "?", "!", ".", "...", ".."))
_INNER_END = re.compile(r"([.?!…]+)( *)$")


def end_of(draft: Draft) -> EndMark:
    """Return how a draft ends; `other` covers everything that is not one kind of end mark, such as a bracket or an emoticon."""
    mark = draft.pieces[-1].strip()
    single = _SINGLE.get(mark)
    if single is not None:
        return single
    if _REPEATED.fullmatch(mark):
        return "repeated"
    return "dots" if _DOTS.fullmatch(mark) else "other"


def set_end(draft: Draft, mark: EndMark, rng: random.Random, *, written: str = "") -> None:
    """Let a draft end in another kind of mark, `written` so; where it ends in something `other`, or shall, it stays as it is."""
    now = end_of(draft)
    if now != mark and "other" not in (now, mark) and draft.frozen.get(len(draft.pieces) - 2) not in ("address", "path", "file"):
        options = WRITTEN[mark]
        draft.change(len(draft.pieces) - 1, written or (options[0] if len(options) == 1 else rng.choice(options)), f"end-{mark}")


def _find_space_before(draft: Draft) -> list[Chance]:
    pieces = draft.pieces
    gaps = draft.marks() if len(pieces) < 3 else [*draft.marks(), len(pieces) - 1]
    end = len(pieces) - 1
    return [
        Chance(gap, pieces[gap][0] == " ", f"final {mark}" if gap == end else mark)
        for gap in gaps
        if (mark := pieces[gap].strip()) in _MARK_GAPS
    ]


def _write_space_before(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    gap = draft.pieces[position]
    draft.change(position, f" {gap}" if shown else gap.lstrip(" "), "spacing")


def _find_space_after(draft: Draft) -> list[Chance]:
    """Return the gaps between free words that hold one mark: whether no space follows it."""
    pieces, frozen = draft.pieces, draft.frozen
    return [
        Chance(gap, not pieces[gap].endswith(" "), pieces[gap].strip())
        for gap in draft.marks()
        if pieces[gap].strip() in _SPACED_MARKS and gap - 1 not in frozen and gap + 1 not in frozen
    ]


def _write_no_space_after(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    gap = draft.pieces[position].rstrip(" ")
    draft.change(position, gap if shown else f"{gap} ", "spacing")


def _find_inner_ends(draft: Draft) -> list[tuple[int, str, str]]:
    """Return the gaps between sentences, with their mark and the spaces after it."""
    pieces = draft.pieces
    return [(gap, match[1], match[2]) for gap in draft.marks() if (match := _INNER_END.search(pieces[gap])) is not None]


def _find_inner_dots(draft: Draft) -> list[Chance]:
    return [
        Chance(gap, len(mark) > 1 or mark == "…", form=mark if mark in WRITTEN["dots"] else "")
        for gap, mark, _ in _find_inner_ends(draft)
        if mark[0] in ".…"
    ]


def _write_inner_dots(draft: Draft, position: int, shown: bool, rng: random.Random) -> None:
    set_dots(draft, position, rng.choice(("...", "...", "..")) if shown else ".")


def set_dots(draft: Draft, position: int, dots: str) -> None:
    """Write the point or dots of a gap as one point, or as so many."""
    draft.change(position, re.sub(r"[.…]+", dots, draft.pieces[position], count=1), "dots")


def _find_double_spaces(draft: Draft) -> list[Chance]:
    return [Chance(gap, len(spaces) > 1) for gap, _, spaces in _find_inner_ends(draft) if spaces]


def _write_double_space(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    draft.change(position, draft.pieces[position].rstrip(" ") + ("  " if shown else " "), "spacing")


SPACE_BEFORE = Habit(
    name="space-before-mark",
    find=_find_space_before,
    write=_write_space_before,
    cue=lambda gap: gap.strip() in _MARK_GAPS,
    sign=lambda gap: gap.startswith(" ") and gap.strip() in _MARK_GAPS,
    at_end=True,
)
"""Putting a space before a mark; rates differ by mark."""
NO_SPACE_AFTER = Habit(
    name="no-space-after-mark",
    find=_find_space_after,
    write=_write_no_space_after,
    cue=lambda gap: gap.strip() in _SPACED_MARKS,
    sign=lambda gap: gap.strip() in _SPACED_MARKS and not gap.endswith(" "),
)
"""Leaving out the space after a mark; rates differ by mark."""
INNER_DOTS = Habit(name="dots-inside", find=_find_inner_dots, write=_write_inner_dots, cue=lambda gap: "." in gap or "…" in gap)
"""Ending an inner sentence in dots... rather than one."""
DOUBLE_SPACE = Habit(
    name="double-space",
    find=_find_double_spaces,
    write=_write_double_space,
    cue=lambda gap: _INNER_END.search(gap) is not None,
    sign=lambda gap: gap.endswith("  "),
)
"""Two spaces between sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Punctuation:
    """Drops, repeats and misplaces marks: "can you help" , "hello , can you help??"."""

    drop_end: Share = 0.4
    """Share of texts that lose their end mark."""
    repeat_end: Share = 0.03
    """Share of texts, besides those, whose end mark is repeated or becomes dots."""
    drop_commas: Share = 0.4
    """Share of commas that are dropped."""
    drop_apostrophes: Share = 0.2
    """Share of texts that lose the apostrophes of contractions and possessives."""
    spacing: Share = 0.02
    """Share of marks with a space before them, or none behind."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "punctuation", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with other marks, or None where nothing changed."""
        draft = Draft(text, spans)
        drop_commas(draft, self.drop_commas, rng)
        if rng.random() < self.drop_apostrophes:
            _drop_apostrophes(draft)
        for habit in (SPACE_BEFORE, NO_SPACE_AFTER):
            take_up(draft, habit, self.spacing / 2, rng)
        self._change_end(draft, rng)
        return draft.noised()

    def _change_end(self, draft: Draft, rng: random.Random) -> None:
        draw = rng.random()
        if draw < self.drop_end:
            set_end(draft, "none", rng)
        elif draw < self.drop_end + self.repeat_end:
            set_end(draft, "dots" if end_of(draft) in ("none", "period") else "repeated", rng)


def _drop_apostrophes(draft: Draft) -> None:
    for at in draft.words(letters=3):
        word = draft.pieces[at]
        draft.change(at, word.replace("'", "").replace("’", ""), "dropped-apostrophe")


__all__ = [
    "DOUBLE_SPACE",
    "END_MARKS",
    "INNER_DOTS",
    "NO_SPACE_AFTER",
    "SPACE_BEFORE",
    "WRITTEN",
    "EndMark",
    "Punctuation",
    "end_of",
    "set_dots",
    "set_end",
]

"""A text taken apart into words and what stands between them: what all noisers work on.

A draft alternates gaps (even positions, possibly empty) and words (odd positions). Protected spans are words that can't be changed, so a
noiser can't break one by mistake, and several families can work on one draft without counting characters.
"""

import math
import random
import re
from collections.abc import Callable, Set

from synthloop.core.span import Edit, Noised, Span

_WORD = re.compile(r"([^\W\d_]++(?:['’][^\W\d_]++)*+)")
_ASCII_WORD = re.compile(r"([A-Za-z]++(?:'[A-Za-z]++)*+)")
"""The same for texts of ASCII characters, in two thirds of the time."""
_SENTENCE_END = re.compile(r"[.!?…\n]")


class Draft:
    """A text under change.

    Attributes:
        pieces: Gaps and words in turn, as they stand now; starts and ends with a gap. A removed word is the empty string.
        frozen: Position -> kind of the words that belong to protected spans, or touch one.
        written: What was put in the place of pieces, in order.
    """

    __slots__ = ("_before", "_kinds", "frozen", "pieces", "written")

    def __init__(self, text: str, spans: tuple[Span, ...] = ()) -> None:
        self.frozen: dict[int, str] = {}
        split = (_ASCII_WORD if text.isascii() else _WORD).split
        self.pieces: list[str] = self._split(text, spans, split) if spans else split(text)
        self._before = self.pieces.copy()
        self._kinds: dict[int, str] = {}
        self.written: list[str] = []

    def _split(self, text: str, spans: tuple[Span, ...], split: Callable[[str], list[str]]) -> list[str]:
        pieces: list[str] = []
        at = 0
        frozen = self.frozen
        for span in spans:
            start = span.start
            pieces += split(text[at:start])
            frozen[len(pieces)] = span.kind
            at = span.end
            pieces.append(text[start:at])
        pieces += split(text[at:]) if at < len(text) else ("",)
        for position in tuple(frozen):
            if not (pieces[position - 1] and pieces[position + 1]):
                self._freeze_glued(pieces, position, frozen[position])
        return pieces

    def _freeze_glued(self, pieces: list[str], position: int, kind: str) -> None:
        """Freeze the rest of a word that a span cuts in two."""
        for gap, word in ((position - 1, position - 2), (position + 1, position + 2)):
            if not pieces[gap] and 0 < word < len(pieces):
                self.frozen.setdefault(word, kind)

    def words(self, *, letters: int = 1) -> list[int]:
        """Return the positions of the words that may be changed and have at least that many characters, in order."""
        pieces, frozen = self.pieces, self.frozen
        return [at for at, word in zip(range(1, len(pieces), 2), pieces[1::2], strict=True) if len(word) >= letters and at not in frozen]

    def has_words(self) -> bool:
        """Whether there were words that may be changed, before any was taken out."""
        return len(self.pieces) // 2 > len(self.frozen)

    def find_words(self, vocabulary: Set[str]) -> list[tuple[int, str]]:
        """Return position and lower-case form of the words that may be changed and are in `vocabulary`, in order."""
        pieces, frozen = self.pieces, self.frozen
        words = zip(range(1, len(pieces), 2), map(str.lower, pieces[1::2]), strict=True)
        return [found for found in words if found[1] in vocabulary and found[0] not in frozen]

    def list_loose(self) -> list[str]:
        """Return the words that may be changed, and the gaps before and between words that hold more than one space; in no order."""
        pieces = self.pieces
        words, gaps = pieces[1::2], pieces[:-1:2]
        for at in self.frozen:
            words[at // 2] = ""
        return words if gaps.count(" ") == len(gaps) - 1 and not gaps[0] else words + [gap for gap in gaps if gap != " "]

    def marks(self) -> list[int]:
        """Return the positions of the gaps between words that hold more than one space, in order."""
        pieces = self.pieces
        gaps = pieces[2:-1:2]
        if gaps.count(" ") == len(gaps):
            return []
        return [at for at in range(2, len(pieces) - 1, 2) if pieces[at] != " " and pieces[at]]

    def change(self, position: int, text: str, kind: str) -> None:
        """Write `text` where a piece stands.

        Args:
            position: Of a gap or of a word that is not frozen; of a guessed name, capitals may change.
            text: What stands there from now on; may be empty.
            kind: The edit's slug. Kinds of several changes of one piece are joined by `+`.

        Raises:
            ValueError: The word is frozen.
        """
        if position in self.frozen and not (self.frozen[position] == "name" and text.lower() == self.pieces[position].lower()):
            raise ValueError(f"piece {position} ({self.pieces[position]!r}) is protected as {self.frozen[position]!r} and can't be changed")
        if text != self.pieces[position]:
            self.pieces[position] = text
            self.written.append(text)
            kinds = self._kinds.get(position)
            self._kinds[position] = kind if kinds is None or kinds == kind else f"{kinds}+{kind}"

    def remove(self, position: int, kind: str) -> None:
        """Take a word out together with the gap behind it, or before it where it is the last word."""
        pieces = self.pieces
        self.change(position, "", kind)
        after = pieces[position + 1]
        if after and not after.strip():
            self.change(position + 1, "", kind)
        elif not pieces[position - 1].strip() and position > 1:
            self.change(position - 1, "", kind)

    def starts_sentence(self, position: int) -> bool:
        """Whether the word at `position` is the first of the text or follows an end mark."""
        for at in range(position - 1, 0, -2):
            if _SENTENCE_END.search(self.pieces[at]):
                return True
            if self.pieces[at - 1]:
                return False
        return True

    def first_word(self) -> int:
        """Return the position of the first word that is not empty, 0 where there is none."""
        for at in range(1, len(self.pieces), 2):
            if self.pieces[at]:
                return at
        return 0

    def text(self) -> str:
        """Return the text as it stands now."""
        return "".join(self.pieces)

    def noised(self) -> Noised | None:
        """Return the new text and its edits; None where nothing changed or nothing would be left."""
        if not self._kinds:
            return None
        edits: list[Edit] = []
        before, pieces = self._before, self.pieces
        at = start = 0
        for position, kind in sorted(self._kinds.items()):
            start += len("".join(before[at:position]))
            at = position
            old, new = before[at], pieces[at]
            if old != new:
                self._append_edit(edits, Edit(start=start, end=start + len(old), before=old, after=new, kind=kind))
        text = self.text()
        return Noised(text=text, edits=tuple(edits)) if edits and text.strip() else None

    def _append_edit(self, edits: list[Edit], edit: Edit) -> None:
        """Append an edit, joined to the last one where both belong to one change of neighboring pieces."""
        if edits and edits[-1].kind == edit.kind and edits[-1].end == edit.start:
            last = edits.pop()
            edit = Edit(start=last.start, end=edit.end, before=last.before + edit.before, after=last.after + edit.after, kind=edit.kind)
        edits.append(edit)


def draw_hits(rng: random.Random, count: int, rate: float, *, some: bool = False) -> list[int]:
    """Return which of `count` chances are hit, each with probability `rate`, in order.

    Draws the gaps between hits, so it costs one random number a hit instead of one a chance.

    Args:
        rng: The source of chance.
        count: How many chances there are.
        rate: In [0, 1].
        some: Whether it is known that at least one is hit.

    Example:
        >>> draw_hits(random.Random(1), 3, 1.0), draw_hits(random.Random(1), 3, 0.0)
        ([0, 1, 2], [])
    """
    if rate < 1e-12 or count <= 0:
        return []
    if rate >= 1.0:
        return list(range(count))
    scale = 1.0 / math.log1p(-rate)
    hits: list[int] = []
    reach = 1.0 - (1.0 - rate) ** count if some else 1.0
    at = int(math.log(1.0 - reach * rng.random()) * scale)
    while at < count:
        hits.append(at)
        at += 1 + int(math.log(1.0 - rng.random()) * scale)
    return hits


def match_case(word: str, pattern: str) -> str:
    """Return `word` with the capitals of `pattern`: all of them, the first one, or none.

    Example:
        >>> match_case("please", "Pls"), match_case("pls", "PLEASE"), match_case("you", "U")
        ('Please', 'PLS', 'You')
    """
    if not pattern or not pattern[0].isupper():
        return word
    if len(pattern) > 1 and pattern.isupper():
        return word.upper()
    return word[:1].upper() + word[1:]


__all__ = ["Draft", "draw_hits", "match_case"]

"""Commas: where they are usual, where people put them besides, and how often."""

import math
import random
from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate

from synthloop.generate.noise.cues import Known
from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.habits import Chance, Habit, among

_OPENER_LIST = "yes no ok okay yeah well also thanks however sorry actually oh hello unfortunately finally then currently"
_CLOSER_LIST = "please too though right thanks pls"
_OPENERS, _CLOSERS = frozenset(_OPENER_LIST.split()), frozenset(_CLOSER_LIST.split())
_COMMA_WORDS = _OPENERS | _CLOSERS | {"but"}
_GAPS = frozenset((" ", ", ", ","))
_NEVER_LIST = """
a an the my your his her its our their this these those of to in on at for from with by about into as than and or but if because
i he she we they who what which where why how is are was were am be do does did has had can could will would should shall may might must
i'm i've i'd i'll it's that's don't can't very so such some any no not every each new next last please
"""
_NEVER = frozenset(_NEVER_LIST.split())
"""Hardly anybody puts a comma behind these."""
_STARTERS_LIST = """
and so or because which who when where while if then i it he she we they you what how why can could is are was were do did does will would
as since although that this there my the a an in on at for to with from by not no just also maybe like i'm i've it's that's don't any how's
what's please be have has had
"""
_STARTERS = frozenset(_STARTERS_LIST.split())
"""Words of few letters and no content before which a clause may begin."""
FIRST, LAST, ELSEWHERE = "after the first word", "before the last word", "elsewhere"
_TINY = 1e-9


def _find_usual(draft: Draft) -> list[Chance]:
    """Return the gaps where a comma is usual: after an opening word, before "but", before a closing "please"."""
    pieces = draft.pieces
    chances: list[Chance] = []
    last = len(pieces) - 2
    for at, word in draft.find_words(_COMMA_WORDS):
        gap = 0
        if word in _OPENERS and at < last and draft.starts_sentence(at):
            gap = at + 1
        elif at > 1 and (word == "but" or (at == last and word in _CLOSERS)):
            gap = at - 1
        if gap and pieces[gap] in _GAPS:
            chances.append(Chance(gap, "," in pieces[gap], word))
    return chances


def _find_others(draft: Draft) -> list[Chance]:
    """Return the other gaps between words, but for those behind words that nobody puts a comma behind."""
    pieces = draft.pieces
    usual = {chance.position for chance in _find_usual(draft)}
    words = [piece.lower() for piece in pieces[1::2]]
    return [
        Chance(gap, pieces[gap] != " ", _place_of(words, gap))
        for gap in range(2, len(pieces) - 1, 2)
        if gap not in usual and pieces[gap] in _GAPS and words[gap // 2 - 1] not in _NEVER
    ]


def _place_of(words: list[str], gap: int) -> str:
    """Return what the rate at a gap depends on: the word behind it where it is a starter, else where it is."""
    if words[gap // 2] in _STARTERS:
        return words[gap // 2]
    return FIRST if gap == 2 else LAST if gap == 2 * len(words) - 2 else ELSEWHERE


def _write(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    draft.change(position, ", " if shown else " ", "comma" if shown else "dropped-comma")


COMMA = Habit(name="comma", find=_find_usual, write=_write, cue=among(_COMMA_WORDS), sign=lambda gap: "," in gap)
"""Putting a comma where one is usual."""
INNER_COMMA = Habit(name="comma-elsewhere", find=_find_others, write=_write, sign=lambda gap: "," in gap)
"""Putting a comma elsewhere; rates differ by the word behind it. Nearly every word is a cue, so `Commas` draws it."""


class Commas:
    """Draws the commas in less usual places.

    One draw tells for most texts that there is none: the hazards of all words add up, as if none of the gaps were ruled out, and only
    where chance falls below the sum are the gaps looked at.

    Args:
        texts: Share of texts that have such commas at all.
        rates: Place, see `INNER_COMMA` -> rate in those.
        other: Rate at places that are not listed.
        keep: Share of the commas of edited texts that stay.
    """

    def __init__(self, texts: float, rates: Mapping[str, float], *, other: float, keep: float) -> None:
        self._texts, self._keep = texts, keep
        self._rates = {**dict.fromkeys((*_STARTERS, FIRST, LAST, ELSEWHERE), other), **rates}
        hazards = {place: -math.log1p(-min(rate, 1.0 - _TINY)) for place, rate in self._rates.items()}
        self._first, self._last = (max(hazards[place] - hazards[ELSEWHERE], 0.0) for place in (FIRST, LAST))
        otherwise = hazards[ELSEWHERE]
        self._hazards = Known(lambda piece: hazards.get(piece.lower(), otherwise))

    def put(self, draft: Draft, rng: random.Random) -> None:
        """Thin a draft's commas out, or put some where it has none and nobody seems to have edited it: there, none is missing."""
        if find_commas(draft) and (shown := [chance.position for chance in _find_others(draft) if chance.shown]):
            for gap in shown:
                if rng.random() >= self._keep:
                    _write(draft, gap, False, rng)
        elif (self._texts >= 1.0 or rng.random() < self._texts) and (hits := self._draw(draft.pieces, rng)) and not _is_edited(draft):
            for chance in _find_others(draft):
                if chance.position in hits and rng.random() < self._thin(draft.pieces[3::2], chance):
                    _write(draft, chance.position, True, rng)

    def _draw(self, pieces: list[str], rng: random.Random) -> list[int]:
        """Return gaps that are hit at no less than their rates."""
        words = pieces[3::2]
        hazards = map(self._hazards.__getitem__, words)
        arrival = -math.log(1.0 - rng.random())
        if arrival > sum(hazards) + self._first + self._last:
            return []
        reached = list(accumulate(self._bound(words)))
        hits: list[int] = []
        while reached and arrival <= reached[-1]:
            at = bisect_left(reached, arrival)
            hits.append(2 * at + 2)
            arrival = reached[at] - math.log(1.0 - rng.random())
        return hits

    def _bound(self, words: list[str]) -> list[float]:
        bound = [self._hazards[word] for word in words]
        if bound:
            bound[0] += self._first
            bound[-1] += self._last
        return bound

    def _thin(self, words: list[str], chance: Chance) -> float:
        """Return the share of hits at a gap that stand."""
        at = chance.position // 2 - 1
        bound = self._hazards[words[at]] + (self._first if at == 0 else 0.0) + (self._last if at == len(words) - 1 else 0.0)
        return min(1.0, self._rates.get(chance.word, 0.0) / max(-math.expm1(-bound), _TINY))


def _is_edited(draft: Draft) -> bool:
    """Whether a text begins with a capital and ends in a mark."""
    first, end = draft.pieces[1][:1], draft.pieces[-1].strip()
    return first.isupper() and end[:1] in (".", "?", "!") and bool(end)


def find_commas(draft: Draft) -> list[int]:
    """Return the positions of the gaps that are just a comma, in order."""
    pieces = draft.pieces
    return [gap for gap in draft.marks() if pieces[gap] in (", ", ",")]


def drop_commas(draft: Draft, rate: float, rng: random.Random) -> None:
    """Drop a share of a draft's commas."""
    for gap in find_commas(draft):
        if rng.random() < rate:
            draft.change(gap, " ", "dropped-comma")


__all__ = ["COMMA", "INNER_COMMA", "Commas", "drop_commas", "find_commas"]

"""Contractions both ways: do not, don't, dont."""

import random
from dataclasses import dataclass

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, match_case
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.habits import Chance, Habit, among, drop, take_up

_NOT = "do does did is are was were has have had could would should must need"
_BE = "i:am you:are we:are they:are it:is he:is she:is that:is there:is what:is who:is where:is here:is"
_WILL = "i:will you:will we:will they:will it:will he:will she:will that:will there:will"
_WOULD = "i:would you:would we:would they:would he:would she:would"
_HAVE = "i:have you:have we:have they:have"
_ENDINGS = {"am": "m", "are": "re", "is": "s", "will": "ll", "would": "d", "have": "ve"}


def _list_pairs() -> dict[tuple[str, str], str]:
    pairs = {(verb, "not"): f"{verb}n't" for verb in _NOT.split()}
    pairs |= {("can", "not"): "can't", ("will", "not"): "won't"}
    for entry in f"{_BE} {_WILL} {_WOULD} {_HAVE}".split():
        subject, _, verb = entry.partition(":")
        pairs[subject, verb] = f"{subject}'{_ENDINGS[verb]}"
    return pairs


_SHORT = _list_pairs()
_FULL = {short: pair for pair, short in _SHORT.items()}
# Without its apostrophe, each of these is another word: it tells nothing when read and misleads when written.
_OTHER_LIST = "we're we'll i'll i'd it's she'll he'll we'd she'd that'll"
_OTHER_WORDS = frozenset(_OTHER_LIST.split())
_BARE = {short.replace("'", ""): short for short in _FULL if short not in _OTHER_WORDS}
_SECOND = frozenset(second for _, second in _SHORT)
_CURLY = frozenset(short.replace("'", "’") for short in _FULL)
_CONTRACTION_WORDS = frozenset((*_FULL, *_CURLY, *_BARE, *_SECOND, "cannot"))
_CONTRACTED_WORDS = frozenset((*_FULL, *_CURLY, *_BARE))
_NEEDS_MORE = frozenset({"am", "are", "is", "will", "would", "have"})


def _find_contractions(draft: Draft) -> list[Chance]:
    chances: list[Chance] = []
    taken = 0
    for at, found in draft.find_words(_CONTRACTION_WORDS):
        word = found.replace("’", "'")
        if word in _FULL or word in _BARE or word == "cannot":
            chances.append(Chance(at, word != "cannot", "can't" if word == "cannot" else _BARE.get(word, word)))
            taken = at
        elif word in _SECOND and at - 2 > taken and _is_full(draft, at - 2, word):
            chances.append(Chance(at - 2, False, _SHORT[draft.pieces[at - 2].lower(), word]))
            taken = at
    return chances


def _is_full(draft: Draft, first: int, second: str) -> bool:
    """Whether the words at `first` and after it stand in full and can be contracted there: "yes it is." can't."""
    pieces = draft.pieces
    if first < 1 or first in draft.frozen or pieces[first + 1] != " " or (pieces[first].lower(), second) not in _SHORT:
        return False
    return second not in _NEEDS_MORE or (
        first + 4 < len(pieces) and pieces[first + 3] == " " and not _keeps_have(second, pieces[first + 4])
    )


def _keeps_have(second: str, following: str) -> bool:
    """Whether "have" is a verb of its own: "I have a card" is hardly ever contracted."""
    return second == "have" and not following.lower().endswith(("ed", "en", "ne", "ot", "de", "st", "nt", "ad"))


def _write_contraction(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    word = draft.pieces[position]
    if not shown:
        short = word.lower().replace("’", "'")
        draft.change(position, match_case(" ".join(_FULL[_BARE.get(short, short)]), word), "contraction")
    elif word.lower() == "cannot":
        draft.change(position, match_case("can't", word), "contraction")
    else:
        short = _SHORT[word.lower(), draft.pieces[position + 2].lower()]
        draft.change(position, match_case(short, word), "contraction")
        draft.change(position + 1, "", "contraction")
        draft.change(position + 2, "", "contraction")


def _find_apostrophes(draft: Draft) -> list[Chance]:
    chances: list[Chance] = []
    for at, found in draft.find_words(_CONTRACTED_WORDS):
        word = found.replace("’", "'")
        if word in _BARE:
            chances.append(Chance(at, True, _BARE[word]))
        elif word in _FULL and word not in _OTHER_WORDS:
            chances.append(Chance(at, False, word))
    return chances


def _write_apostrophe(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    word = draft.pieces[position]
    bare = word.replace("'", "").replace("’", "")
    draft.change(position, bare if shown else match_case(_BARE[bare.lower()], word), "dropped-apostrophe")


CONTRACTED = Habit(
    name="contraction",
    find=_find_contractions,
    write=_write_contraction,
    cue=among(_CONTRACTION_WORDS),
    sign=among(_CONTRACTED_WORDS),
)
"""Contracting where it could be contracted; rates differ by contraction."""
NO_APOSTROPHE = Habit(
    name="dropped-apostrophe",
    find=_find_apostrophes,
    write=_write_apostrophe,
    cue=among(_CONTRACTED_WORDS),
    sign=among(frozenset(_BARE)),
)
"""Leaving the apostrophe out of a contraction; rates differ by contraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contractions:
    """Contracts, expands, and leaves apostrophes out: "do not" -> "don't" -> "dont"."""

    contract: Share = 0.7
    """Share of the full forms that are contracted."""
    expand: Share = 0.0
    """Share of texts whose contractions are all written in full instead."""
    bare: Share = 0.3
    """Share of texts whose contractions lose their apostrophes, where no other word results."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "contractions", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the changed text, or None where there is nothing to contract or expand."""
        draft = Draft(text, spans)
        if rng.random() < self.expand:
            drop(draft, CONTRACTED, rng)
            return draft.noised()
        take_up(draft, CONTRACTED, self.contract, rng)
        if rng.random() < self.bare:
            take_up(draft, NO_APOSTROPHE, 1.0, rng)
        return draft.noised()


__all__ = ["CONTRACTED", "NO_APOSTROPHE", "Contractions"]

"""Look-alike characters, stretched words and emoji."""

import random
import re
from dataclasses import dataclass

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.habits import Chance, Habit, take_up

_TWIN_LIST = "aаàá cсç eеéè iіíl oо0ó pр sѕ5 xх yу nñ uü l1I bЬ dԁ gɡ"
_TWINS = {twins[0]: twins[1:] for twins in _TWIN_LIST.split()}
EMOTICONS = (":)", ":-)", ":(", ";)", ":D", "xD", ":P", "😀", "😂", "🙏", "👍", "😭", "❤️", "🤔")
"""How a text can close with a face, the plainest first."""
_FACE = re.compile(r"[:;=8xX][-o^']?[)(\]\[DPpdoO/\\|*3]+(?!\w)|<3|\^_?\^|[\U0001F300-\U0001FAFF\u2600-\u27BF]")
_STRETCHED = re.compile(r"([a-z])\1\1+", re.IGNORECASE)
_STRETCHABLE = re.compile(
    r"so+|no+|ye+s+|hey+|hi+|ple+a+se+|wa+y|lo+ng|ver+y|hel+o+|ok+a*y*|re+a+l+y"
    r"|pls+|thanks+|ya+y|too+|aw+|hm+|oh+|ah+|ha+|lo+l",
    re.IGNORECASE,
)
_BASE_LIST = "so no yes hey hi please way long very hello helo ok oka okay realy really pls thanks yay too to aw hm oh ah ha lol loong waay"
_BASES = frozenset(_BASE_LIST.split())


def _find_faces(draft: Draft) -> list[Chance]:
    """Return the end of the text: whether an emoticon or emoji stands there."""
    last = len(draft.pieces) - 1
    if last < 1:
        return []
    face = _FACE.search(draft.pieces[last])
    return [Chance(last, face is not None, form=face[0] if face is not None and face[0] in EMOTICONS else "")]


def _write_face(draft: Draft, position: int, shown: bool, rng: random.Random) -> None:
    if shown:
        # Most people write the plain smile.
        close_with_face(draft, EMOTICONS[0] if rng.random() < 0.5 else rng.choice(EMOTICONS))
    else:
        draft.change(position, _FACE.sub("", draft.pieces[position]).rstrip(), "dropped-emoji")


def close_with_face(draft: Draft, face: str) -> None:
    """Put an emoticon or emoji behind a draft."""
    last = len(draft.pieces) - 1
    draft.change(last, f"{draft.pieces[last].rstrip()} {face}", "emoji")


def _find_stretches(draft: Draft) -> list[Chance]:
    """Return the words that people draw out: whether a letter stands three times or more."""
    pieces = draft.pieces
    if _STRETCHED.search(draft.text()) is None:
        return [Chance(at, False) for at, _ in draft.find_words(_BASES)]
    return [Chance(at, _STRETCHED.search(pieces[at]) is not None) for at in draft.words(letters=2) if _STRETCHABLE.fullmatch(pieces[at])]


def _write_stretch(draft: Draft, position: int, shown: bool, rng: random.Random) -> None:
    word = draft.pieces[position]
    if not shown:
        draft.change(position, _STRETCHED.sub(r"\1", word), "unstretched")
        return
    at = max((word.lower().rfind(vowel) for vowel in "aeiouy"), default=-1)
    at = at if at >= 0 else len(word) - 1
    draft.change(position, word[:at] + word[at] * rng.choice((3, 3, 4, 5)) + word[at + 1 :], "stretched")


FACE = Habit(name="emoji", find=_find_faces, write=_write_face, sign=lambda gap: _FACE.search(gap) is not None, at_end=True)
"""Closing with an emoticon or emoji."""
STRETCH = Habit(
    name="stretched",
    find=_find_stretches,
    write=_write_stretch,
    cue=lambda word: word.lower() in _BASES or _STRETCHABLE.fullmatch(word) is not None,
    sign=lambda word: _STRETCHED.search(word) is not None,
)
"""Drawing out a word: "sooo"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookalikes:
    """Swaps letters for characters that look alike: "pаsswоrd" with Cyrillic letters."""

    rate: Share = 0.03
    """Share of the words of three letters or more that get one."""
    texts: Share = 1.0
    """Share of texts that have them at all."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "lookalikes", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with look-alikes, or None where no word got one."""
        if rng.random() >= self.texts:
            return None
        draft = Draft(text, spans)
        words = draft.words(letters=3)
        for hit in draw_hits(rng, len(words), self.rate):
            word = draft.pieces[words[hit]]
            places = [at for at, letter in enumerate(word) if letter in _TWINS]
            if places:
                at = rng.choice(places)
                draft.change(words[hit], word[:at] + rng.choice(_TWINS[word[at]]) + word[at + 1 :], "look-alike")
        return draft.noised()


@dataclass(frozen=True, slots=True, kw_only=True)
class Emoji:
    """Adds emoticons and emoji at the end and draws words out: "thaaanks :)"."""

    texts: Share = 0.15
    """Share of texts that get an emoticon or emoji at the end."""
    stretch: Share = 0.1
    """Share of the words that people draw out ("so", "please") that are."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "emoji", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with emoji, or None where nothing was added."""
        draft = Draft(text, spans)
        take_up(draft, STRETCH, self.stretch, rng)
        take_up(draft, FACE, self.texts, rng)
        return draft.noised()


__all__ = ["EMOTICONS", "FACE", "STRETCH", "Emoji", "Lookalikes", "close_with_face"]

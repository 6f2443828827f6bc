"""What speech recognition writes: no marks, no capitals, and words that sound like others."""

import random
import re
from dataclasses import dataclass

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.casing import lower_all
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.error_kinds import Share

_SETS = """
their/there/they're your/you're its/it's to/too/two for/four by/buy/bye here/hear know/no new/knew right/write weather/whether would/wood
week/weak see/sea meet/meat mail/male sale/sell/cell one/won our/hour are/our be/bee eight/ate road/rode plain/plane piece/peace wait/weight
whole/hole which/witch where/wear made/maid mane/main sun/son some/sum sent/cent/scent sight/site/cite through/threw wear/where role/roll
fair/fare flower/flour great/grate higher/hire pair/pear/pare past/passed rain/reign red/read root/route steal/steel tail/tale toe/tow
waste/waist way/weigh been/bin check/cheque board/bored brake/break cash/cache council/counsel principal/principle than/then affect/effect
accept/except advice/advise lose/loose quiet/quite order/odor ad/add aloud/allowed dear/deer die/dye due/do/dew find/fined guest/guessed
heard/herd him/hymn i'll/aisle/isle in/inn knight/night not/knot pause/paws scene/seen so/sew/sow stair/stare they're/there/their
"""
_HOMOPHONES: dict[str, tuple[str, ...]] = {}
for _words in (entry.split("/") for entry in _SETS.split()):
    for _word in _words:
        _others = (*_HOMOPHONES.get(_word, ()), *(other for other in _words if other != _word))
        _HOMOPHONES[_word] = tuple(dict.fromkeys(_others))

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = tuple(_ONES.split())
_TEN_NAMES = tuple(_TENS.split())
_MARKS = re.compile(r"[.,;:!?…\"()]+")
_SPELLABLE = re.compile(r"(?<![\d.,:/-])\d{1,3}(?![\d:/-]|[.,]\d)", re.ASCII)
SPELLED = "spelled-number"
"""Kind of the only edits that may replace a number that was found by itself."""
_HESITATIONS = ("um", "uh", "er")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Turns a text into what speech recognition might write: "what's the whether like their"."""

    texts: Share = 1.0
    """Share of texts that were spoken."""
    homophones: Share = 0.05
    """Share of the words with a sound-alike that become it."""
    hesitations: Share = 0.02
    """Share of the spaces between words that get an "um"."""
    marks: bool = False
    """Whether the recognizer writes marks and capitals."""
    numbers: bool = False
    """Whether whole numbers up to 999 that were found by themselves are spelled out. Off by default: a scorer may look for the digits."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "speech", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return what was heard, or None where it is the same."""
        if rng.random() >= self.texts:
            return None
        draft = Draft(text, _release_numbers(text, spans) if self.numbers else spans)
        if self.numbers:
            _spell_numbers(draft)
        if not self.marks:
            _drop_marks(draft)
            lower_all(draft)
        self._mishear(draft, rng)
        gaps = [at for at in range(2, len(draft.pieces) - 1, 2) if draft.pieces[at] == " "]
        for hit in draw_hits(rng, len(gaps), self.hesitations):
            draft.change(gaps[hit], f" {rng.choice(_HESITATIONS)} ", "hesitation")
        return draft.noised()

    def _mishear(self, draft: Draft, rng: random.Random) -> None:
        words = [at for at in draft.words(letters=2) if draft.pieces[at].lower() in _HOMOPHONES]
        for hit in draw_hits(rng, len(words), self.homophones):
            draft.change(words[hit], rng.choice(_HOMOPHONES[draft.pieces[words[hit]].lower()]), "homophone")


def _release_numbers(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.kind != "number" or not _SPELLABLE.fullmatch(text[span.start : span.end]))


def _spell_numbers(draft: Draft) -> None:
    for gap in range(0, len(draft.pieces), 2):
        spelled = _SPELLABLE.sub(lambda match: spell_number(int(match[0])), draft.pieces[gap])
        draft.change(gap, spelled, SPELLED)


def _drop_marks(draft: Draft) -> None:
    for gap in range(0, len(draft.pieces), 2):
        marked = draft.pieces[gap]
        if marked and marked != " ":
            bare = _MARKS.sub(" ", marked).strip(" ")
            inside = 0 < gap < len(draft.pieces) - 1
            draft.change(gap, f" {bare} " if bare else " " * inside, "dropped-mark")


def spell_number(number: int) -> str:
    """Return a whole number from 0 to 999 in words.

    Example:
        >>> spell_number(0), spell_number(42), spell_number(305)
        ('zero', 'forty two', 'three hundred five')
    """
    if number < 20:
        return _UNITS[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TEN_NAMES[tens - 2] + (f" {_UNITS[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_UNITS[hundreds]} hundred" + (f" {spell_number(rest)}" if rest else "")


__all__ = ["SPELLED", "Speech", "spell_number"]

"""Names that everybody knows, with or without their capitals: "on monday", "in london", "on tv"."""

import random

from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.habits import Chance, Habit, among

_KNOWN_LIST = """
monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november december
mondays tuesdays wednesdays thursdays fridays saturdays sundays christmas easter halloween thanksgiving ramadan diwali
english spanish french german italian chinese japanese korean arabic hindi russian portuguese dutch greek polish swedish turkish
american british canadian australian indian mexican european african asian irish scottish brazilian
america england britain scotland ireland canada australia mexico brazil argentina france germany spain italy portugal greece poland
netherlands belgium austria switzerland sweden norway denmark finland russia ukraine china japan korea taiwan thailand vietnam
india pakistan bangladesh singapore malaysia indonesia philippines egypt nigeria kenya morocco israel europe africa asia
london manchester edinburgh dublin paris berlin munich hamburg vienna zurich amsterdam brussels madrid barcelona lisbon rome milan venice
athens istanbul moscow warsaw prague budapest stockholm oslo copenhagen helsinki tokyo seoul beijing shanghai bangkok mumbai delhi
sydney melbourne toronto vancouver montreal chicago boston seattle washington philadelphia atlanta miami orlando houston dallas austin
denver detroit york angeles francisco diego vegas texas california florida hawaii alaska ohio michigan virginia
google facebook twitter microsoft youtube netflix spotify instagram whatsapp gmail ebay paypal linkedin skype wikipedia android
windows linux ubuntu samsung toyota mcdonalds starbucks ikea walmart uber airbnb mastercard
john mary james robert michael david susan sarah thomas charles peter paul anna maria jennifer jessica emily george kevin brian jane
tv pm dj cd dvd usb gps usa uk fm bbc cnn nba nfl atm pc vip gmt usd eur gbp
"""
_KNOWN = frozenset(_KNOWN_LIST.split())
_INITIALS_LIST = "tv pm dj cd dvd usb gps usa uk fm bbc cnn nba nfl atm pc vip gmt usd eur gbp"
_INITIALS = frozenset(_INITIALS_LIST.split())
_FIRST_PARTS = {"york": "new", "delhi": "new", "angeles": "los", "vegas": "las", "francisco": "san", "diego": "san"}
_OWN_CAPITALS = {"youtube": "YouTube", "whatsapp": "WhatsApp", "ebay": "eBay", "paypal": "PayPal", "linkedin": "LinkedIn"}
_CALENDAR, _INITIALISM, _OTHER = "day or month", "initials", "name"
_DAYS = frozenset(_KNOWN_LIST.split("\n")[1].split()) | frozenset(word for word in _KNOWN if word.endswith("days"))


def _find(draft: Draft) -> list[Chance]:
    """Return the names but for the first word: whether they stand in small letters."""
    return [Chance(at, draft.pieces[at].islower(), _sort_of(word)) for at, word in draft.find_words(_KNOWN) if at > 1]


def _find_kept(draft: Draft) -> list[Chance]:
    """Return the names that were guessed by their capitals."""
    names = ((at, draft.pieces[at].lower()) for at, kind in draft.frozen.items() if kind == "name")
    return [Chance(at, False, _sort_of(word)) for at, word in names if word in _KNOWN]


def _sort_of(word: str) -> str:
    return _INITIALISM if word in _INITIALS else _CALENDAR if word in _DAYS else _OTHER


def _write(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    word = draft.pieces[position].lower()
    if shown:
        # Others may be names of the text's own people: those lose their capitals only where it is asked for.
        if _sort_of(word) != _OTHER:
            draft.change(position, word, "small-name")
        return
    draft.change(position, word.upper() if word in _INITIALS else _OWN_CAPITALS.get(word, word.capitalize()), "name-capital")
    before = position - 2
    if before > 0 and before not in draft.frozen and draft.pieces[before] == _FIRST_PARTS.get(word):
        draft.change(before, draft.pieces[before].capitalize(), "name-capital")


SMALL_NAME = Habit(
    name="small-name",
    find=_find,
    write=_write,
    cue=among(_KNOWN),
    sign=lambda word: word.islower() and word in _KNOWN,
    find_kept=_find_kept,
)
"""Writing a name in small letters; rates differ between days and months, initials and other names."""

__all__ = ["SMALL_NAME"]

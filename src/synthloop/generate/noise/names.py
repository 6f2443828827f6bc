"""Names that everybody knows, with or without their capitals: "on monday", "in london", "on tv"."""

import random

from synthloop.generate.noise.draft import Draft
from synthloop.generate.noise.habits import Chance, Habit, among

_SORTS = {
    "day or month": """
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays
january february april june july august september october november december christmas easter halloween thanksgiving ramadan diwali
""",
    "language or people": """
english spanish french german italian chinese japanese korean arabic hindi russian portuguese dutch greek polish swedish turkish
american british canadian australian indian mexican european african asian irish scottish brazilian
""",
    "place": """
america england britain scotland ireland canada australia mexico brazil argentina france germany spain italy portugal greece poland
netherlands belgium austria switzerland sweden norway denmark finland russia ukraine china japan korea taiwan thailand vietnam
india pakistan bangladesh singapore malaysia indonesia philippines egypt nigeria kenya morocco israel europe africa asia
london manchester edinburgh dublin paris berlin munich hamburg vienna zurich amsterdam brussels madrid barcelona lisbon rome milan venice
athens istanbul moscow warsaw prague budapest stockholm oslo copenhagen helsinki tokyo seoul beijing shanghai bangkok mumbai delhi
sydney melbourne toronto vancouver montreal chicago boston seattle washington philadelphia atlanta miami orlando houston dallas austin
denver detroit york angeles francisco diego vegas texas california florida hawaii alaska ohio michigan virginia
""",
    "product": """
google facebook twitter microsoft youtube netflix spotify instagram whatsapp gmail ebay paypal linkedin skype wikipedia android
windows linux ubuntu samsung toyota mcdonalds starbucks ikea walmart uber airbnb mastercard
""",
    "first name": """
john mary james robert michael david susan sarah thomas charles peter paul anna maria jennifer jessica emily george kevin brian jane
""",
}
_INITIALS_LIST = "tv pm dj cd dvd usb gps usa uk fm bbc cnn nba nfl atm pc vip gmt usd eur gbp"
_INITIALS = frozenset(_INITIALS_LIST.split())
_SORT_OF = {word: sort for sort, names in _SORTS.items() for word in names.split()} | {word: word for word in _INITIALS}
"""Name in small letters -> what its rate goes by: its sort; initials differ one by one."""
_FIRST_PARTS = {"york": "new", "delhi": "new", "angeles": "los", "vegas": "las", "francisco": "san", "diego": "san"}
_OWN_CAPITALS = {"youtube": "YouTube", "whatsapp": "WhatsApp", "ebay": "eBay", "paypal": "PayPal", "linkedin": "LinkedIn"}


def _find(draft: Draft) -> list[Chance]:
    """Return the names but for the first word: whether they stand in small letters."""
    return [Chance(at, draft.pieces[at].islower(), _SORT_OF[word]) for at, word in draft.find_words(_SORT_OF.keys()) if at > 1]


def find_guessed(draft: Draft) -> list[Chance]:
    """Return the names that were guessed by their capitals."""
    return [Chance(at, False, _SORT_OF.get(draft.pieces[at].lower(), "")) for at, kind in draft.frozen.items() if kind == "name"]


def _find_known(draft: Draft) -> list[Chance]:
    return [chance for chance in find_guessed(draft) if chance.word]


def _write(draft: Draft, position: int, shown: bool, _rng: random.Random) -> None:
    word = draft.pieces[position].lower()
    if shown:
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
    cue=among(frozenset(_SORT_OF)),
    sign=lambda word: word.islower() and word in _SORT_OF,
    find_kept=_find_known,
)
"""Writing a name in small letters; rates differ by sort of name."""

__all__ = ["SMALL_NAME", "find_guessed"]

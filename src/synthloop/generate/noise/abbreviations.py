"""The shorthand of text messages, both ways."""

import random
from dataclasses import dataclass

from synthloop.core.lineage import Spec
from synthloop.core.registry import spec_of
from synthloop.core.span import Noised, Span
from synthloop.generate.noise.draft import Draft, match_case
from synthloop.generate.noise.error_kinds import Share
from synthloop.generate.noise.habits import Chance, Habit, among

# full form: short forms, the usual one first. A short form stands once, for the word it is mostly used for.
_LIST = """
you:u,ya your:ur,yr are:r please:pls,plz thanks:thx,tnx thank you:ty tomorrow:tmrw,tmr,tomo tonight:tonite,2nite today:2day
message:msg messages:msgs text:txt picture:pic pictures:pics people:ppl because:cuz,coz,cos,bc about:abt before:b4 between:btwn
with:w/,wit without:w/o what:wat,wot that:dat this:dis the:da,d them:dem have:hav,hv and:n,nd be:b see:c why:y okay:k,kk
know:kno though:tho through:thru enough:enuf really:rly right:rite probably:prob,prolly definitely:def something:smth,sth someone:sm1
minutes:mins minute:min hour:hr hours:hrs week:wk weeks:wks weekend:wkend month:mth months:mths years:yrs second:sec seconds:secs
monday:mon tuesday:tues wednesday:wed thursday:thurs friday:fri saturday:sat sunday:sun january:jan february:feb september:sept october:oct
november:nov december:dec morning:mrng afternoon:aft evening:eve birthday:bday account:acct,acc number:num address:addr appointment:appt
information:info application:app meeting:mtg document:doc documents:docs question:q questions:qs problem:prob password:pw,pwd
transaction:txn transfer:xfer payment:pymt money:cash reference:ref temperature:temp conference:conf department:dept company:co
manager:mgr approximately:approx maximum:max minimum:min favorite:fav later:l8r,ltr great:gr8 wait:w8 late:l8 good:gd going:goin doing:doin
working:workin talking:talkin having:havin getting:gettin nothing:nothin want to:wanna going to:gonna got to:gotta give me:gimme
let me:lemme kind of:kinda sort of:sorta out of:outta do not know:dunno as soon as possible:asap by the way:btw to be honest:tbh
i don't know:idk as far as i know:afaik in my opinion:imo for example:eg never mind:nvm oh my god:omg right now:rn of course:ofc
just:jus,jst should:shd,shld would:wld could:cld from:frm when:wen where:whr much:mch how are you:hru love:luv come:cum night:nite
also:oso cannot:cant phone:fone sorry:sry,soz maybe:mayb yes:yep,yup,ya no:nope,nah already:alr,alrdy got:gt will:wil been:bin then:den
"""
# Short forms that are words of their own, or far too coarse: never written, and no evidence when read.
_COARSE = "cum cash wit co eve min prob sat sun mon wed mar den bin app temp def num w/ w/o ya acc 2day 2nite b4 l8 l8r gr8 w8 sm1 cant d c"
_NOT_SHORT = frozenset(_COARSE.split())


def _read_list() -> dict[tuple[str, ...], tuple[str, ...]]:
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    words: list[str] = []
    for token in _LIST.split():
        last, colon, shorts = token.partition(":")
        words.append(last)
        if colon:
            usable = tuple(short for short in shorts.split(",") if short not in _NOT_SHORT)
            if usable:
                table[tuple(words)] = usable
            words = []
    return table


_LITTLE = "the that this them have and be see from just should would could much when where what will been got right them know"
_LITTLE_WORDS = frozenset(_LITTLE.split())
_SELDOM = 0.2
"""Few people shorten little words: how often they do, for one who shortens the others always."""

SHORT_FORMS = _read_list()
"""Words of the full form -> short forms, the usual one first."""
FULL_FORMS = {short: " ".join(full) for full, shorts in SHORT_FORMS.items() for short in shorts}
"""Short form -> full form."""
_SINGLE = {full[0]: shorts for full, shorts in SHORT_FORMS.items() if len(full) == 1}
_PHRASES: dict[tuple[str, str], list[tuple[str, ...]]] = {}
for _full in SHORT_FORMS:
    if len(_full) > 1:
        _PHRASES.setdefault((_full[0], _full[1]), []).append(_full)

_FIRST_WORDS = frozenset(first for first, _ in _PHRASES)
_WORDS = frozenset((*_SINGLE, *_FIRST_WORDS, *FULL_FORMS))


def _find_abbreviations(draft: Draft) -> list[Chance]:
    chances: list[Chance] = []
    covered = 0
    for at, word in draft.find_words(_WORDS):
        if at < covered:
            continue
        phrase = _phrase_at(draft, at, word) if word in _FIRST_WORDS else None
        if phrase is not None:
            chances.append(Chance(at, False, " ".join(phrase)))
            covered = at + 2 * len(phrase)
        elif word in _SINGLE:
            chances.append(Chance(at, False, word))
        elif word in FULL_FORMS and (len(word) > 1 or not _is_spelled(draft, at)):
            chances.append(Chance(at, True, FULL_FORMS[word]))
    return chances


def _is_spelled(draft: Draft, at: int) -> bool:
    """Whether a single letter is one of several in a row, as in "r. n. b.", ends in a point, or is an option, as in "-r"."""
    pieces = draft.pieces
    if pieces[at - 1].endswith(("-", "/")) or pieces[at + 1].startswith(("-", "/")):
        return True
    neighbors = (pieces[place] for place in (at - 2, at + 2) if 0 < place < len(pieces))
    return pieces[at + 1].startswith(".") or any(len(word) == 1 and word.lower() not in "uia" for word in neighbors)


def _phrase_at(draft: Draft, at: int, word: str) -> tuple[str, ...] | None:
    pieces, frozen = draft.pieces, draft.frozen
    if at + 2 >= len(pieces):
        return None
    for phrase in _PHRASES.get((word, pieces[at + 2].lower()), ()):
        end = at + 2 * len(phrase) - 1
        inside = range(at + 1, end - 1, 2)
        fits = end <= len(pieces) and all(pieces[gap] == " " and gap + 1 not in frozen for gap in inside)
        if fits and tuple(pieces[place].lower() for place in range(at, end, 2)) == phrase:
            return phrase
    return None


def _write_abbreviation(draft: Draft, position: int, shown: bool, rng: random.Random) -> None:
    pieces = draft.pieces
    word = pieces[position]
    if not shown:
        draft.change(position, match_case(FULL_FORMS[word.lower()], word), "abbreviation")
        return
    phrase = _phrase_at(draft, position, word.lower()) or (word.lower(),)
    shorts = SHORT_FORMS[phrase]
    # The usual form leads: with two forms it is written three times of four.
    short = shorts[0] if len(shorts) == 1 or rng.random() < 0.75 else rng.choice(shorts[1:])
    draft.change(position, match_case(short, word), "abbreviation")
    for piece in range(position + 1, position + 2 * len(phrase) - 1):
        draft.change(piece, "", "abbreviation")


ABBREVIATED = Habit(
    name="abbreviation", find=_find_abbreviations, write=_write_abbreviation, cue=among(_WORDS), sign=among(frozenset(FULL_FORMS))
)
"""Writing the short form of a word that has one; rates differ by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abbreviations:
    """Writes the shorthand of text messages: "please call me tomorrow" -> "pls call me tmrw"."""

    rate: Share = 0.4
    """Share of the words with a short form that get it, in the texts that use shorthand; little words ("that") a fifth as often."""
    texts: Share = 1.0
    """Share of texts that use shorthand at all."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        return spec_of("noisers", "abbreviations", self)

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the text with shorthand, or None where no word got one."""
        if rng.random() >= self.texts:
            return None
        draft = Draft(text, spans)
        for chance in ABBREVIATED.find(draft):
            rate = self.rate * (_SELDOM if chance.word in _LITTLE_WORDS else 1.0)
            if not chance.shown and rng.random() < rate:
                ABBREVIATED.write(draft, chance.position, True, rng)
        return draft.noised()


__all__ = ["ABBREVIATED", "FULL_FORMS", "SHORT_FORMS", "Abbreviations"]

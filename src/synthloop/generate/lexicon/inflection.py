"""English inflection by rule, with the irregular words that the lexicon uses: plurals, -ing forms, past forms."""

import re

_PLURALS = """
child children, foot feet, half halves, knife knives, life lives, man men, person people, potato potatoes, shelf shelves,
stomach stomachs, tomato tomatoes, tooth teeth, wife wives, woman women
"""
_IRREGULAR_PLURALS = {one: several for one, _, several in (entry.strip().partition(" ") for entry in _PLURALS.split(","))}
_HEAD_END = re.compile(r" (?:of|on|in|at|for|with|to|from|by|who|that|about) ")
_LOOKS_PLURAL = re.compile(r"(?<![suiaw'])s$|people$|children$")
_SAME_FORM = {"sms", "gps"}

_PASTS = """
be was been, become became become, begin began begun, break broke broken, bring brought, build built, buy bought, catch caught,
choose chose chosen, come came come, cut cut, deal dealt, do did done, draw drew drawn, drink drank drunk, drive drove driven,
eat ate eaten, fall fell fallen, feed fed, feel felt, fight fought, find found, fly flew flown, forbid forbade forbidden,
forget forgot forgotten, freeze froze frozen, get got,
give gave given, go went gone, hang hung, have had, hear heard, hide hid hidden, hit hit, hold held, hurt hurt, keep kept,
know knew known, lay laid, lead led, leave left, lend lent, let let, lose lost, make made, mean meant, meet met, pay paid, put put,
quit quit, read read, rewrite rewrote rewritten, ride rode ridden, ring rang rung, repay repaid, reset reset, run ran run, say said,
see saw seen, sell sold, send sent, set set, shed shed, show showed shown, shut shut, sing sang sung, sit sat, sleep slept,
speak spoke spoken, spend spent, split split, stand stood, steal stole stolen, stick stuck, take took taken, teach taught, tell told,
think thought, throw threw thrown, understand understood, undo undid undone, wake woke woken, wear wore worn, win won,
withdraw withdrew withdrawn, write wrote written, babysit babysat, proofread proofread, troubleshoot troubleshot,
unfreeze unfroze unfrozen
"""
_IRREGULAR_PASTS = {base: (forms[0], forms[-1]) for base, *forms in (entry.split() for entry in _PASTS.split(","))}
_DOUBLED = re.compile("admit|babysit|begin|cancel|commit|debug|forbid|forget|permit|quit|recap|refer|reset|submit|transfer|travel|unplug")
"""Verbs of more than one syllable, or with `qu`, whose last letter is doubled."""
_ONE_SYLLABLE_CLOSED = re.compile(r"[^aeiou]*[aeiou][bdglmnprt]$")


def plural(noun: str) -> str | None:
    """Return the plural of a noun phrase, or None where it is one already.

    Example:
        >>> plural("number on the card"), plural("delivery"), plural("savings")
        ('numbers on the card', 'deliveries', None)
    """
    at = _HEAD_END.search(noun)
    head, rest = (noun[: at.start()], noun[at.start() :]) if at else (noun, "")
    before, space, word = head.rpartition(" ")
    if _LOOKS_PLURAL.search(word) and word not in _SAME_FORM:
        return None
    return f"{before}{space}{_plural_word(word)}{rest}"


def present_participle(verb: str) -> str:
    """Return the -ing form of a verb or verb phrase.

    Example:
        >>> present_participle("set up ~ call"), present_participle("freeze")
        ('setting up ~ call', 'freezing')
    """
    word, space, rest = verb.partition(" ")
    if word.endswith("ie"):
        word = f"{word[:-2]}y"
    elif word.endswith("e") and not word.endswith(("ee", "oe", "ye")) and word != "be":
        word = word[:-1]
    else:
        word = _double(word)
    return f"{word}ing{space}{rest}"


def past_forms(verb: str) -> tuple[str, str]:
    """Return the simple past and the past participle of a verb or verb phrase.

    Example:
        >>> past_forms("take out"), past_forms("cancel"), past_forms("reply")
        (('took out', 'taken out'), ('cancelled', 'cancelled'), ('replied', 'replied'))
    """
    word, space, rest = verb.partition(" ")
    past, participle = _IRREGULAR_PASTS.get(word) or (_regular_past(word),) * 2
    return f"{past}{space}{rest}", f"{participle}{space}{rest}"


def _plural_word(word: str) -> str:
    if word in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[word]
    if word.endswith(("ss", "x", "z", "ch", "sh", "us", "as", "is")):
        return f"{word}es"
    return f"{word[:-1]}ies" if re.search(r"[^aeiou]y$", word) else f"{word}s"


def _regular_past(word: str) -> str:
    if word.endswith("e"):
        return f"{word}d"
    return f"{word[:-1]}ied" if re.search(r"[^aeiou]y$", word) else f"{_double(word)}ed"


def _double(word: str) -> str:
    return word + word[-1] if _DOUBLED.fullmatch(word) or _ONE_SYLLABLE_CLOSED.fullmatch(word) else word


__all__ = ["past_forms", "plural", "present_participle"]

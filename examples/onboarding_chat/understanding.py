"""What a message says: the slots that it fills, a yes or a no, the wish for a person. Keywords and close spellings, no grammar."""

import re

from amounts import read_amount
from catalog import find_band
from vocabulary import CHANNEL_HINTS, CHANNEL_WORDS, COUNTRY_WORDS, SELLS_WORDS, phrases

SELLS = phrases(SELLS_WORDS)
COUNTRIES = phrases(COUNTRY_WORDS)
CHANNELS = phrases(CHANNEL_WORDS)
CHANNELS_AND_HINTS = phrases(CHANNEL_WORDS, CHANNEL_HINTS)
WORDS = {
    word for table in (SELLS, COUNTRIES, CHANNELS_AND_HINTS) for all_of in table.values() for phrase in all_of for word in phrase.split()
}


def misspell(word: str) -> set[str]:
    """Return how a word looks with two letters swapped, one left out, or one doubled."""
    cuts = [(word[:place], word[place:]) for place in range(1, len(word))]
    swapped = {start + rest[1] + rest[0] + rest[2:] for start, rest in cuts if len(rest) > 1}
    return swapped | {start + rest[1:] for start, rest in cuts} | {start + start[-1] + rest for start, rest in cuts}


def any_of(*phrases: str) -> re.Pattern[str]:
    """Return a pattern that finds any of some phrases, as whole words in any case."""
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


MISSPELT = {form: word for word in sorted(WORDS) if len(word) > 5 for form in misspell(word) - WORDS}
WEB_SHOP = any_of("(?:online|web|internet|etsy|shopify|instagram) (?:shop|store)")
NEGATED = re.compile(
    r"\b(?:not(?! (?:only|just|sure|more))|instead of|rather than|no longer|no (?:shop|store|stall|website)|don'?t|isn'?t)\b"
    r".*?(?=[,;!?]|\.\s|\b(?:but|just|only)\b|$)",
    re.IGNORECASE,
)
YES = any_of("yes", "yeah", "yep", "yup", "ok", "okay", "(?<!not )(?:sure|correct|right|good)", "perfect", "great", "fine", "go ahead",
             "do it", "set (?:it|me) up")  # fmt: skip
NO = any_of("no(?! (?:problem|worries|need|idea))", "nope", "nah", "wrong", "incorrect", "not (?:quite|right|correct|yet|now|really)")
PERSON = any_of(
    "(?:speak|talk|chat)(?:ing)? (?:to|with) (?:an? |the |your )?(?:real |actual )?(?:person|human|someone|somebody|agent|colleague|sales)",
    "(?:real|human|actual) (?:person|being|agent)",
)


def read(text: str, asked: str, *, hints: bool = True) -> dict[str, str]:
    """Return the slots that a message fills.

    Args:
        text: The message.
        asked: The step that waits for an answer: a bare number is money where money was asked for.
        hints: Whether a shop or a stall tells that one sells in person.
    """
    said = normalize(text)
    amount = read_amount(text, bare=asked == "volume")
    sells, countries = find(SELLS, said), find(COUNTRIES, said)
    found = {
        "sells": sells[0] if sells else None,
        "country": countries[-1] if countries else "United States" if asked == "country" and said == "us" else None,
        "channel": read_channel(said, hints=hints),
        "volume": find_band(amount) if amount is not None else None,
    }
    return {slot: value for slot, value in found.items() if value}


def read_channel(said: str, *, hints: bool) -> str | None:
    """Return how one sells: both where both are mentioned."""
    found = set(find(CHANNELS_AND_HINTS if hints else CHANNELS, WEB_SHOP.sub("online", said)))
    return "Both" if len(found) > 1 else next(iter(found), None)


def find(table: dict[str, list[str]], said: str) -> list[str]:
    """Return the values whose phrases occur, in the order in which they do; of phrases that end together, the longest counts."""
    padded = f" {said} "
    hits = [
        (padded.find(f" {phrase} ") + len(phrase), len(phrase), value)
        for value, all_of in table.items()
        for phrase in all_of
        if f" {phrase} " in padded
    ]
    return [value for _, _, value in sorted(hits)]


def normalize(text: str) -> str:
    """Return a message in lower case, without punctuation, its words in the singular and spelt as in the vocabulary."""
    return " ".join(correct_spelling(word) for word in re.findall(r"[a-z]+", text.lower().replace("'", "")))


def correct_spelling(word: str) -> str:
    """Return the word of the vocabulary that is meant, or the word itself, in the singular."""
    known = (form for form in (word, word.removesuffix("s"), MISSPELT.get(word), MISSPELT.get(word.removesuffix("s"))) if form in WORDS)
    return next(known, word)


def drop_negated(text: str) -> str:
    """Return a message without what it says not to be: `50k not 15k` becomes `50k`."""
    return NEGATED.sub("", text)


def says_yes(text: str) -> bool:
    """Whether a decision is taken, without a no beside it."""
    return bool(YES.search(text)) and not says_no(text)


def says_no(text: str) -> bool:
    """Whether a decision is refused."""
    return bool(NO.search(text))


def wants_person(text: str) -> bool:
    """Whether the user asks for a person."""
    return bool(PERSON.search(text))

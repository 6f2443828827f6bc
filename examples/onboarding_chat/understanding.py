"""What a message says: the slots that it fills, a yes or a no, the wish for a person. Keywords, close spellings, and amounts of money."""

import re
from math import prod

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
    return {start + rest[1] + rest[0] + rest[2:] for start, rest in cuts if rest[1:]} | {
        form for start, rest in cuts for form in (start + rest[1:], start + start[-1] + rest)
    }


MISSPELT = {form: word for word in sorted(WORDS) if len(word) > 5 for form in misspell(word) - WORDS}

YES = re.compile(
    r"\b(yes|yeah|yep|yup|(?<!not )sure|ok|okay|(?<!not )(correct|right|good)|perfect|great|fine|go ahead|do it|set (it|me) up)\b", re.I
)
NEGATED = re.compile(
    r"\b(?:not(?! (?:only|just|sure|more))|instead of|rather than|no longer|(?:don'?t|isn'?t) (?:do|sell)?)\b.*?(?=,|\.\s|;|!|\?|\bbut\b|$)",
    re.I,
)
NO = re.compile(r"\b(no(?! (?:problem|worries|need|idea))|nope|nah|wrong|incorrect)\b|\bnot (quite|right|correct|yet|really)\b", re.I)
PERSON = re.compile(
    r"\b(speak|talk|chat)(ing)? (to|with) (an? |the |your )?(real |actual )?(person|human|someone|somebody|agent|colleague|sales)|\b(real|human) (person|being|agent)",
    re.I,
)
WEB_SHOP = re.compile(r"\b(?:online|web|internet|etsy|shopify|instagram) (?:shop|store)s?\b")

NUMBER_WORDS = {"couple of": 2, "couple": 2, "few": 3, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
                "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "eighty": 80}  # fmt: skip
UNITS = {"hundred": 100, "k": 1e3, "grand": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
DAYS = {"day": 1, "week": 7, "month": 30, "year": 360, "annum": 360}
UNIT = r"(?: ?(?:hundred|grand|thousand|k|million|m)\b)"
AMOUNT = re.compile(
    rf"(?P<under>\b(?:under|below|less than) )?(?P<sign>[$€£] ?)?(?:(?P<low>\d+(?:\.\d+)?)(?P<low_unit>{UNIT}*) ?(?:-|to|and|or) ?[$€£]?)?"
    rf"(?P<number>\d+(?:\.\d+)?)(?P<unit>{UNIT}*)\+?(?P<currency> ?(?:[$€£]|(?:euros?|eur|pounds?|quid|dollars?|bucks)\b))?"
    r"(?P<per> ?(?:an?|per|each|every|/) ?(?P<period>day|week|month|year|annum)\b)?"
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
    return "Both" if len(found) > 1 or "both" in said.split() else next(iter(found), None)


def read_amount(text: str, *, bare: bool) -> float | None:
    """Return the amount a month that was named last; of a range, its middle. `bare`: numbers without a unit, currency or period count too."""
    said = re.sub(r"(?<=\d)[,. ](?=\d{3}\b)", "", text.lower())
    said = re.sub(r"\ban? (?=hundred|thousand|grand|million)", "1 ", said)
    for word, number in NUMBER_WORDS.items():
        said = re.sub(rf"\b(?:a )?{word}\b", str(number), said)
    amounts = list(AMOUNT.finditer(said))
    money = [found for found in amounts if any(found[part] for part in ("sign", "unit", "currency", "per"))]
    counted = money or (amounts if bare else [])
    return count_amount(counted[-1]) if counted else None


def count_amount(found: re.Match[str]) -> float:
    """Return a found amount as a number a month."""
    high = float(found["number"]) * count_unit(found["unit"])
    low = float(found["low"] or found["number"]) * count_unit(found["low_unit"] or found["unit"])
    middle = (low + high) / 2 if low <= high else high
    return middle * DAYS["month"] / DAYS[found["period"] or "month"] * (0.99 if found["under"] else 1)


def count_unit(unit: str) -> float:
    """Return the factor of `k`, `thousand`, `hundred thousand`."""
    return prod(UNITS[word] for word in unit.split())


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

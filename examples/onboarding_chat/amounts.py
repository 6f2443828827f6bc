"""Amounts of money a month, as people write them: `20k`, `10-15k`, `£3,000`, `a couple of thousand`, `300 a day`."""

import re
from math import prod

NUMBER_WORDS = {
    "couple of": 2, "couple": 2, "few": 3, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "eighty": 80,
}  # fmt: skip
UNITS = {"hundred": 100, "k": 1e3, "grand": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
DAYS = {"day": 1, "week": 7, "month": 30, "year": 360, "annum": 360}
UNIT = r"(?: ?(?:hundred|grand|thousand|k|million|m)\b)"
AMOUNT = re.compile(
    rf"(?P<under>\b(?:under|below|less than) )?(?P<sign>[$€£] ?)?(?:(?P<low>\d+(?:\.\d+)?)(?P<low_unit>{UNIT}*) ?(?:-|to|and|or) ?[$€£]?)?"
    rf"(?P<number>\d+(?:\.\d+)?)(?P<unit>{UNIT}*)\+?(?P<currency> ?(?:[$€£]|(?:euros?|eur|pounds?|quid|dollars?|bucks)\b))?"
    r"(?P<per> ?(?:an?|per|each|every|/) ?(?P<period>day|week|month|year|annum)\b)?"
)


def read_amount(text: str, *, bare: bool) -> float | None:
    """Return the amount a month that was named last; of a range, its middle. `bare`: numbers without unit or currency count too."""
    said = re.sub(r"(?<=\d)[,. ](?=\d{3}\b)", "", text.lower())
    said = re.sub(r"(?<=\d),(?=\d)", ".", said)
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

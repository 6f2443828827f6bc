"""Takes personal data out of real messages before a model sees them: patterns for what has a form, and for names that are announced.

What is found is replaced by a placeholder such as `[EMAIL_1]`, the same one for the same value within a text. The way back is kept by the
caller alone. Names are only found where the text says so ("my name is ..."): no pattern finds all of them, so look at a sample of what is
left before you share it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["EMAIL", "CARD", "IBAN", "PHONE", "KEY", "IP", "URL", "NAME"]

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_SECRET_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]*://[^\s/@]+:[^\s/@]+@[^\s]+|\bhttps?://\S*[?&](?:key|token|secret|sig|password)=\S+", re.IGNORECASE
)
_KEY = re.compile(
    r"\b(?:sk-|sk_|pk_|rk_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abeprs]-|AKIA|AIza|hf_|eyJ)[A-Za-z0-9_.-]{8,}"
    r"|\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[a-z])(?=[A-Za-z0-9_-]*[A-Z])[A-Za-z0-9_-]{32,}\b"
    r"|\b[0-9a-fA-F]{40,}\b"
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}(?![\w:])")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d{1,3}[ .-]?|00\d{1,3}[ .-]?)?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){2,4}(?![\w/-]|[.,]\d)"
)
_ANNOUNCED = r"[Mm]y name(?:'s| is)|[Nn]ame:|[Tt]his is|[Ii] am|[Ii]'m|(?:[Rr]egards|[Cc]heers|[Bb]est|[Ss]igned),?|[Dd]ear|[Hh]i|[Hh]ello"
_PROPER = r"[A-Z][a-z]+(?:[-'][A-Z][a-z]+)?"
_NAME = re.compile(rf"(?:\b(?:{_ANNOUNCED})\s+|\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+)(?P<name>{_PROPER}(?:\s{_PROPER})?)")
_NO_NAMES = frozenset(
    [
        "There",
        "Team",
        "All",
        "Everyone",
        "Sir",
        "Madam",
        "Support",
        "Folks",
        "Guys",
        "Sorry",
        "Thanks",
        "Please",
        "Still",
        "Not",
        "The",
        "Just",
        "Going",
    ]
)
_PHONE_DIGITS = range(8, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """A text without personal data."""

    text: str
    found: Mapping[str, str]
    """Placeholder -> what stood there. Never leaves the machine, and is never saved by synthloop."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What was found, one entry a value."""
        return tuple(_kind_of(placeholder) for placeholder in self.found)


def scrub(text: str) -> Scrubbed:
    """Replace personal data by placeholders.

    Example:
        >>> scrub("mail me at ana@example.org or call +351 912 345 678, ana@example.org is best").text
        'mail me at [EMAIL_1] or call [PHONE_1], [EMAIL_1] is best'
    """
    found: dict[str, str] = {}
    names: dict[tuple[Kind, str], str] = {}
    for kind, pattern, accept in _RULES:
        text = pattern.sub(lambda match, kind=kind, accept=accept: _replace(match, kind, accept, names, found), text)
    return Scrubbed(text=text, found=found)


def restore(scrubbed: str, found: Mapping[str, str]) -> str:
    """Put what was taken out back in, in a text that may have changed meanwhile.

    Example:
        >>> restore("i will call [PHONE_1]", {"[PHONE_1]": "555 010 0199"})
        'i will call 555 010 0199'
    """
    for placeholder, value in found.items():
        scrubbed = scrubbed.replace(placeholder, value)
    return scrubbed


def scrub_all(texts: Iterable[str]) -> tuple[tuple[str, ...], dict[str, int]]:
    """Scrub texts and count what was found, by kind."""
    cleaned: list[str] = []
    counts: Counter[str] = Counter()
    for text in texts:
        scrubbed = scrub(text)
        cleaned.append(scrubbed.text)
        counts.update(scrubbed.kinds)
    return tuple(cleaned), dict(sorted(counts.items()))


def _replace(
    match: re.Match[str], kind: Kind, accept: Callable[[str], bool], names: dict[tuple[Kind, str], str], found: dict[str, str]
) -> str:
    group = "name" if kind == "NAME" else 0
    value = match[group]
    if not accept(value):
        return match[0]
    placeholder = names.get((kind, value))
    if placeholder is None:
        placeholder = names[kind, value] = f"[{kind}_{1 + sum(known == kind for known, _ in names)}]"
        found[placeholder] = value
    return match[0][: match.start(group) - match.start()] + placeholder + match[0][match.end(group) - match.start() :]


def _kind_of(placeholder: str) -> Kind:
    name = placeholder[1:].rpartition("_")[0]
    return next(kind for kind, _, _ in _RULES if kind == name)


def _has_luhn(value: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812)."""
    digits = [int(letter) for letter in value if letter.isdigit()]
    doubled = [digit if place % 2 == 0 else (2 * digit - 9 if digit > 4 else 2 * digit) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0 and len(set(digits)) > 1


def _is_iban(value: str) -> bool:
    """Check the two digits of an IBAN (ISO 13616)."""
    bare = value.replace(" ", "")
    moved = bare[4:] + bare[:4]
    return 15 <= len(bare) <= 34 and int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _is_phone(value: str) -> bool:
    digits = sum(letter.isdigit() for letter in value)
    return digits in _PHONE_DIGITS and not re.fullmatch(r"\d{4}[-./ ]\d{2}[-./ ]\d{2}|\d{2}[-./ ]\d{2}[-./ ]\d{4}", value)


def _is_ip(value: str) -> bool:
    return ":" in value or all(int(part) < 256 for part in value.split("."))


def _is_name(value: str) -> bool:
    return value.split(maxsplit=1)[0] not in _NO_NAMES


def _is_any(_value: str) -> bool:
    return True


_RULES: tuple[tuple[Kind, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("URL", _SECRET_URL, _is_any),
    ("EMAIL", _EMAIL, _is_any),
    ("KEY", _KEY, _is_any),
    ("IBAN", _IBAN, _is_iban),
    ("CARD", _CARD, _has_luhn),
    ("IP", _IP, _is_ip),
    ("PHONE", _PHONE, _is_phone),
    ("NAME", _NAME, _is_name),
)

__all__ = ["Kind", "Scrubbed", "restore", "scrub", "scrub_all"]

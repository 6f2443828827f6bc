"""How personal data looks: patterns for what has a form, checks of its digits, and words that announce it.

Patterns are wide and checks narrow. Where a number could be an order's as well as a phone's, the words before it decide.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Literal

from synthloop.curate.personal_names import NAMES, is_name

Kind = Literal["EMAIL", "CARD", "IBAN", "PHONE", "KEY", "IP", "URL", "NAME"]

Accept = Callable[[str, str], bool]
"""Takes what a pattern found and the text before it; tells whether it is personal data."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One form of personal data."""

    kind: Kind
    pattern: re.Pattern[str]
    """The value is what its group `value` found, where it has one, else all of it."""
    accept: Accept
    proven: bool = False
    """Whether the check proves a value: then one that fails may be a value with other digits after it, and is tried without those."""


_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@| ?[(\[]at[)\]] ?)[\w-]{1,63}(?:\.[\w-]{1,63})+")
_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/@]{1,200}:[^\s/@]{1,200}@[^\s]{0,1000}[^\s.,;:!?)\]}'\"]"
    r"|\bhttps?://[^\s?]{1,1000}\?(?:[^\s&]{0,1000}&){0,50}[\w-]{0,40}(?:key|token|secret|sig|signature|passw(?:or)?d|pwd|auth|session|sid)=\S{0,1000}[^\s.,;:!?)\]}'\"]",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|\b(?:sk-|sk_|pk_|rk_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abeprs]-|AKIA|AIza|hf_|eyJ)[A-Za-z0-9_.-]{7,}[A-Za-z0-9_-]"
    r"|(?<![\w-])(?=[A-Za-z0-9_-]{0,500}\d)(?=[A-Za-z0-9_-]{0,500}[a-z])(?=[A-Za-z0-9_-]{0,500}[A-Z])[A-Za-z0-9_-]{32,}\b"
    r"|\b[0-9a-fA-F]{40,}\b",
    re.DOTALL,
)
_BEFORE_KEY = (
    r"password|passwd|passcode|passphrase|passwort|kennwort|contraseña|mot de passe|senha|pass(?=\s*[:=])|pwd?|pin|otp"
    r"|(?:\w{0,40}_)?(?:api|access)[ _-]?key(?:_id)?|(?:\w{0,40}_)?(?:secret|token)|authorization"
)
_SECRET = re.compile(rf"\b(?:{_BEFORE_KEY})(?:\s+is\s+|\s*[:=]\s*)(?:Bearer\s+)?(?P<value>[^\s,;]{{4,}}[^\s.,;:!?)])", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b|\b[a-z]{2}\d{2}[a-z0-9]{11,30}\b")
_CARD = re.compile(r"(?<![\w-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])")
_IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]|-\d)"
    r"|(?<![\w:.])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){1,6}:(?:[0-9a-fA-F]{1,4}|:)(?!:?\w)"
)
_PHONE = re.compile(r"(?<![\w.,/+#-])(?:\+|\(\+?)?\d(?:[ ./-]?[()]?[ ]?\d){5,14}(?![\w/-]|[.,]\d)")

_PHONE_WORD = re.compile(
    r"\b(?:call|phone|telephone|tel|mobile|cell|ring|text|whats ?app|fax|sms|reach|dial|telefon\w*|mobil|handy|t[eé]l|t[eé]l[eé]phone"
    r"|portable|tel[eé]fono|m[oó]vil|celular|cellulare|telem[oó]vel)\b[^.!?\n\d]{0,25}$"
    r"|\bnumber(?:'s| is| was|:)[^.!?\n\d]{0,10}$",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:order|ticket|invoice|tracking|ref|reference|case|id|isbn|account|policy|booking|version|item|sku|serial|model|bug|issue|pid|code)"
    r"(?:\s*(?:number|no|nr|is|was))?|#)[\s.:#]*$",
    re.IGNORECASE,
)
_VERSION_WORD = re.compile(r"\b(?:version|v|ver|release|build)[\s.:]*$", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}(?:[ T]\d{1,2})?|\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4}(?:[ ]\d{1,2})?|(?:19|20)\d\d[-/ ](?:19|20)?\d{2,4}"
)
_LONGEST_GROUP = 5
"""Digits in a row in a phone number that is written in groups; the last group may be longer."""


def _has_luhn(value: str, _before: str) -> bool:
    """Check the last digit of a card number (ISO/IEC 7812)."""
    digits = [int(letter) for letter in value if letter.isdecimal()]
    doubled = [digit if place % 2 == 0 else (2 * digit - 9 if digit > 4 else 2 * digit) for place, digit in enumerate(reversed(digits))]
    return len(digits) >= 13 and sum(doubled) % 10 == 0 and len(set(digits)) > 1


def _is_iban(value: str, _before: str) -> bool:
    """Check the two digits of an IBAN (ISO 13616)."""
    bare = value.replace(" ", "")
    moved = bare[4:] + bare[:4]
    return 15 <= len(bare) <= 34 and moved.isascii() and int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _is_phone(value: str, before: str) -> bool:
    """Tell a phone number from dates, order numbers and other digits: by its form, and by the words before it."""
    digits = [letter for letter in value if letter.isdecimal()]
    abroad = value.lstrip("(").startswith("+")
    if not 7 <= len(digits) <= 15 or _DATE.fullmatch(value) or (_OTHER_NUMBER.search(before) and not abroad):
        return False
    if abroad or value.lstrip("(").startswith("00") or _PHONE_WORD.search(before):
        return True
    groups = re.findall(r"\d+", value)
    if len(groups) == 1:
        return value.startswith("0") and 10 <= len(digits) <= 11
    if len(groups) == 2:
        return value.startswith("0") and "." not in value and 9 <= len(digits) <= 11
    return 9 <= len(digits) <= 13 and _is_grouped(groups) and not value.startswith(("978", "979"))


def _is_grouped(groups: list[str]) -> bool:
    """Tell whether digits come in groups as those of phone numbers do: not one by one, nor in pairs unless there are five."""
    if max(map(len, groups[:-1])) > _LONGEST_GROUP:
        return False
    return len(groups) == 5 if all(len(group) == 2 for group in groups) else sum(len(group) == 1 for group in groups) <= 1


def _is_ip(value: str, before: str) -> bool:
    if ":" not in value:
        return not _VERSION_WORD.search(before) and _is_address(value, IPv4Address)
    return len(value) > 4 and any(letter.isdecimal() for letter in value) and _is_address(value, IPv6Address)


def _is_address(value: str, kind: type[IPv4Address] | type[IPv6Address]) -> bool:
    try:
        kind(value)
    except AddressValueError:
        return False
    return True


def _is_secret(value: str, _before: str) -> bool:
    """Tell a secret from what is said of one: `my password is wrong`."""
    return any(not letter.isalpha() for letter in value.strip("'\"-"))


def _is_any(_value: str, _before: str) -> bool:
    return True


RULES: tuple[Rule, ...] = (
    Rule("URL", _URL, _is_any),
    Rule("EMAIL", _EMAIL, _is_any),
    Rule("KEY", _KEY, _is_any),
    Rule("KEY", _SECRET, _is_secret),
    Rule("IBAN", _IBAN, _is_iban, proven=True),
    Rule("CARD", _CARD, _has_luhn, proven=True),
    Rule("IP", _IP, _is_ip),
    Rule("PHONE", _PHONE, _is_phone),
    *(Rule("NAME", pattern, is_name) for pattern in NAMES),
)
"""In the order in which they are tried; what one took is nobody else's."""

__all__ = ["RULES", "Accept", "Kind", "Rule"]

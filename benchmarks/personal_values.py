"""Personal data to plant, with the ways in which people bring it up, and what only looks like it. All of it is made up."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_FIRST = "Ana Tom Priya Okafor Li Wei Fatima Jürgen Zoë Ngozi Siobhán José Ayşe Łukasz Björn Chloé Ahmed Mei Ivan Olga Raj Hiro"
FIRST = _FIRST.split()
_LAST = "Silva,Müller,O'Brien,van Dijk,Nguyen,Okonkwo,Kowalski,García,Rossi,Smith,Yılmaz,Ivanova,Park,Dubois,Novák,de la Cruz"
LAST = _LAST.split(",")
WORDS = ("river", "lamp", "orange", "stone", "cloud", "paper", "window", "garden", "silver", "candle")


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def say_digits(rng: random.Random, form: str) -> str:
    return "".join(rng.choice("23456789") if letter == "#" else letter for letter in form)


def make_email(rng: random.Random) -> str:
    user = rng.choice(["{f}.{l}", "{f}{n}", "{f}_{l}", "{f}+{w}", "{w}.{w}"])
    user = user.format(f=rng.choice(FIRST[:4]).lower(), l=rng.choice(["silva", "obrien"]), n=digits(rng, 2), w=rng.choice(WORDS))
    return f"{user}@{rng.choice(WORDS)}.{rng.choice(['com', 'co.uk', 'org', 'example', 'de'])}"


PHONES = (
    "+44 20 #### ####",
    "+1 (###) ###-####",
    "(###) ###-####",
    "###-###-####",
    "+49 ### #######",
    "0### #######",
    "+351 9## ### ###",
    "+91 98### #####",
    "07### ######",
    "01 ## ## ## ##",
    "06.##.##.##.##",
    "+33 6 ## ## ## ##",
    "+7 (9##) ###-##-##",
    "###.###.####",
    "1-800-###-####",
    "+86 138 #### ####",
    "0049##########",
    "555-####",
    "+4479########",
)


def make_phone(rng: random.Random) -> str:
    return say_digits(rng, rng.choice(PHONES))


def luhn(body: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def make_card(rng: random.Random) -> str:
    card = luhn(rng.choice(["4", "5"]) + digits(rng, 14))
    forms = [card, " ".join(card[at : at + 4] for at in range(0, 16, 4)), "-".join(card[at : at + 4] for at in range(0, 16, 4))]
    amex = luhn("37" + digits(rng, 12))
    return rng.choice([*forms, amex, f"{amex[:4]} {amex[4:10]} {amex[10:]}"])


def make_iban(rng: random.Random) -> str:
    country, length = rng.choice([("DE", 18), ("FR", 23), ("GB", 18), ("ES", 20), ("NL", 14), ("PT", 21)])
    letters = {"GB": "BARC", "NL": "ABNA"}.get(country, "")
    body = letters + digits(rng, length - len(letters))
    number = int("".join(str(int(letter, 36)) for letter in body + country + "00"))
    iban = f"{country}{98 - number % 97:02d}{body}"
    return rng.choice([iban, " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)), iban.lower()])


def make_ip(rng: random.Random) -> str:
    four = ".".join(str(rng.randrange(1, 255)) for _ in range(4))
    return rng.choice(
        [four, four, f"fe80::{rng.randrange(4096):x}:{rng.randrange(65536):x}", f"2001:db8:0:0:0:0:2:{rng.randrange(4096):x}"]
    )


def make_key(rng: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
    tail = "a1B" + "".join(rng.choice(letters) for _ in range(33))
    return rng.choice(
        [f"sk-{tail}", f"ghp_{tail}", f"AKIA{tail[:16].upper()}", f"xoxb-{digits(rng, 12)}-{tail}", f"eyJ{tail}.{tail}.{tail}", tail]
    )


def make_url(rng: random.Random) -> str:
    secret = "".join(rng.choice("abcdef0123456789") for _ in range(10))
    return rng.choice(
        [
            f"https://bob:{secret}@host.example/x",
            f"postgres://app:{secret}@db:5432/main",
            f"https://x.example/f?token={secret}",
            f"https://x.example/f?a=1&api_key={secret}",
        ]
    )


def make_name(rng: random.Random) -> str:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    return rng.choice([first, f"{first} {last}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A kind of personal data, and how messages hold it: `{m}` is the message, `{x}` the value."""

    make: Callable[[random.Random], str]
    known: Sequence[str]
    """Ways that the patterns were written for."""
    other: Sequence[str]
    """Ways that were written after the patterns; those for names were never fitted to them."""


_KNOWN = (
    "{m}. my email is {x}",
    "{m}. you can reach me at {x} after 5",
    "{m} its {x} thx",
    "please use {x}, not the old one. {m}",
    "{x} is what i used, {m}",
    "{m} ({x})",
    "i sent it from {x}. {m}",
    "hi, still waiting. contact: {x}. {m}",
)
_OTHER = ("{m} -> {x}", "{x}: {m}", "{m}\n{x}", "{m}, see {x} for the rest", "about {x}, {m}", "{m} [{x}]", "{m} and also {x} ;)")

PLANTED: Mapping[str, Planted] = {
    "EMAIL": Planted(make=make_email, known=_KNOWN, other=(*_OTHER, "cc {x} on that. {m}", "{m}. my paypal goes under {x}")),
    "PHONE": Planted(
        make=make_phone,
        known=(
            "{m}. call me on {x}",
            "my number is {x} ok? {m}",
            "{m} tel {x}",
            "text {x} when its done. {m}",
            "i am on {x}, not the old one. {m}",
        ),
        other=(*_OTHER, "{m} (mobil {x})", "leave a message at {x}. {m}", "{m}. the landline's {x}", "{x} is her cell. {m}"),
    ),
    "CARD": Planted(
        make=make_card,
        known=("card {x} was charged twice. {m}", "{m} its {x} exp 09/27", "{m}. number {x}"),
        other=(*_OTHER, "paid with visa {x}, {m}", "{m} cc: {x}/09/27"),
    ),
    "IBAN": Planted(
        make=make_iban,
        known=("{m}. send it to {x}", "iban {x} please. {m}", "my account: {x}. {m}"),
        other=(*_OTHER, "{m}, wire the rest to {x} today", "bank details {x} {m}"),
    ),
    "IP": Planted(
        make=make_ip,
        known=("server {x} is down. {m}", "{m} i log in from {x}", "ping {x} {m}"),
        other=(*_OTHER, "{m}. ssh root@{x} hangs", "http://{x}/admin is open, {m}"),
    ),
    "KEY": Planted(
        make=make_key,
        known=("use {x} for now. {m}", "{m} key: {x}", "it says {x} is invalid. {m}"),
        other=(*_OTHER, '{m} export K="{x}"', "curl -H 'X-Auth: {x}' {m}"),
    ),
    "URL": Planted(
        make=make_url,
        known=("see {x} {m}", "{m} its at {x} ok", "{m} ({x})"),
        other=(*_OTHER, "<{x}> {m}", "{m}. log in here {x}, then wait"),
    ),
    "NAME": Planted(
        make=make_name,
        known=(
            "my name is {x} and i lost it. {m}",
            "Hi, this is {x} from accounting. {m}",
            "{m}\nName: {x}",
            "{m}. please ask Dr. {x}",
            "{m} thanks,\n{x}",
            "{m} Regards, {x}",
            "I'm {x}, we spoke yesterday. {m}",
            "Dear {x}, {m}",
            "{m}, my name's {x}",
            "Mrs {x} told me so. {m}",
            "{m} signed, {x}",
            "i am called {x} {m}",
            "{m}\nbest regards\n{x}",
            "{x} wants to know: {m}",
            "pls tell {x} too. {m}",
            "{x} and i talked about it, {m}",
            "hola soy {x}, {m}",
            "{x} from sales said so, {m}",
        ),
        other=(
            *_OTHER,
            "{m}. {x} promised it by monday",
            "can you get {x} on the line, {m}",
            "{m} ask for {x} at the desk",
            "its for my client {x}. {m}",
            "according to {x} {m}",
            "{m} as {x} wrote in the last mail",
            "book it in {x}'s name. {m}",
            "{m}, lg {x}",
            "i sent {x} the form. {m}",
            "{m} / {x}",
        ),
    ),
}
"""Kind -> how it is planted."""

ALIKE: list[Callable[[random.Random], str]] = [
    lambda rng: f"order {digits(rng, 8)} is late",
    lambda rng: f"ticket #{digits(rng, 6)} please",
    lambda rng: f"book it for 2026-{rng.randrange(10, 13)}-{rng.randrange(10, 28)} at {rng.randrange(1, 12)}:30",
    lambda rng: f"it cost {rng.randrange(1, 9)},{digits(rng, 3)},{digits(rng, 3)}.50 dollars",
    lambda rng: f"version {rng.randrange(9)}.{rng.randrange(20)}.{rng.randrange(300, 999)}.{digits(rng, 4)} crashes",
    lambda rng: f"room {digits(rng, 3)} or {digits(rng, 3)}, {rng.randrange(1, 12)}-{rng.randrange(1, 12)} pm",
    lambda rng: f"call me {rng.choice(['Tomorrow', 'asap', 'later', 'at 10 or 11'])} please",
    lambda rng: f"This is {rng.choice(['Urgent', 'Ridiculous', 'Bad', 'What I mean', 'London calling', 'Monday again', 'Spam'])}",
    lambda rng: f"I'm {rng.choice(['Sure', 'Waiting', 'Done with this', 'In Paris', 'Going home', 'OK', 'Very angry', 'Trying'])}",
    lambda rng: f"Hi {rng.choice(['Support', 'There', 'Team', 'Everyone', 'Guys', 'again'])}, any news?",
    lambda rng: f"Dear {rng.choice(['Sir', 'Customer Service', 'Madam', 'All', 'Bank'])}, it failed",
    lambda rng: f"card ending {digits(rng, 4)}, exp 0{rng.randrange(1, 9)}/27",
    lambda rng: f"tracking 1Z{digits(rng, 6)}{rng.choice('ABC')}{digits(rng, 9)}",
    lambda rng: f"scores were {digits(rng, 2)} {digits(rng, 2)} {digits(rng, 2)}",
    lambda rng: f"isbn 978-3-{digits(rng, 2)}-{digits(rng, 6)}-{digits(rng, 1)}",
    lambda rng: f"open https://shop.example/p/{digits(rng, 5)}?page=2",
    lambda rng: f"{rng.choice(WORDS)} {rng.choice(WORDS)} at 10:30:{rng.randrange(10, 59)}",
    lambda rng: f"from 1990 to 2024, {rng.randrange(10, 99)}%",
    lambda rng: f"invoice {rng.randrange(2015, 2026)}-{digits(rng, 4)} of 12.03.2024",
]


SEEN = {
    "can someone get Helena to call me back, 020 7946 0018": ("Helena", "020 7946 0018"),
    "username: k.lindqvist77 pass: Winter2026": ("k.lindqvist77", "Winter2026"),
    "acct 40301885, sort code 60-16-13": ("40301885", "60-16-13"),
    "Marcus Webb asked me to forward this": ("Marcus Webb",),
    "i'm emailing on behalf of Ingrid Solberg": ("Ingrid Solberg",),
    "hiya, Deepak from marketing again": ("Deepak",),
    "@maria_k98 told me to dm you": ("maria_k98",),
    "contact: tobias.kern@firma.example, mobil 0151 23456789": ("tobias.kern@firma.example", "0151 23456789"),
    "my daughter Sophie's card 5105105105105100 got eaten": ("Sophie", "5105105105105100"),
    "sent from my phone - Aiko": ("Aiko",),
    "deliver to 14 Elm Grove, flat 3, attn R. Patel": ("14 Elm Grove", "R. Patel"),
    "passport no is K1234567": ("K1234567",),
    "dob 14/02/1987": ("14/02/1987",),
    "the ip was 203.0.113.77, port 22": ("203.0.113.77",),
    "FR14 2004 1010 0505 0001 3M02 606 is my iban": ("FR14 2004 1010 0505 0001 3M02 606",),
    "api key = 9f8a7b6c5d4e3f2a1b0c": ("9f8a7b6c5d4e3f2a1b0c",),
    "Con un saludo, Andrés": ("Andrés",),
    "bonjour, c'est Amélie Roux, 07 81 23 45 67": ("Amélie Roux", "07 81 23 45 67"),
    "call Wes or Jo at +1-303-555-0186": ("Wes", "Jo", "+1-303-555-0186"),
    "I AM JOHN DOE AND I WANT MY MONEY": ("JOHN DOE",),
}
"""Hard messages -> the personal data in them. The patterns were changed after them."""

FRESH = {
    "bonsoir, ici Camille Laurent, mon portable est le 06 98 76 54 32": ("Camille Laurent", "06 98 76 54 32"),
    "hey its dave from unit 4, ring me 07700 900123": ("dave", "07700 900123"),
    "can u resend to priya_s (at) webmail.example": ("priya_s (at) webmail.example",),
    "IBAN: GB33BUKB20201555555555 thx": ("GB33BUKB20201555555555",),
    "it says that the user mkowalski is locked": ("mkowalski",),
    "the parcel goes to Łucja Nowak, ul. Długa 5": ("Łucja Nowak", "ul. Długa 5"),
    "Guten Tag, hier spricht Frau Schneider, Handy 0171 2345678": ("Schneider", "0171 2345678"),
    "visa 4012888888881881 exp 04/29 cvv 123": ("4012888888881881", "123"),
    "ssh admin@198.51.100.23 asks for a password": ("198.51.100.23",),
    "token: ghp_16C7e42F292c6912E7710c838347Ae178B4a": ("ghp_16C7e42F292c6912E7710c838347Ae178B4a",),
    "Ask Mohammed or Sofía about it": ("Mohammed", "Sofía"),
    "Best, T. Okonkwo": ("T. Okonkwo",),
    "my boss Hr. Andersen said no": ("Andersen",),
    "born 3 March 1990": ("3 March 1990",),
    "NHS number 943 476 5919": ("943 476 5919",),
    "reach me on signal +1 (415) 555-0132 / wes@mail.example": ("+1 (415) 555-0132", "wes@mail.example"),
    "love from grandma Edith x": ("Edith",),
    "Nguyễn Văn An đã đặt bàn": ("Nguyễn Văn An",),
}
"""Others, written after the last change and never used for one."""

__all__ = ["ALIKE", "FRESH", "PLANTED", "SEEN", "Planted"]

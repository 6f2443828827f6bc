"""How much personal data the scrubber finds, and how much it takes for personal data that is none.

Recall: values of each kind, in the forms in which people write them in several countries, put into messages; a value counts as found where
no part of it is left, with its kind. Precision: the share of all replacements that hit such a value, over these messages and over as many
messages that hold only what looks alike (order numbers, dates, amounts, versions, places, weekdays). Then, on real messages, how often
anything is found at all: those of banking77 and hwu64 were written for data sets and hold hardly any personal data, so most of
what is found there is wrong.

The values come from generators below, and the patterns were improved on them: take those figures as an upper bound. The fresh messages,
which nothing was changed for, show what is to be expected.

    python benchmarks/scrubber.py [--count 500] [--show]
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Sequence

from data_sets import banking_rows, irc_texts, router_rows, sms_texts, typed_hwu_texts
from synthloop.curate.personal_data import scrub

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


FRAMES = (
    "my email is {x}",
    "you can reach me at {x} after 5",
    "its {x} thx",
    "please use {x}, not the old one",
    "{x} is what i used",
    "({x})",
    "i sent it from {x}.",
    "hi, still waiting. contact: {x}",
)
PHONE_FRAMES = ("call me on {x}", "my number is {x} ok?", "tel {x}", "text {x} when its done", "i am on {x}, not the old one")
NAME_FRAMES = (
    "my name is {x} and i lost it",
    "Hi, this is {x} from accounting",
    "Name: {x}",
    "please ask Dr. {x}",
    "thanks,\n{x}",
    "Regards, {x}",
    "I'm {x}, we spoke yesterday",
    "Dear {x}, where is it",
    "my name's {x}",
    "Mrs {x} told me so",
    "signed, {x}",
    "i am called {x}",
    "best regards\n{x}",
)
LOWER_NAMES = ["my name is {x}", "my names {x}", "name's {x} btw"]

KINDS: dict[str, tuple[Callable[[random.Random], str], Sequence[str]]] = {
    "EMAIL": (make_email, FRAMES),
    "PHONE": (make_phone, PHONE_FRAMES),
    "CARD": (make_card, ["card {x} was charged twice", "its {x} exp 09/27", "number {x}"]),
    "IBAN": (make_iban, ["send it to {x}", "iban {x} please", "my account: {x}."]),
    "IP": (make_ip, ["server {x} is down", "i log in from {x}", "ping {x}"]),
    "KEY": (make_key, ["use {x} for now", "key: {x}", "it says {x} is invalid"]),
    "URL": (make_url, ["see {x}", "its at {x} ok", "({x})"]),
    "NAME": (make_name, NAME_FRAMES),
}

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


FRESH = {
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
"""Messages that were written after the patterns and never used to change them -> the personal data in them."""


def measure_fresh() -> None:
    values = [(text, value) for text, found in FRESH.items() for value in found]
    missed = [value for text, value in values if value in scrub(text).text]
    print(f"fresh messages: {len(values) - len(missed)} of {len(values)} values found; missed: {', '.join(map(repr, missed))}")


def measure(count: int, *, show: bool) -> None:
    rng = random.Random(7)
    right = wrong = 0
    print(f"{'kind':<8} {'recall':>7}   missed, for example")
    for kind, (make, frames) in KINDS.items():
        missed: list[str] = []
        for _ in range(count):
            value = make(rng)
            found = scrub(rng.choice(frames).format(x=value)).found
            hit = [key for key, taken in found.items() if value in taken and key.startswith(f"[{kind}_")]
            right, wrong = right + len(hit), wrong + len(found) - len(hit)
            missed += [] if hit else [value]
        print(f"{kind:<8} {1 - len(missed) / count:>7.3f}   {', '.join(map(repr, missed[: 8 if show else 3]))}")
    missed = [name for name in FIRST if not scrub(rng.choice(LOWER_NAMES).format(x=name.lower())).found]
    print(f"{'(names in lower case':<21} {1 - len(missed) / len(FIRST):.3f})")
    taken: Counter[str] = Counter()
    texts = [rng.choice(ALIKE)(rng) for _ in range(count * len(KINDS))]
    for text in texts:
        scrubbed = scrub(text)
        taken.update(scrubbed.kinds)
        if show and scrubbed.found and rng.random() < 0.05:
            print("   wrong:", text, "->", scrubbed.text)
    print(f"\nlook-alikes: {sum(taken.values())} of {len(texts)} taken for personal data: {dict(taken)}")
    print(f"precision over both: {right / (right + wrong + sum(taken.values())):.3f}")


def measure_real(name: str, texts: Sequence[str], *, show: bool) -> None:
    counts: Counter[str] = Counter()
    for text in texts:
        scrubbed = scrub(text)
        counts.update(scrubbed.kinds)
        if show and scrubbed.found:
            print("  ", text[:100].replace("\n", " "), "->", dict(scrubbed.found))
    print(f"{name}: found in {len(texts):,} messages: {dict(counts)} ({1000 * sum(counts.values()) / len(texts):.1f} in 1,000)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500, help="values of each kind")
    parser.add_argument("--show", action="store_true", help="show what is missed and what is found")
    options = parser.parse_args()
    measure(options.count, show=options.show)
    measure_fresh()
    print()
    real = {
        "banking77": [row.text for row in banking_rows()],
        "hwu64": typed_hwu_texts(),
        "meeting router": [row.text for row in router_rows()],
        "sms": sms_texts(),
        "support channels": irc_texts(),
    }
    for name, texts in real.items():
        measure_real(name, texts, show=options.show)


if __name__ == "__main__":
    main()

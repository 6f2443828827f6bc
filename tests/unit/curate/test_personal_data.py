"""Personal data with a form is found, what only looks like it is left alone, and the way back works."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthloop.adapters.finders.function import wrap_function
from synthloop.core.errors import UsageError
from synthloop.curate.personal_data import restore, scrub, scrub_all

FOUND = {
    "write to ana.silva+x@mail.example.org please": "write to [EMAIL_1] please",
    "call me on +44 20 7946 0958": "call me on [PHONE_1]",
    "my number is (555) 010-0199 ok?": "my number is [PHONE_1] ok?",
    "card 4111 1111 1111 1111 was charged": "card [CARD_1] was charged",
    "iban DE89 3704 0044 0532 0130 00": "iban [IBAN_1]",
    "the server 192.168.10.44 is down": "the server [IP_1] is down",
    "use sk-abcdef1234567890 for now": "use [KEY_1] for now",
    "db at postgres://me:secret@db.example.org/app": "db at [URL_1]",
    "hi, my name is Maria Lopez and i lost it": "hi, my name is [NAME_1] and i lost it",
    "please ask Dr. Okafor": "please ask Dr. [NAME_1]",
    "Regards, Tom": "Regards, [NAME_1]",
    "email: j.doe (at) mail.example": "email: [EMAIL_1]",
    "(see https://x.example/f?a=1&api_key=bccdc102ff)": "(see [URL_1])",
    "Authorization: Bearer abcDEF123456789": "Authorization: Bearer [KEY_1]",
    "AWS_SECRET_ACCESS_KEY=wJalr/K7MDENG": "AWS_SECRET_ACCESS_KEY=[KEY_1]",
    "password is hunter2.": "password is [KEY_1].",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY----- ok": "[KEY_1] ok",
    "iban de89370400440532013000 please": "iban [IBAN_1] please",
    "ping fe80::7a4:1757 now": "ping [IP_1] now",
    "text 555-0142 when its done": "text [PHONE_1] when its done",
    "06.12.34.56.78 is mine": "[PHONE_1] is mine",
    "my name is josé, hi": "my name is [NAME_1], hi",
    "Hi, this is Łukasz from accounting": "Hi, this is [NAME_1] from accounting",
    "I'm Ana van der Berg, we spoke": "I'm [NAME_1], we spoke",
    "Hello, Priya here, I need help": "Hello, [NAME_1] here, I need help",
    "this is john smith calling about my bill": "this is [NAME_1] calling about my bill",
    "I spoke with Kevin yesterday": "I spoke with [NAME_1] yesterday",
    "my wife Anna can't log in": "my wife [NAME_1] can't log in",
    "speak to Mr. and Mrs. Jones pls": "speak to Mr. and Mrs. [NAME_1] pls",
    "je m'appelle Chloé Martin, tel 06 12 34 56 78": "je m'appelle [NAME_1], tel [PHONE_1]",
    "thx in advance, Bob": "thx in advance, [NAME_1]",
    "still broken. thanks,\nSiobhán O'Brien": "still broken. thanks,\n[NAME_1]",
    "4111 1111 1111 1111 09/27 declined": "[CARD_1] 09/27 declined",
    "ES91 2100 0418 4502 0005 1332 I think": "[IBAN_1] I think",
    "fe80::7a4:1757: no answer": "[IP_1]: no answer",
    "thanks in any case\n+44 7911 123456": "thanks in any case\n[PHONE_1]",
    "ask Sean, Lara said it": "ask [NAME_1], [NAME_2] said it",
    "mobil 0151 23456789": "mobil [PHONE_1]",
    "pass: Winter2026 ok": "pass: [KEY_1] ok",
    "hola, soy Inés": "hola, soy [NAME_1]",
    "Deepa from marketing again": "[NAME_1] from marketing again",
    "McCoy and I are late": "[NAME_1] and I are late",
    "a@b.org or a@b.org": "[EMAIL_1] or [EMAIL_1]",
    "a@b.org or c@d.org": "[EMAIL_1] or [EMAIL_2]",
}


@pytest.mark.parametrize("text", FOUND)
def test_what_has_a_form_is_replaced_and_can_be_put_back(text: str) -> None:
    scrubbed = scrub(text)
    assert scrubbed.text == FOUND[text]
    assert restore(scrubbed.text, scrubbed.found) == text


LEFT = [
    "book 15 minutes on 2026-11-26 at 3",
    "order 4111111111111112 is late",
    "version 1.2.3.4567 of the deck",
    "room 12 on floor 3, ext 4455",
    "Hi there, can you move it",
    "i am Not happy",
    "costs 1,000,000.50 dollars",
    "the meeting is 10:30-11:45",
    "ticket 12345",
    "order 95986298 is late",
    "invoice 2024-5669 of 12.03.2024",
    "isbn 978-3-12-123456-1",
    "This is Urgent",
    "I'm Waiting for it, This is Monday again",
    "Dear Customer Service, hi there",
    "my name is misspelt on it",
    "my password is wrong",
    "std::vector and 10:30:45",
    "5.96046447 is correct",
    "the Seller says no, and the ATMs said so too",
    "Who's emailed me, Haven't asked",
    "ask MySQL",
    "the pass is for 2 days",
    "[EMAIL_1] was there before",
]


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert scrub(text).text == text


def test_counts_are_by_kind() -> None:
    cleaned, counts = scrub_all(["a@b.org", "c@d.org and +44 20 7946 0958", "nothing"])
    assert cleaned == ("[EMAIL_1]", "[EMAIL_1] and [PHONE_1]", "nothing")
    assert counts == {"EMAIL": 2, "PHONE": 1}


def test_a_placeholder_that_was_there_before_keeps_its_number() -> None:
    scrubbed = scrub("[EMAIL_1] says a@b.org")
    assert scrubbed.text == "[EMAIL_1] says [EMAIL_2]"
    assert restore(scrubbed.text, scrubbed.found) == "[EMAIL_1] says a@b.org"


NAMES = re.compile(r"\b(?:Ana|Tom|Okafor)\b", re.IGNORECASE)


def find_names(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in NAMES.finditer(text)]


def test_a_finder_finds_what_no_pattern_does_in_what_the_patterns_left() -> None:
    scrubbed = scrub("is tom in? tom@mail.example says Okafor and Tom are", [wrap_function(find_names)])
    assert scrubbed.text == "is [NAME_1] in? [EMAIL_1] says [NAME_2] and [NAME_3] are"
    assert restore(scrubbed.text, scrubbed.found) == "is tom in? tom@mail.example says Okafor and Tom are"


SPANS = {
    ((3, 6), (5, 9)): "is [NAME_1]rter, [EMAIL_1] it",  # over each other: one value
    ((3, 4, "place"), (4, 8, "name")): "is [PLACE_1][NAME_1]arter, [EMAIL_1] it",
    ((13, 18),): "is tom carter[NAME_1] it",  # cuts a placeholder: takes all of it
    ((15, 24),): "is tom carter, [EMAIL_1] it",  # nothing but a placeholder
    (): "is tom carter, [EMAIL_1] it",
}


@pytest.mark.parametrize("spans", SPANS, ids=str)
def test_spans_may_touch_overlap_and_cut_placeholders(spans: tuple[tuple[int, int]]) -> None:
    text = "is tom carter, a@b.org it"
    scrubbed = scrub(text, [wrap_function(lambda _: spans)])
    assert scrubbed.text == SPANS[spans]
    assert restore(scrubbed.text, scrubbed.found) == text


@pytest.mark.parametrize(
    ("found", "what"),
    [
        ([(0, 99)], "there is no place from 0 to 99, in a text of 2 characters"),
        ([(1, 1)], "no place"),
        ([(0, 1, "№ 1")], "'№ 1' is no kind"),
        (["Ana"], "no places in the text"),
        ([("a", 1)], "no places in the text"),
        (None, "no places in the text"),
    ],
)
def test_a_finder_that_says_nonsense_is_refused_before_anything_is_left_in(found: list[object], what: str) -> None:
    with pytest.raises(UsageError, match=re.escape(what)):
        scrub("hi", [wrap_function(lambda _: found)])


PIECES = ["a@b.org", "[EMAIL_1]", "+44 20 7946 0958", "password: ", "my name is Ana", "4111111111111111", "https://x.y/?token=", "[", "_1]"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=12), st.sampled_from([" ", "", "\n"]))
def test_nothing_raises_and_the_way_back_is_exact(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    for scrubbed in (
        scrub(text),
        scrub(text, [wrap_function(find_names), wrap_function(lambda said: [(0, len(said) // 2 + 1)] if said else [])]),
    ):
        assert restore(scrubbed.text, scrubbed.found) == text
        assert len(scrubbed.kinds) == len(scrubbed.found)

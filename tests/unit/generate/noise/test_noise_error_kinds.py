import random

import pytest

from synthloop.generate.noise.error_kinds import ERROR_KINDS, ErrorKind, ErrorMix, classify_error
from synthloop.generate.noise.misspelling import Misspellings, is_word
from synthloop.generate.noise.spelling import misspell_word


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("acount", "account", "undoubling"),
        ("allmost", "almost", "doubling"),
        ("balnce", "balance", "omission"),
        ("balancer", "balance", "insertion"),
        ("balence", "balance", "phonetic"),
        ("bolance", "balance", "substitution"),
        ("balamce", "balance", "adjacent-key"),
        ("balacne", "balance", "transposition"),
        ("fotos", "photos", "phonetic"),
        ("alot", "a lot", "run-on"),
        ("to gether", "together", "split"),
        ("bslanec", "balance", "multiple"),
        ("Teh", "the", "transposition"),
    ],
)
def test_kinds_are_told_apart(wrong: str, right: str, kind: ErrorKind) -> None:
    assert classify_error(wrong, right) == kind


@pytest.mark.parametrize("kind", [kind for kind in ERROR_KINDS if kind not in ("run-on", "multiple")])
def test_what_is_made_is_classified_as_what_was_asked(kind: ErrorKind) -> None:
    words = ("transaction", "telephone", "immediately", "necessary", "business", "tomorrow", "available", "committee", "receiving")
    rng = random.Random(11)
    made = [(wrong, word) for word in words for _ in range(20) if (wrong := misspell_word(word, kind, rng)) is not None]
    agreed = sum(classify_error(wrong, word) == kind for wrong, word in made)
    assert agreed / len(made) > 0.8


def test_a_mix_of_nothing_falls_back() -> None:
    assert sum(ErrorMix().weights()) == pytest.approx(1.0)


@pytest.mark.parametrize("word", ["account", "accounts", "rebooked", "stopped", "cities", "organised", "it's"[:2], "unfriendly"])
def test_inflections_are_words(word: str) -> None:
    assert is_word(word)


def test_misspellings_are_found_and_vocabulary_is_not() -> None:
    texts = [
        "can i recieve my acount",
        "my account please",
        "the fzoogle is on",
        "restart fzoogle",
        "fzoogle again",
        "alot of moeny",
        "money",
    ]
    misspellings = Misspellings(text.split() for text in texts)
    assert misspellings.correct("recieve") == "receive"
    assert misspellings.correct("acount") == "account"
    assert misspellings.correct("moeny") == "money"
    assert misspellings.correct("alot") in ("a lot", "lot", "allot")
    assert misspellings.correct("fzoogle") is None
    assert misspellings.correct("money") is None
    assert misspellings.correct("pls") is None


def test_a_misspelling_that_repeats_is_still_one_where_the_word_is_far_more_common() -> None:
    misspellings = Misspellings([["acount"]] * 3 + [["account"]] * 40)
    assert misspellings.correct("acount") == "account"
    assert Misspellings([["acount"]] * 30 + [["account"]] * 4).correct("acount") is None

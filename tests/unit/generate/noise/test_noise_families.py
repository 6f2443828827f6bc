"""What each family does, in sentences."""

import random

import pytest

from synthloop.core.errors import UsageError
from synthloop.generate.noise import NOISERS
from synthloop.generate.noise.apply import noise_text
from synthloop.generate.noise.casing import Casing
from synthloop.generate.noise.contractions import Contractions
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.fragments import Fragments
from synthloop.generate.noise.lexicon import Lexicon
from synthloop.generate.noise.punctuation import Punctuation
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.noise.speech import Speech
from synthloop.generate.noise.spelling import Typos


def said(noiser: object, text: str, seed: int = 1) -> str:
    return noise_text(text, [noiser], random.Random(seed), spans=find_spans(text))[0]  # type: ignore[list-item] # pyright: ignore[reportArgumentType] - any family


TERSE = {"courtesy": 1.0, "subject": 1.0, "articles": 1.0, "keywords": 0.0, "broken": 0.0}


@pytest.mark.parametrize(
    ("name", "parameters", "text", "expected"),
    [
        ("contractions", {"contract": 1.0, "bare": 0.0}, "I do not know, it is late", "I don't know, it's late"),
        ("contractions", {"contract": 1.0, "bare": 1.0}, "I do not know, it is late", "I dont know, it's late"),
        ("contractions", {"expand": 1.0}, "I can't, dont ask. It's OK", "I can not, do not ask. It is OK"),
        ("contractions", {"contract": 1.0, "bare": 0.0}, "Yes it is. I have a card", "Yes it is. I have a card"),
        ("contractions", {"contract": 1.0, "bare": 0.0}, "it is not, I have lost it", "it's not, I've lost it"),
        ("casing", {"lower": 1.0}, "Can I see Ana on Monday?", "can i see Ana on monday?"),
        ("casing", {"lower": 1.0, "names": True}, "Can I see Ana on Monday?", "can i see ana on monday?"),
        ("casing", {"lower": 0.0, "upper": 1.0}, "call me at 3pm", "CALL ME AT 3pm"),
        ("casing", {"lower": 0.0, "upper": 0.0, "no_capital": 1.0, "small_i": 0.0, "slip": 0.0}, "Can I go?", "can I go?"),
        ("casing", {"lower": 0.0, "upper": 0.0, "no_capital": 0.0, "small_i": 0.0, "slip": 1.0}, "Call the bank", "CAll tHe bAnk"),
        ("fragments", TERSE, "Could you please send the report to Ana?", "Send report to Ana?"),
        ("fragments", TERSE, "I need to see a doctor, please", "See doctor"),
        ("fragments", {**TERSE, "courtesy": 0.0}, "I lost the card", "Lost card"),
        ("fragments", {"keywords": 1.0}, "can you show me the balance of my account", "show balance account"),
        ("fragments", {"keywords": 1.0}, "is it you", "is it you"),
        ("punctuation", {"drop_end": 1.0, "drop_commas": 1.0, "drop_apostrophes": 1.0, "spacing": 0.0}, "Ok, it's Sam's.", "Ok its Sam's"),
        ("speech", {"homophones": 0.0, "hesitations": 0.0}, "Hi, what's up? Call Ana at 3.", "hi what's up call Ana at 3"),
        (
            "speech",
            {"homophones": 0.0, "hesitations": 0.0, "numbers": True},
            "Book 2 rooms for 40 people",
            "book two rooms for forty people",
        ),
        ("speech", {"homophones": 0.0, "hesitations": 0.0, "numbers": True}, "pay $20 at 3:30", "pay $20 at 3:30"),
        ("lexicon", {"variants": {"the meeting": ["da meetin"]}, "rate": 1.0}, "Cancel The meeting now", "Cancel Da meetin now"),
        ("abbreviations", {"rate": 0.0}, "see you tomorrow", "see you tomorrow"),
    ],
)
def test_families_say_it_differently(name: str, parameters: dict[str, object], text: str, expected: str) -> None:
    assert said(NOISERS.build(name, parameters), text) == expected  # pyright: ignore[reportArgumentType] - JSON values


def test_shorthand_keeps_capitals_and_joins_phrases() -> None:
    noiser = NOISERS.build("abbreviations", {"rate": 1.0})
    made = {said(noiser, "Please tell you as soon as possible", seed) for seed in range(20)}
    assert "Pls tell u asap" in made


def test_emoji_stretches_and_closes() -> None:
    made = said(NOISERS.build("emoji", {"texts": 1.0, "stretch": 1.0}), "that is so good")
    assert "sooo" in made
    assert not made.endswith("good")


def test_fillers_take_over_the_capital() -> None:
    made = said(NOISERS.build("fillers", {"opening": 1.0, "within": 0.0, "closing": 0.0}), "Move it please")
    assert made[0].isupper()
    assert " move it please" in made


def test_typos_keep_the_first_letter_unless_asked() -> None:
    text = "transfer yesterday's complete balance between accounts"
    kept = [said(Typos(rate=1.0, first_letter=0.0), text, seed) for seed in range(50)]
    assert all(made[0] == "t" and " b" in made for made in kept)
    changed = [said(Typos(rate=1.0, first_letter=1.0), "transfer", seed) for seed in range(50)]
    assert any(made[0] != "t" for made in changed)


def test_rates_are_met() -> None:
    text = " ".join(["several ordinary english sentences"] * 500)
    noised = Typos(rate=0.1).noise(text, (), random.Random(3))
    assert noised is not None
    assert 0.08 < len(noised.edits) / 2000 < 0.12


def test_nothing_to_change_is_none() -> None:
    rng = random.Random(1)
    assert Contractions().noise("ok", (), rng) is None
    assert Fragments().noise("ok", (), rng) is None
    assert Lexicon().noise("ok", (), rng) is None
    assert Casing(lower=1.0).noise("ok", (), rng) is None
    assert Speech(homophones=0.0).noise("ok", (), rng) is None
    assert Punctuation(drop_end=1.0).noise("", (), rng) is None


def test_rates_beyond_one_are_refused() -> None:
    with pytest.raises(UsageError, match="rate"):
        NOISERS.build("typos", {"rate": 1.5})


def test_every_noiser_says_what_it_does_and_has_a_spec() -> None:
    for name in NOISERS.names():
        noiser = NOISERS.build(name)
        assert (noiser.__doc__ or "").partition("\n")[0].endswith((".", '"'))
        assert (noiser.spec.kind, noiser.spec.name) == ("noisers", name)


def test_a_draft_refuses_to_touch_a_span() -> None:
    text = "call Ana at 3pm"
    draft = Draft(text, find_spans(text, ("call",)))
    with pytest.raises(ValueError, match="protected"):
        draft.change(1, "ring", "swap")
    draft.change(3, "ana", "all-lower")
    with pytest.raises(ValueError, match="is protected as 'name'"):
        draft.change(3, "Anna", "doubling")


def test_a_span_that_cuts_a_word_freezes_all_of_it() -> None:
    draft = Draft("a party here", find_spans("a party here", ("art",)))
    assert [draft.pieces[at] for at in draft.words()] == ["a", "here"]


def test_hits_are_met_on_average() -> None:
    rng = random.Random(5)
    assert 850 < sum(len(draw_hits(rng, 20, 0.05)) for _ in range(1000)) < 1150

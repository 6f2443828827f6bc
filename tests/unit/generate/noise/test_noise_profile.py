import random
from typing import get_args

import msgspec
import pytest

from synthloop.core.errors import UsageError
from synthloop.generate.noise import NOISERS
from synthloop.generate.noise.apply import noise_text
from synthloop.generate.noise.fitting import fit_profile, fit_typos
from synthloop.generate.noise.forms import Asks
from synthloop.generate.noise.generic import GENERIC
from synthloop.generate.noise.measure import count_errors, list_statistics, measure_style
from synthloop.generate.noise.profile import ProfileNoiser, describe_profile
from synthloop.generate.noise.spans import find_spans
from synthloop.generate.noise.style import NoiseProfile

_THINGS = ("the meeting", "my card", "the red report", "that invoice", "our order", "the last payment", "her ticket", "the new contract")
_VERBS = ("send", "cancel", "find", "check", "print", "move", "share", "open")
ORDERS = [
    f"{verb} {thing} {when}" for verb in _VERBS for thing in _THINGS for when in ("today", "for me", "but do not wait", "and tell you")
]
QUESTIONS = [f"where is {thing} {when}" for thing in _THINGS for when in ("now", "and do not you know", "please", "i am lost")]
CLEAN = [*ORDERS, *QUESTIONS] * 3


def write_formal(text: str) -> str:
    return text[0].upper() + text[1:].replace(" i am", " I am") + ("?" if text.startswith("where") else ".")


def write_casual(text: str, at: int) -> str:
    text = text.replace("you", "u").replace("do not", "dont").replace("please", "pls")
    return text + ("..." if at % 4 == 0 else "")


FORMAL = [write_formal(text) for text in CLEAN]
CASUAL = [write_casual(text, at) for at, text in enumerate(CLEAN)]


def put_on(profile: NoiseProfile, texts: list[str]) -> list[str]:
    noiser = ProfileNoiser(profile=profile)
    return [noise_text(text, [noiser], random.Random(at), spans=find_spans(text))[0] for at, text in enumerate(texts)]


def share_of(case: str, profile: NoiseProfile) -> float:
    """Return how many texts of all forms and ways to ask are in that case, all of these as many."""
    shares = [manner.share for manner in profile.manners if manner.case == case and manner.size is None]
    return sum(shares) / len(get_args(Asks))


@pytest.mark.parametrize(("source", "texts"), [("formal", FORMAL), ("casual", CASUAL)])
@pytest.mark.parametrize("start", ["clean", "formal", "casual"])
def test_made_texts_measure_like_the_fitted_ones_wherever_they_start(source: str, texts: list[str], start: str) -> None:
    starts = {"clean": CLEAN, "formal": FORMAL, "casual": CASUAL}[start]
    fitted = fit_profile(texts, name=source)
    made = {row.name: row for row in list_statistics(measure_style(put_on(fitted, starts)))}
    for row in describe_profile(fitted):
        if row.n >= 100 and not row.name.startswith(("words", "chars", "kind of", "statement or order ends in: repeated")):
            assert made[row.name].value == pytest.approx(row.value, abs=0.06), row.name


def test_two_sources_give_two_profiles() -> None:
    formal, casual = fit_profile(FORMAL, name="formal"), fit_profile(CASUAL, name="casual")
    rates = {profile.name: profile.habits["abbreviation"]["unclear"] for profile in (formal, casual)}
    assert rates["formal"].share < 0.01
    assert rates["casual"].share > 0.15
    assert share_of("capital", formal) > 0.95
    assert share_of("capital", casual) < 0.05


def test_habits_that_cluster_in_messages_are_drawn_by_message() -> None:
    texts = ["can u see if u know what u want"] * 100 + ["can you see if you know what you want"] * 300
    rate = fit_profile(texts, name="two kinds").habits["abbreviation"]["unclear"]
    assert rate.texts == pytest.approx(0.27, abs=0.05)
    made = put_on(fit_profile(texts, name="two kinds"), texts[-300:])
    assert sum(" u " in text and " you " in text for text in made) < 60


def test_few_messages_give_a_mild_profile_and_say_so() -> None:
    profile = fit_profile(["WHERE IS MY CARD??", "hello"], name="few")
    assert profile.n == 2
    assert "2 messages" in profile.warnings[0]
    assert share_of("upper", profile) < 0.4


def test_no_message_is_an_error() -> None:
    with pytest.raises(UsageError, match="no message to fit it to"):
        fit_profile(["", "  "], name="nothing")


def test_profiles_round_trip_and_build_by_name() -> None:
    profile = fit_profile(CASUAL, name="casual")
    again = msgspec.json.decode(msgspec.json.encode(profile), type=NoiseProfile)
    assert again == profile
    built = NOISERS.build("profile", {"profile": msgspec.to_builtins(profile)})
    assert built.spec == ProfileNoiser(profile=profile).spec
    assert built.spec.parameters["profile"] == "casual"


def test_a_share_of_texts_can_be_left_alone() -> None:
    assert ProfileNoiser(profile=GENERIC, texts=0.0).noise("Can you help me?", (), random.Random(1)) is None


def test_names_keep_their_capitals_unless_asked() -> None:
    text = "Please call Ana Lopez for the card"
    profile = fit_profile(CASUAL, name="casual")
    kept = [noise_text(text, [ProfileNoiser(profile=profile)], random.Random(at), spans=find_spans(text))[0] for at in range(30)]
    assert all("Ana Lopez" in made for made in kept)
    recased = ProfileNoiser(profile=profile, recase_names=True)
    assert any("ana lopez" in noise_text(text, [recased], random.Random(at), spans=find_spans(text))[0] for at in range(30))


def test_a_profile_set_by_hand_describes_its_rates() -> None:
    rows = {row.name: row for row in describe_profile(GENERIC)}
    assert rows["abbreviation"].value == pytest.approx(0.03)
    assert all(row.n == 0 and 0 <= row.value <= 1 for row in rows.values())
    for asks in get_args(Asks):
        assert sum(manner.share for manner in GENERIC.manners if manner.asks == asks) == pytest.approx(1.0)


def test_known_misspellings_give_their_mix() -> None:
    pairs = [("recieve", "receive")] * 300 + [("adress", "address")] * 100
    typos = fit_typos(count_errors(pairs), rate=0.1)
    assert typos.mix.transposition == pytest.approx(0.75, abs=0.05)
    assert typos.mix.undoubling == pytest.approx(0.25, abs=0.05)
    assert typos.first_letter < 0.01


def test_lengths_and_counts_are_told() -> None:
    style = measure_style(["one two three", "four five", "  "])
    assert style.n == 2
    assert style.word_counts[2] == 3.0
    assert style.char_counts[0] == 9.0

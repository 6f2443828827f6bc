"""The bots of the worked example: what each version understands, and what it does where it doesn't."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

import pytest

from synthloop import Reply

FOLDER = Path(__file__).parents[3] / "examples" / "onboarding_chat"
MODULES = ("amounts", "better", "catalog", "form", "naive", "remarks", "robust", "understanding", "vocabulary")
HAPPY_PATH = ("Food and drink", "Ireland", "both", "5k to 20k", "Sounds good", "Yes, that's right", "Set it up now")
EMPTY = dict.fromkeys(("sells", "country", "channel", "volume", "product", "outcome"))


class Bot(Protocol):
    """What the three versions have in common."""

    def greet(self) -> Reply: ...

    def reply(self, text: str) -> Reply: ...


@pytest.fixture(autouse=True)
def folder_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Import the example's modules as its own project does, and forget them afterwards."""
    monkeypatch.syspath_prepend(FOLDER)
    for module in MODULES:
        monkeypatch.delitem(sys.modules, module, raising=False)


def make(version: str) -> Bot:
    return cast("Bot", import_module(version).Bot())


def talk(version: str, *texts: str) -> Reply:
    """Return the bot's last reply."""
    bot = make(version)
    reply = bot.greet()
    for text in texts:
        reply = bot.reply(text)
    return reply


def state(reply: Reply) -> dict[str, Any]:
    return cast("dict[str, Any]", reply.state)


@pytest.mark.parametrize("version", ["naive", "better", "robust"])
def test_every_version_takes_the_happy_path_by_its_quick_replies(version: str) -> None:
    first = make(version).greet()
    assert "Food and drink" in first.quick_replies
    assert first.state == {"step": "sells", **EMPTY}
    assert not first.done
    last = talk(version, *HAPPY_PATH)
    assert last.done
    assert last.state == {
        "step": "done", "sells": "Food and drink", "country": "Ireland", "channel": "Both", "volume": "5k to 20k",
        "product": "Everywhere", "outcome": "set_up",
    }  # fmt: skip


@pytest.mark.parametrize("version", ["naive", "better", "robust"])
def test_every_version_hands_off_on_demand_and_stays_ended(version: str) -> None:
    asked = (*HAPPY_PATH[:-1], "Talk to a person")
    reply = talk(version, *asked)
    assert reply.done
    assert state(reply)["outcome"] == "handed_off"
    after = talk(version, *asked, "hello?")
    assert (after.state, after.done) == (reply.state, True)


@pytest.mark.parametrize("version", ["naive", "better", "robust"])
def test_every_version_starts_over(version: str) -> None:
    reply = talk(version, *HAPPY_PATH[:5], "Start over")
    assert reply.state == {"step": "sells", **EMPTY}


def test_bots_share_nothing() -> None:
    one, other = make("robust"), make("robust")
    one.reply("Fashion")
    assert state(other.reply("what?"))["sells"] is None


def test_naive_understands_its_quick_replies_only() -> None:
    assert state(talk("naive", "FASHION "))["step"] == "country"
    assert state(talk("naive", "we sell clothes"))["step"] == "sells"


def test_better_takes_several_answers_at_once_in_any_order() -> None:
    reply = talk("better", "hi, we're a bakery in Cork doing about 20k a month")
    assert (state(reply)["sells"], state(reply)["country"], state(reply)["volume"]) == ("Food and drink", "Ireland", "20k to 100k")
    assert state(reply)["step"] == "channel"


def test_better_keeps_what_was_said_first_and_asks_the_same_again_for_ever() -> None:
    assert state(talk("better", "clothes", "Spain", "online", "actually make it in person"))["channel"] == "Online"
    assert len({talk("better", *["no idea, you tell me"] * times).output for times in (1, 2, 9)}) == 1


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("handmade candels, sold on etsy", {"sells": "Home and gifts", "channel": "Online"}),
        ("our online shop", {"channel": "Online"}),
        ("an online shop and a market stall", {"channel": "Both"}),
        ("not only online", {"channel": "Both"}),
        ("spian, in prson", {"channel": "In person"}),  # of short words, too many are spelt alike
        ("in perosn", {"channel": "In person"}),
        ("hair salon in Belfast, Northern Ireland", {"sells": "Health and beauty", "country": "United Kingdom", "channel": "In person"}),
        ("we have 3 shops", {"channel": "In person"}),
        ("tell us more", {}),
    ],
)  # fmt: skip
def test_messages_are_read(text: str, slots: dict[str, str]) -> None:
    assert import_module("understanding").read(text, "sells") == slots


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("about 20k a month", 20_000), ("£3,000", 3_000), ("20.000 euros", 20_000), ("1,5k", 1_500),
        ("10-15k", 12_500),
        ("between 10 and 20 thousand", 15_000),
        ("a couple of thousand", 2_000), ("a hundred thousand", 100_000), ("ten grand", 10_000), ("300 a day", 9_000),
        ("120k a year", 10_000), ("less than 5k", 4_950), ("2 vans, 8k in all", 8_000), ("open 7 days a week", None), ("800", None),
    ],
)  # fmt: skip
def test_amounts_are_read(text: str, amount: float | None) -> None:
    assert import_module("amounts").read_amount(text, bare=False) == amount


def test_bare_numbers_are_money_where_money_was_asked_for() -> None:
    assert import_module("amounts").read_amount("800", bare=True) == 800
    assert state(talk("better", "clothes", "800"))["volume"] is None
    assert state(talk("better", "clothes", "Spain", "online", "800"))["volume"] == "Under 1k"


@pytest.mark.parametrize(
    ("correction", "slot", "value"),
    [
        ("actually make it online", "channel", "Online"),
        ("no, 50k not 8k", "volume", "20k to 100k"),
        ("sorry, I meant Germany", "country", "Germany"),
        ("oops it's shoes, not food", "sells", "Fashion"),
    ],
)
@pytest.mark.parametrize("turns", [4, 5, 6])
def test_robust_takes_corrections_at_any_time_and_fits_the_product_anew(correction: str, slot: str, value: str, turns: int) -> None:
    reply = talk("robust", *HAPPY_PATH[:turns], correction)
    assert state(reply)[slot] == value
    assert (state(reply)["step"], state(reply)["product"]) == ("product", None)


def test_robust_keeps_a_known_answer_where_nothing_is_corrected() -> None:
    assert state(talk("robust", "cakes", "Spain", "online", "8k, my brother has a shop"))["channel"] == "Online"


def test_robust_explains_without_taking_what_the_question_mentions() -> None:
    reply = talk("robust", "cakes", "Spain", "what do you mean by in person?")
    assert "tap a card" in str(reply.output)
    assert state(reply)["channel"] is None
    assert state(reply)["step"] == "channel"


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        ("what does it cost?", "1.4 %"),
        ("raining again here", "weather"),
        ("sorry, i'm back", "Food and drink, Ireland"),
        ("i already told you", "Food and drink, Ireland"),
        ("this is ridiculous", "talk to a person"),
    ],
)
def test_robust_answers_remarks_and_leads_back(remark: str, said: str) -> None:
    reply = talk("robust", "Food and drink", "Ireland", remark)
    assert said in str(reply.output)
    assert str(reply.output).endswith("Do you sell online, in person, or both?")


def test_robust_answers_and_goes_on_in_one_reply() -> None:
    reply = talk("robust", "We bake cakes. How much are the fees?")
    assert "1.4 %" in str(reply.output)
    assert state(reply)["sells"] == "Food and drink"


def test_robust_asks_in_other_words_then_offers_choices_then_calls_a_person() -> None:
    replies = [talk("robust", *["blah"] * times) for times in range(4)]
    assert len({str(reply.output) for reply in replies}) == 4
    assert "Talk to a person" in replies[2].quick_replies
    assert [reply.done for reply in replies] == [False, False, False, True]
    assert state(replies[3])["outcome"] == "handed_off"


def test_robust_counts_misses_since_it_last_moved_on() -> None:
    assert not talk("robust", "blah", "blah", "cakes", "blah", "blah").done


def test_robust_does_not_go_in_circles_with_someone_who_only_complains() -> None:
    assert not talk("robust", *["useless"] * 6).done
    assert talk("robust", *["useless"] * 7).done


def test_robust_asks_whether_a_small_number_is_in_thousands() -> None:
    bot = make("robust")
    for text in ("cakes", "Spain", "online", "20"):
        reply = bot.reply(text)
    assert state(reply)["volume"] is None
    assert state(bot.reply(reply.quick_replies[1]))["volume"] == "20k to 100k"


def test_robust_lets_people_choose_what_to_change() -> None:
    reply = talk("robust", *HAPPY_PATH[:5], "no")
    assert "How I sell" in reply.quick_replies
    assert state(talk("robust", *HAPPY_PATH[:5], "no", "How I sell"))["step"] == "channel"


def test_robust_lets_people_take_another_product() -> None:
    assert "Terminal" in talk("robust", *HAPPY_PATH[:4], "no").quick_replies
    assert state(talk("robust", *HAPPY_PATH[:4], "no", "Terminal"))["product"] == "Terminal"


def test_every_combination_of_answers_fits_a_product() -> None:
    catalog = import_module("catalog")
    fits = {
        catalog.fit_product({"sells": sells, "channel": channel, "volume": volume})
        for sells in catalog.SELLS for channel in catalog.CHANNELS for volume in catalog.VOLUMES
    }  # fmt: skip
    assert fits == set(catalog.PRODUCTS)

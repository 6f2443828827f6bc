import pytest

from synthloop.core.behavior import Authored, Behavior, Choice, Constraint, Parameter
from synthloop.core.lineage import chance
from synthloop.core.sample import Sample
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.phrasing import read_phrasing
from synthloop.generate.recombination import prepare_material, recombine


def behavior_of(*texts: str, name: str = "b", protected: tuple[str, ...] = ()) -> Behavior:
    return Behavior(
        id=name, says="s", expected=name, authored=tuple(Authored(messages=(("user", text),), protected=protected) for text in texts)
    )


def variants(
    behavior: Behavior, others: tuple[Behavior, ...] = (), count: int = 200, synonyms: dict[str, tuple[str, ...]] | None = None
) -> list[Sample]:
    material = prepare_material(behavior, (behavior, *others), synonyms)
    found: list[Sample] = []
    for sample in make_authored_samples(behavior):
        for replica in range(count):
            varied = recombine(sample, material, chance(1, "test", sample.id, replica), seed=1)
            if varied is not None:
                found.append(varied)
    return found


@pytest.mark.parametrize(
    ("text", "form", "core"),
    [
        ("cancel my card", "ask", "cancel my card"),
        ("Hi, could you cancel my card please?", "ask", "cancel my card"),
        ("Hello! I would like you to move it to 5pm.", "ask", "move it to 5pm"),
        ("book a table for two", "ask", "book a table for two"),
        ("book review of dune", "fragment", "book review of dune"),
        ("i need to change my pin", "self", "change my pin"),
        ("how do i change my pin", "how", "change my pin"),
        ("can you tell me how to reset it?", "how", "reset it"),
        ("is there any way to freeze my account", "ability", "freeze my account"),
        ("would it be possible to raise my limit", "ability", "raise my limit"),
        ("do not really care", "question", "do not really care"),
        ("what's my balance", "what", "my balance"),
        ("what is the weather like", "question", "what is the weather like"),
        ("is there a fee for that", "whether", "there is a fee for that"),
        ("do i need a visa for japan", "whether", "i need a visa for japan"),
        ("do you know if it is open", "whether", "it is open"),
        ("where is my stuff", "indirect", "where my stuff is"),
        ("where is my stuff now", "question", "where is my stuff now"),
        ("when is my payment due", "question", "when is my payment due"),
        ("why was I charged twice?", "indirect", "why I was charged twice"),
        ("how long do I have to wait", "indirect", "how long I have to wait"),
        ("what time will you open tomorrow", "indirect", "what time you will open tomorrow"),
        ("tell me where the office is", "indirect", "where the office is"),
        ("why is this charge on my card", "question", "why is this charge on my card"),
        ("is this charge mine", "question", "is this charge mine"),
        ("my card was declined", "statement", "my card was declined"),
        ("weather tomorrow", "fragment", "weather tomorrow"),
    ],
)
def test_requests_are_read_by_their_form(text: str, form: str, core: str) -> None:
    phrasing = read_phrasing(text)
    assert (phrasing.form, phrasing.core) == (form, core)


def test_reading_takes_style_apart_from_content() -> None:
    phrasing = read_phrasing("Good morning, my parcel is lost. Where is it? Thanks in advance!")
    assert (phrasing.lead, phrasing.tail, phrasing.end, phrasing.is_compound) == ("Good morning,", "Thanks in advance", "!", True)
    assert read_phrasing("all cards, please").body == "all cards"


def test_frames_fit_the_form_and_never_nest() -> None:
    texts = [
        sample.text.lower()
        for sample in variants(behavior_of("where is my stuff", "cancel my card", "what is my balance", "my card is lost"))
    ]
    assert len(set(texts)) > 60
    for text in texts:
        assert not any(f"{frame} where" in text for frame in ("please", "could you", "can you", "need you to", "want to", "how to"))
        assert not any(f"{frame} my card is" in text for frame in ("please", "can you", "could you", "how do i", "tell me if"))
        assert text.count("can you") + text.count("could you") <= 2


def test_content_stays_where_no_synonym_is_known() -> None:
    for sample in variants(behavior_of("teleport my flamingo to saturn")):
        assert "flamingo" in sample.text
        assert "saturn" in sample.text


def test_case_and_end_marks_follow_the_authored_text() -> None:
    lower, proper = variants(behavior_of("cancel my card")), variants(behavior_of("Please cancel my card."))
    assert all(sample.text == sample.text.lower() for sample in lower)
    assert not any(sample.text.endswith((".", "!")) for sample in lower)
    assert all(sample.text[0].isupper() for sample in proper)
    assert all(sample.text[-1] in ".?!" for sample in proper)


def test_protected_spans_label_and_scenario_are_kept() -> None:
    behavior = behavior_of("move the weekly meeting with Ana Lopez to 5pm tomorrow", protected=("weekly meeting", "5pm"))
    (authored,) = make_authored_samples(behavior)
    found = variants(behavior)
    assert len({sample.text for sample in found}) > 30
    for sample in found:
        assert "weekly meeting" in sample.text
        assert "5pm" in sample.text
        assert sample.expected == "b"
        assert sample.scenario_id == authored.scenario_id
        assert sample.lineage.origin == "generated"
        assert sample.lineage.parents == (authored.id,)
        assert sample.attributes["source"] == "recombination"


CITIES = Behavior(
    id="fly",
    says="s",
    expected="fly",
    authored=(Authored(messages=(("user", "book a flight to Oslo for monday"),)),),
    parameters=(
        Parameter(name="city", choices=(Choice(value="Oslo"), Choice(value="Rome"), Choice(value="Lima"))),
        Parameter(name="day", choices=(Choice(value="monday"), Choice(value="friday"))),
    ),
    constraints=(Constraint(when={"city": ("Lima",), "day": ("friday",)}),),
)


def test_slot_values_are_replaced_by_allowed_ones_and_protected() -> None:
    found = variants(CITIES)
    cities = {city for sample in found for city in ("Oslo", "Rome", "Lima") if city in sample.text}
    assert cities == {"Oslo", "Rome", "Lima"}
    assert not any("Lima" in sample.text and "friday" in sample.text for sample in found)
    swapped = [sample for sample in found if "Rome" in sample.text]
    assert swapped
    assert all("Rome" in sample.protected for sample in swapped)


def test_a_slot_value_that_the_expectation_names_stays() -> None:
    behavior = Behavior(
        id="fly",
        says="s",
        authored=(Authored(messages=CITIES.authored[0].messages, expected={"to": "Oslo"}),),
        parameters=CITIES.parameters,
    )
    assert all("Oslo" in sample.text for sample in variants(behavior))


def test_synonyms_come_from_the_user_first_and_never_from_another_behavior() -> None:
    behavior = behavior_of("reduce the subscription", name="reduce")
    other = behavior_of("cut my data plan", "lower the blinds", name="cut")
    texts = " | ".join(sample.text for sample in variants(behavior, (other,), synonyms={"Subscription": ("membership",)}))
    assert "membership" in texts
    assert "decrease the" in texts
    assert "cut the" not in texts
    assert "lower the" not in texts


def test_style_is_borrowed_from_other_behaviors_and_content_is_not() -> None:
    behavior = behavior_of("cancel my card")
    other = behavior_of("howdy folks, is the office open", name="hours")
    texts = [sample.text for sample in variants(behavior, (other,), count=600)]
    assert any(text.startswith("howdy folks") for text in texts)
    assert not any("office" in text for text in texts)


def test_words_that_mark_another_behavior_stay_out_of_frames() -> None:
    farewell = behavior_of("thanks a lot", "ok thanks", "thanks bye", name="farewell")
    assert not any("thanks" in sample.text for sample in variants(behavior_of("cancel my card"), (farewell,), count=400))


def test_content_of_another_behavior_stays_out_of_asides() -> None:
    other = behavior_of("where is my phone", name="find phone")
    texts = " | ".join(sample.text for sample in variants(behavior_of("cancel my card"), (other,), count=600))
    assert "typing this on my phone" not in texts
    assert "about to run out the door" in texts


def test_the_same_address_gives_the_same_variants() -> None:
    behavior = behavior_of("cancel my card", "how do I top up?")
    assert variants(behavior) == variants(behavior)


@pytest.mark.parametrize("text", ["?", "a", "...", "please", "hi", "thanks!", "  \n ", "{core}", "i can't pay", "🙂", "Hi, hi, hi, hi"])
def test_odd_texts_give_variants_or_none_but_never_an_error(text: str) -> None:
    assert all(sample.text.strip() for sample in variants(behavior_of(text), count=20))

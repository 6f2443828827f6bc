from hypothesis import given, settings
from hypothesis import strategies as st

from synthloop.core.behavior import Authored, Behavior
from synthloop.core.lineage import chance
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.phrasing import read_phrasing
from synthloop.generate.recombination import prepare_material, recombine

VOCABULARY = """
please hi can you could how do i to cancel book move show my the card flight meeting what is where balance Ana 5pm $20 tomorrow
, . ? ! thanks if it
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.one_of(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.text(min_size=1, max_size=60).filter(str.strip))


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, seed=st.integers(0, 2**32), data=st.data())
def test_variants_keep_what_is_protected_and_repeat_by_seed(text: str, seed: int, data: st.DataObject) -> None:
    protected = tuple(word for word in text.split() if data.draw(st.booleans()))[:3]
    behavior = Behavior(id="b", says="s", expected="x", authored=(Authored(messages=(("user", text),), protected=protected),))
    material = prepare_material(behavior, [behavior])
    (sample,) = make_authored_samples(behavior)
    for replica in range(5):
        varied = recombine(sample, material, chance(seed, "test", sample.id, replica), seed=seed)
        assert varied == recombine(sample, material, chance(seed, "test", sample.id, replica), seed=seed)
        if varied is not None:
            assert varied.text != text
            assert varied.text.strip()
            assert all(span in varied.text for span in protected)
            assert (varied.expected, varied.scenario_id, varied.behavior_id) == ("x", sample.scenario_id, "b")


@given(text=TEXTS)
def test_reading_a_phrasing_loses_no_word(text: str) -> None:
    phrasing = read_phrasing(text)
    kept = f"{phrasing.lead} {phrasing.body} {phrasing.tail}".lower()
    assert all(word in kept for word in "".join(c if c.isalnum() else " " for c in text.lower()).split() if word.isascii())

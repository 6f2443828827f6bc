"""What every noiser guarantees, on any text."""

import random
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.ports import Noiser
from synthloop.core.sample import Message, Sample, make_sample
from synthloop.core.span import apply_edits, shift_spans
from synthloop.generate.noise import NOISERS
from synthloop.generate.noise.apply import apply_noise
from synthloop.generate.noise.cues import Cues
from synthloop.generate.noise.draft import Draft, draw_hits
from synthloop.generate.noise.fragments import NO_ARTICLE
from synthloop.generate.noise.generic import GENERIC
from synthloop.generate.noise.measure import HABITS
from synthloop.generate.noise.spans import find_spans

FULL: dict[str, dict[str, JsonValue]] = {
    "abbreviations": {"rate": 1.0},
    "casing": {"lower": 0.3, "upper": 0.3, "no_capital": 0.4, "small_i": 1.0, "slip": 1.0},
    "contractions": {"contract": 1.0, "expand": 0.5, "bare": 1.0},
    "emoji": {"texts": 1.0, "stretch": 1.0},
    "fillers": {"opening": 1.0, "within": 0.5, "closing": 1.0},
    "fragments": {"courtesy": 1.0, "subject": 1.0, "articles": 1.0, "keywords": 0.5, "broken": 1.0},
    "keyboard": {"rate": 1.0},
    "lexicon": {"variants": {"meeting": ["palaver"], "the": ["da", "le"], "cancel my": ["scrap ma"]}, "rate": 1.0},
    "lookalikes": {"rate": 1.0},
    "profile": {},
    "punctuation": {"drop_end": 0.5, "repeat_end": 0.5, "drop_commas": 1.0, "drop_apostrophes": 1.0, "spacing": 1.0},
    "speech": {"homophones": 1.0, "hesitations": 0.5},
    "typos": {"rate": 1.0, "first_letter": 0.5},
}
"""Every noiser at its loudest."""
NOISY = {name: NOISERS.build(name, parameters) for name, parameters in FULL.items()}

_WORDS = (
    "I need want to please could you the a meeting cancel my with Ana Lopez at 3pm on Friday don't do not it is I'm dont u pls so ok but "
    "yes, no. thanks! because tomorrow account $20 12.5% a.b@c.org https://x.org/q?a=1 B12-x 'quoted text' \"said so\" ... ?? :) 😀 "
    "their to your ＡＢ éclair ß İ report.pdf /tmp/file @ana CAPS naïve it’s hello-world \t \n"
)
words = st.lists(st.sampled_from(_WORDS.split(" ")), min_size=1, max_size=14).map(" ".join)
texts = st.one_of(words, st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), min_size=1, max_size=40)).filter(
    str.strip
)
seeds = st.integers(0, 2**32)


def make(text: str, protected: tuple[str, ...] = ()) -> Sample:
    return make_sample(
        behavior_id="b",
        scenario_id="s",
        messages=(Message(role="user", text=text),),
        protected=protected,
        lineage=Lineage(origin="authored"),
    )


def test_every_noiser_is_covered() -> None:
    assert set(FULL) == set(NOISERS.names())


@pytest.mark.parametrize("name", sorted(FULL))
@given(text=texts, seed=seeds)
@settings(max_examples=60, deadline=None)
def test_edits_lead_to_the_text_and_keep_spans(name: str, text: str, seed: int) -> None:
    spans = find_spans(text)
    noised = NOISY[name].noise(text, spans, random.Random(seed))
    again = NOISY[name].noise(text, spans, random.Random(seed))
    assert noised == again
    if noised is None:
        return
    assert noised.edits
    assert noised.text.strip()
    assert apply_edits(text, noised.edits) == noised.text
    assert all(left.end <= right.start for left, right in pairwise(noised.edits))
    assert all(text[edit.start : edit.end] == edit.before and edit.before != edit.after and edit.kind for edit in noised.edits)
    for old, new in zip(spans, shift_spans(spans, noised.edits), strict=True):
        assert noised.text[new.start : new.end] == text[old.start : old.end]
    assert "\x00" not in noised.text
    noised.text.encode()


@given(text=words, seed=seeds, replica=st.integers(0, 3), order=st.permutations(sorted(FULL)))
@settings(max_examples=60, deadline=None)
def test_noisers_in_any_order_keep_what_is_protected(text: str, seed: int, replica: int, order: list[str]) -> None:
    protected = tuple(word for word in ("Lopez", "my", "account") if word in text.split())
    noisers: list[Noiser] = [NOISY[name] for name in order]
    sample = make(text, protected)
    noised = apply_noise(sample, noisers, seed=seed, replica=replica)
    assert noised == apply_noise(sample, noisers, seed=seed, replica=replica)
    if noised is not None:
        assert noised.lineage.origin == "noised"
        assert noised.lineage.parents == (sample.id,)
        assert noised.attributes["noise"].split("+") == [step.name for step in noised.lineage.steps]
        for span in find_spans(text, protected):
            assert text[span.start : span.end] in noised.text


@given(text=texts)
@settings(max_examples=200, deadline=None)
def test_spans_are_sorted_apart_and_not_empty(text: str) -> None:
    spans = find_spans(text)
    assert all(span.start < span.end <= len(text) for span in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    assert Draft(text, spans).text() == text


@given(text=texts, end=st.sampled_from(["", " sooo", " it's, ok", ". So r. u", " what?  I’m", "... im"]))
@settings(max_examples=200, deadline=None)
def test_habits_never_come_up_more_often_than_their_cues_nor_show_without_a_sign(text: str, end: str) -> None:
    text += end
    draft = Draft(text, find_spans(text))
    cues = Cues(HABITS)
    due = {at: (places, may_show) for at, places, may_show in cues.unpack(cues.count(draft))}
    for at, habit in enumerate(HABITS):
        places, may_show = due.get(at, (0, False))
        chances = habit.find(draft)
        assert len(chances) <= places
        assert may_show or habit is NO_ARTICLE or not any(chance.shown for chance in chances)  # no article is ever added


@given(count=st.integers(1, 12), rate=st.floats(0.01, 1), seed=seeds)
def test_where_some_hits_are_known_there_are_some(count: int, rate: float, seed: int) -> None:
    hits = draw_hits(random.Random(seed), count, rate, some=True)
    assert hits
    assert hits == sorted(set(hits))
    assert hits[-1] < count


@given(text=texts, data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_changed_draft_knows_its_words(text: str, data: st.DataObject) -> None:
    draft = Draft(text)
    for written in ("", "New", "two Words", "new"):
        if draft.words():
            draft.change(data.draw(st.sampled_from(draft.words())), written, "swap")
    gaps = [gap for gap in draft.pieces[:-1:2] if gap not in ("", " ")]
    fresh = [(at, word.lower()) for at, word in enumerate(draft.pieces) if at % 2 and word]
    assert draft.find_words({word for _, word in fresh}) == fresh
    assert draft.words() == [at for at, _ in fresh]
    assert [piece for piece in draft.list_loose() if piece] == [*filter(None, draft.pieces[1::2]), *gaps]


@given(count=st.integers(0, 50), rate=st.floats(0, 1), seed=seeds)
def test_hits_are_in_order_and_in_range(count: int, rate: float, seed: int) -> None:
    hits = draw_hits(random.Random(seed), count, rate)
    assert hits == sorted(set(hits))
    assert all(0 <= hit < count for hit in hits)


def test_a_profile_round_trips_as_json() -> None:
    assert msgspec.json.decode(msgspec.json.encode(GENERIC), type=type(GENERIC)) == GENERIC

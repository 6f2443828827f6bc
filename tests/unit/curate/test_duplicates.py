import random
from collections.abc import Callable

import pytest

from synthloop.core.sample import Message, Sample
from synthloop.curate.duplicates import DuplicateIndex, find_duplicates, find_label_conflicts

Say = Callable[..., Sample]

_WHO = ("the supplier", "my landlord", "our auditor", "the new intern", "a colleague", "the dentist", "her manager", "the plumber")
_WHAT = ("asked about the invoice", "lost the keys", "wants to postpone", "never called back", "sent the wrong file", "is on holiday")
_ASK = (
    "what should I do",
    "can you write to them",
    "please remind me tomorrow",
    "find me a replacement",
    "when did this start",
    "is that normal",
)


def _sentences() -> list[str]:
    return [f"{who} {what} and {ask}" for who in _WHO for what in _WHAT for ask in _ASK]


def _mistype(text: str, rng: random.Random, edits: int) -> str:
    for _ in range(edits):
        at = rng.randrange(1, len(text) - 1)
        kind = rng.randrange(3)
        text = (
            text[:at] + text[at + 1 :]
            if kind == 0
            else text[:at] + text[at] + text[at:]
            if kind == 1
            else text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        )
    return text


def _kept(samples: list[Sample], index: DuplicateIndex | None = None) -> list[Sample]:
    return [sample for sample, twin in find_duplicates(samples, index) if twin is None]


def test_trifles_make_exact_duplicates(say: Say) -> None:
    first, again = say("Move my meeting, please."), say("move my  meeting please")
    index = DuplicateIndex()
    index.add(first)
    twin = index.find(again)
    assert twin is not None
    assert (twin.kind, twin.sample_id, twin.similarity) == ("exact", first.id, 1.0)


def test_typos_of_one_text_are_merged(say: Say) -> None:
    samples = [say("please move my meeting with Ana to next friday", protected=("Ana",))]
    samples += [say("pleese move my meeting with Ana to next friday", protected=("Ana",))]
    samples += [say("please move my meetign with Ana to next frday", protected=("Ana",))]
    assert _kept(samples) == samples[:1]


@pytest.mark.parametrize("slot", ["number", "city"])
def test_a_thousand_slot_variants_survive(say: Say, slot: str) -> None:
    if slot == "number":
        samples = [say(f"transfer {n} dollars from my checking to my savings account", scenario="t") for n in range(100, 1_100)]
    else:
        starts = [
            first + rest
            for first in "BCDFGKLMNP"
            for rest in ("arton", "elton", "onsk", "usk", "inde", "adra", "orne", "imeno", "ov", "et")
        ]
        cities = [start + end for start in starts for end in ("", "a", "o", "ia", "burg", "ville", "field", "ham", "by", "dorf")]
        samples = [say(f"book a table for two in {city} tomorrow evening", scenario="t", protected=(city,)) for city in cities]
    assert len(_kept(samples)) == len(samples) == 1_000


def test_minimal_pairs_with_other_labels_survive(say: Say) -> None:
    pairs = [
        ("turn on the light", "on"),
        ("turn off the light", "off"),
        ("is it open on monday", "hours"),
        ("is it open on sunday", "closed"),
    ]
    samples = [say(text, label) for text, label in pairs]
    assert _kept(samples) == samples


def test_a_text_with_another_label_is_a_conflict_not_a_duplicate(say: Say) -> None:
    index = DuplicateIndex()
    index.add(say("turn it up", ["music", "heating"]))
    same, other = index.find(say("Turn it up!", ["heating", "music"])), index.find(say("Turn it up!", "music"))
    assert same is not None
    assert other is not None
    assert (same.kind, other.kind) == ("exact", "conflict")


def test_other_behaviors_without_expectation_do_not_contradict(say: Say) -> None:
    index = DuplicateIndex()
    index.add(say("tell me a joke", None, behavior="humor"))
    assert index.find(say("tell me a joke", None, behavior="brevity")) is None
    assert index.find(say("tell me a joke", None, behavior="humor")) is not None


def test_the_same_answer_to_another_question_is_no_duplicate(say: Say) -> None:
    index = DuplicateIndex()
    index.add(say("yes", before=(Message(role="app", text="cancel it?"),)))
    assert index.find(say("yes", before=(Message(role="app", text="order it?"),))) is None


def test_the_most_similar_is_named_and_the_split_it_lives_in(say: Say) -> None:
    index = DuplicateIndex()
    texts = ["could you find me the budget sheet of last year", "could you find me the budget sheets of the last year"]
    for text in texts:
        index.add(say(text))
    twin = index.find(say("could you find me the budget sheets of the last yaer"))
    assert twin is not None
    assert twin.sample_id == say(texts[1]).id
    assert (twin.kind, twin.split) == ("near", None)


def test_exact_only(say: Say) -> None:
    index = DuplicateIndex(threshold=None)
    index.add(say("please move my meeting to next friday"))
    assert index.find(say("please move my meeting to next frday")) is None
    assert index.find(say("Please move my meeting to next friday!")) is not None


def test_near_duplicates_against_known_truth(say: Say) -> None:
    rng = random.Random(5)
    originals = [say(text) for text in _sentences()]
    assert len(_kept(originals)) >= 0.97 * len(originals)  # sentences that share two of three parts are no copies
    index = DuplicateIndex()
    for sample in originals:
        index.add(sample)
    found = {edits: [index.find(say(_mistype(sample.text, rng, edits))) for sample in originals] for edits in (1, 2)}
    recall = {edits: sum(twin is not None for twin in twins) / len(originals) for edits, twins in found.items()}
    right = [
        twin.sample_id == sample.id for twins in found.values() for twin, sample in zip(twins, originals, strict=True) if twin is not None
    ]
    assert recall[1] >= 0.99
    assert recall[2] >= 0.95
    assert sum(right) / len(right) >= 0.99


def test_long_and_odd_texts_do_no_harm(say: Say) -> None:
    index = DuplicateIndex()
    for sample in map(say, (" ", "a", "\x00", "?!", "x" * 300_000, "👍")):
        assert index.find(sample) is None
        index.add(sample)
        assert index.find(sample) is not None


def test_label_conflicts_are_reported_in_any_order(say: Say) -> None:
    samples = [say("Cancel it", "cancel"), say("cancel it!", "delete"), say("cancel it", "cancel"), say("stop"), say("stop", None)]
    conflicts = find_label_conflicts(samples)
    assert conflicts == find_label_conflicts(samples[::-1])
    assert [conflict.text for conflict in conflicts] == ["Cancel it"]
    assert {label: len(ids) for label, ids in conflicts[0].labels.items()} == {"cancel": 2, "delete": 1}

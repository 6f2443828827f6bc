from collections.abc import Callable, Iterator
from itertools import count

import pytest

from synthloop.core.sample import Sample
from synthloop.curate.order import Curator, accept_samples
from synthloop.curate.validators.length import Length
from synthloop.curate.verdicts import count_reasons

Say = Callable[..., Sample]


def _endless(say: Say) -> Iterator[Sample]:
    return (say(f"please transfer {n} dollars") for n in count())


def test_reasons_in_the_order_of_the_checks(say: Say) -> None:
    curator = Curator(validators=[Length(max_words=9)], max_shares={"opening": 0.02}, planned=50)
    texts = [
        "move my meeting with the design team",
        "Move my meeting with the design team!",
        "move my meetign with the desing team",
        "move my meeting to room 9",
    ]
    verdicts = [curator.judge(sample) for sample in (*map(say, texts), say(texts[0], "find"), say("one " * 10))]
    assert [verdict.reason for verdict in verdicts] == [
        "kept",
        "duplicate",
        "near-duplicate",
        "too-much-of-one-opening",
        "label-conflict",
        "too-long",
    ]
    assert verdicts[2].note.endswith(f"like {say(texts[0]).id}")
    assert [verdict.by.name for verdict in verdicts] == ["curator", "duplicates", "duplicates", "shares", "duplicates", "length"]
    assert count_reasons(verdicts)["kept"] == 1


def test_by_default_a_sample_says_something_and_keeps_what_it_protects(say: Say) -> None:
    curator = Curator()
    assert curator.judge(say(" ")).reason == "too-short"
    assert curator.judge(say("call Bob", protected=("Ana",))).reason == "protected-lost"


def test_what_was_accepted_before_is_not_repeated(say: Say) -> None:
    curator = Curator()
    curator.remember([say("move my meeting to next friday"), say("when is lunch")])
    assert [curator.judge(say(text)).keep for text in ("Move my meeting to next friday", "when is dinner")] == [False, True]


def test_enough(say: Say) -> None:
    order = accept_samples(_endless(say), count=7, curator=Curator())
    assert len(list(order)) == 7
    assert (order.summary.accepted, order.summary.candidates, order.summary.stop_reason) == (7, 7, "enough")


def test_no_more_is_taken_than_judged(say: Say) -> None:
    candidates = _endless(say)
    list(accept_samples(candidates, count=3, curator=Curator()))
    assert next(candidates).text == "please transfer 3 dollars"


def test_candidate_limit_and_exhaustion(say: Say) -> None:
    limited = accept_samples(_endless(say), count=100, curator=Curator(), candidate_limit=5)
    assert len(list(limited)) == 5
    assert limited.summary.stop_reason == "candidate-limit"
    ended = accept_samples([say("a"), say("a")], count=5, curator=Curator())
    assert [verdict.reason for _, verdict in ended] == ["kept", "duplicate"]
    assert ended.summary.stop_reason == "exhausted"
    assert ended.summary.reasons == {"duplicate": 1, "kept": 1}


def test_dried_up_novelty_ends_an_endless_stream(say: Say) -> None:
    order = accept_samples(
        (say(f"please transfer {n % 10} dollars") for n in count()), count=100, curator=Curator(), patience=50, min_share=0.1
    )
    verdicts = [verdict for _, verdict in order]
    assert order.summary.stop_reason == "novelty-dried-up"
    assert order.summary.accepted == 10
    assert len(verdicts) == order.summary.candidates == 56
    assert next(order, None) is None


@pytest.mark.parametrize("ordered", [0, -1])
def test_ordering_nothing_takes_nothing(say: Say, ordered: int) -> None:
    order = accept_samples(_endless(say), count=ordered, curator=Curator())
    assert list(order) == []
    assert order.summary.stop_reason == "enough"

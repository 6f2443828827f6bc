"""Training examples come from train alone."""

from collections import Counter

import msgspec
import pytest

from synthloop.core.errors import UsageError
from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, Sample, Split, make_sample
from synthloop.tune.examples import make_training_examples


def sample(text: str, split: Split | None, expected: JsonValue = "schedule") -> Sample:
    made = make_sample(
        behavior_id="b",
        scenario_id="s",
        messages=(Message(role="user", text=text),),
        expected=expected,
        attributes={"noiser": "typos"},
        lineage=Lineage(origin="noised", parents=("p",), seed=7),
    )
    return msgspec.structs.replace(made, split=split)


def test_only_train_samples_with_an_expectation_become_examples_and_the_rest_is_counted() -> None:
    samples = [
        sample("a", "train"),
        sample("b", "holdout"),
        sample("c", "dev"),
        sample("d", None),
        sample("e", "train", None),
        sample("f", "train", []),
        sample("g", "holdout", None),
    ]
    left_out: Counter[str] = Counter()
    examples = list(make_training_examples(samples, left_out=left_out))
    assert [example.messages[0].text for example in examples] == ["a", "f"]
    assert left_out == {"holdout-split": 2, "dev-split": 1, "no-split": 1, "no-expectation": 1}


def test_preference_pairs_bring_their_rejected_answer_and_can_be_had_alone() -> None:
    pair = msgspec.structs.replace(sample("a", "train", "good"), extra={"chosen": "good", "rejected": "bad"})
    left_out: Counter[str] = Counter()
    (example,) = make_training_examples([pair, sample("b", "train")], pairs_only=True, left_out=left_out)
    assert (example.expected, example.rejected) == ("good", "bad")
    assert left_out == {"no-rejected-answer": 1}


def test_an_example_says_where_it_came_from() -> None:
    made = sample("a", "train", {"label": "x"})
    (example,) = make_training_examples([made])
    assert (example.sample_id, example.expected, example.attributes, example.lineage) == (
        made.id,
        made.expected,
        made.attributes,
        made.lineage,
    )


@pytest.mark.parametrize("split", ["dev", "holdout"])
def test_training_on_what_measures_is_refused_at_once(split: Split) -> None:
    with pytest.raises(UsageError, match=f"{split} samples are for measuring"):
        make_training_examples([], split=split)

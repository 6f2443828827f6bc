"""What holds for any samples: deduplication is idempotent, other labels and values are never merged, no group straddles a split."""

from hypothesis import given, settings
from hypothesis import strategies as st

from synthloop.core.json_value import JsonValue
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, Sample, Split, make_sample
from synthloop.curate.duplicates import DuplicateIndex, find_duplicates, find_label_conflicts
from synthloop.curate.identity import fold_text, label_key
from synthloop.curate.leaks import find_leaks
from synthloop.curate.order import Curator, accept_samples
from synthloop.curate.split import SplitShares, assign_splits

_WORDS = (
    "book",
    "a",
    "call",
    "with",
    "Ana",
    "Bob",
    "please",
    "pleese",
    "not",
    "on",
    "off",
    "light",
    "the",
    "budget",
    "3",
    "4pm",
    "Rome",
    "it's",
    "?",
    "!",
)
_EXPECTED: tuple[JsonValue, ...] = ("x", "y", None, ["x"], ["x", "y"], ["y", "x", "y"], {"end": "x"})


@st.composite
def _samples(draw: st.DrawFn) -> Sample:
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=9))
    protected = tuple(word for word in words if word in {"Ana", "Bob", "Rome"} and draw(st.booleans()))
    expected: JsonValue = draw(st.sampled_from(_EXPECTED))
    return make_sample(
        behavior_id=draw(st.sampled_from(("p", "q"))),
        scenario_id=draw(st.sampled_from("abcdefgh")),
        messages=(Message(role="user", text=" ".join(words)),),
        expected=expected,
        protected=protected,
        lineage=Lineage(origin="generated"),
    )


_BATCHES = st.lists(_samples(), max_size=25)


@given(_BATCHES)
def test_deduplication_is_idempotent(samples: list[Sample]) -> None:
    kept = [sample for sample, twin in find_duplicates(samples) if twin is None]
    assert [sample for sample, twin in find_duplicates(kept) if twin is None] == kept
    assert all(twin is not None for _, twin in find_duplicates(kept, _filled(kept)))


@given(_BATCHES)
def test_nothing_with_another_label_or_protected_value_is_merged(samples: list[Sample]) -> None:
    by_id = {sample.id: sample for sample in samples}
    for sample, twin in find_duplicates(samples):
        if twin is None:
            continue
        other = by_id[twin.sample_id]
        assert (label_key(sample) == label_key(other)) is (twin.kind != "conflict")
        if twin.kind != "conflict" and other.id != sample.id:
            assert next(one.protected for one in samples if one.id == other.id) == sample.protected or _same_twice(samples, other.id)


@given(_BATCHES)
def test_exact_copies_are_one_whatever_the_order(samples: list[Sample]) -> None:
    forwards = {label_key(sample) + fold_text(sample.text) for sample in _keep_exact(samples)}
    backwards = {label_key(sample) + fold_text(sample.text) for sample in _keep_exact(samples[::-1])}
    assert len(_conflicting(samples)) > 0 or forwards == backwards


@given(_BATCHES)
def test_label_conflicts_do_not_depend_on_order(samples: list[Sample]) -> None:
    assert find_label_conflicts(samples) == find_label_conflicts(samples[::-1])


@given(_BATCHES, st.integers(0, 3), st.sampled_from([(0.6, 0.2, 0.2), (0.5, 0.0, 0.5), (1.0, 0.0, 0.0)]))
@settings(max_examples=60)
def test_no_scenario_straddles_a_split_and_nothing_leaks(samples: list[Sample], seed: int, shares: tuple[float, float, float]) -> None:
    splits = assign_splits(samples, SplitShares(train=shares[0], dev=shares[1], holdout=shares[2]), seed=seed)
    assert set(splits) == {sample.id for sample in samples}
    by_split: dict[Split, list[Sample]] = {"train": [], "dev": [], "holdout": []}
    for sample in {sample.id + sample.scenario_id: sample for sample in samples}.values():
        by_split[splits[sample.id]].append(sample)
    homes: dict[str, Split] = {}
    assert all(homes.setdefault(sample.scenario_id, split) == split for split, members in by_split.items() for sample in members)
    assert find_leaks(by_split["train"], by_split["holdout"]) == ()
    assert splits == assign_splits(samples[::-1], SplitShares(train=shares[0], dev=shares[1], holdout=shares[2]), seed=seed)


@given(_BATCHES, st.integers(0, 10), st.integers(1, 10))
def test_an_order_keeps_its_bounds_and_accounts_for_all(samples: list[Sample], count: int, limit: int) -> None:
    order = accept_samples(samples, count=count, curator=Curator(), candidate_limit=limit)
    verdicts = [verdict for _, verdict in order]
    assert sum(verdict.keep for verdict in verdicts) == order.summary.accepted <= count
    assert len(verdicts) == order.summary.candidates == sum(order.summary.reasons.values()) <= min(limit, len(samples))


def _filled(samples: list[Sample]) -> DuplicateIndex:
    index = DuplicateIndex()
    for sample in samples:
        index.add(sample)
    return index


def _keep_exact(samples: list[Sample]) -> list[Sample]:
    return [sample for sample, twin in find_duplicates(samples, DuplicateIndex(threshold=None)) if twin is None]


def _conflicting(samples: list[Sample]) -> tuple[object, ...]:
    return find_label_conflicts(samples)


def _same_twice(samples: list[Sample], sample_id: str) -> bool:
    """The same content was drawn with other protected values: ids do not tell the two apart."""
    return len({sample.protected for sample in samples if sample.id == sample_id}) > 1

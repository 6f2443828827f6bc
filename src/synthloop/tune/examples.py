"""Kept samples as training examples."""

from collections import Counter
from collections.abc import Iterable, Iterator

from synthloop.core.errors import UsageError
from synthloop.core.report import TrainingExample
from synthloop.core.sample import Sample, Split


def make_training_examples(
    samples: Iterable[Sample], *, split: Split = "train", pairs_only: bool = False, left_out: Counter[str] | None = None
) -> Iterator[TrainingExample]:
    """Yield a training example for every accepted sample of the train split that has an expectation, in order.

    Args:
        samples: Accepted samples of any split.
        split: Must be `train`: an app that was trained on dev or holdout can't be measured with them any more.
        pairs_only: Whether only preference pairs are wanted: samples with a rejected answer beside the expected one.
        left_out: Counts, while the examples are read, how many samples were left out and why: `dev-split`, `holdout-split`, `no-split`,
            `no-expectation`, `no-rejected-answer`.

    Raises:
        UsageError: `split` is not `train`.

    Example:
        >>> list(make_training_examples([]))
        []
    """
    if split != "train":
        raise UsageError(f"{split} samples are for measuring: an app trained on them looks better than it is. Fix: train on split 'train'.")
    return _make_examples(samples, pairs_only, Counter() if left_out is None else left_out)


def _make_examples(samples: Iterable[Sample], pairs_only: bool, left_out: Counter[str]) -> Iterator[TrainingExample]:
    for sample in samples:
        reason = _why_left_out(sample, pairs_only)
        if reason is not None:
            left_out[reason] += 1
            continue
        yield TrainingExample(
            sample_id=sample.id,
            behavior_id=sample.behavior_id,
            messages=sample.messages,
            expected=sample.expected,
            rejected=sample.extra.get("rejected"),
            attributes=sample.attributes,
            lineage=sample.lineage,
        )


def _why_left_out(sample: Sample, pairs_only: bool) -> str | None:
    if sample.split != "train":
        return f"{sample.split or 'no'}-split"
    if sample.expected is None:
        return "no-expectation"
    return "no-rejected-answer" if pairs_only and sample.extra.get("rejected") is None else None


__all__ = ["make_training_examples"]

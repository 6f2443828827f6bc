"""Hand what was learned to whatever trains the app."""

from collections import Counter
from collections.abc import Iterator

from synthloop.core.report import TrainingExample
from synthloop.loop.generate import read_active
from synthloop.loop.setup import Setup
from synthloop.tune.examples import make_training_examples


def export_training(setup: Setup, *, pairs_only: bool = False, left_out: Counter[str] | None = None) -> Iterator[TrainingExample]:
    """Yield the training set: kept samples of the train split that say what is expected. Dev and holdout never leave.

    Args:
        setup: The project.
        pairs_only: Whether only preference pairs are wanted.
        left_out: Counts, while the examples are read, how many samples of train were left out and why.

    Raises:
        UsageError: Nothing was generated yet.
    """
    return iter(make_training_examples(read_active(setup, "train"), pairs_only=pairs_only, left_out=left_out))


__all__ = ["export_training"]

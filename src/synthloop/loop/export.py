"""Hand what was learned to whatever trains the app."""

from collections.abc import Iterator

from synthloop.core.report import TrainingExample
from synthloop.loop.generate import read_active
from synthloop.loop.setup import Setup
from synthloop.tune.examples import make_training_examples


def export_training(setup: Setup) -> Iterator[TrainingExample]:
    """Yield the training set: kept samples of the train split that say what is expected. Dev and holdout never leave.

    Raises:
        UsageError: Nothing was generated yet.
    """
    return iter(make_training_examples(read_active(setup, "train")))


__all__ = ["export_training"]

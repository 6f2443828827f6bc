"""What accepted samples have too much of, and what they lack: said to whoever writes the next ones."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from synthloop.core.behavior import Behavior
from synthloop.core.sample import Sample
from synthloop.curate.balance import Demand, PatternCount, cluster_texts, measure_balance
from synthloop.curate.features import read_feature
from synthloop.curate.identity import fold_text

ENOUGH = 20
"""Samples below which nothing is steered: what repeats in a handful repeats by chance."""

_MOST_HINTS = 6
_MOST_WANTED = 12
_LIMITS = {"opening": 0.08, "form": 0.5, "cluster": 0.25}
_EXAMPLE_CHARS = 60


def find_excess(samples: Sequence[Sample], *, seed: int) -> tuple[str, ...]:
    """Return what there is too much of beyond chance: openings, forms of sentences and themes, one phrase for a prompt each.

    Args:
        samples: Accepted samples of one behavior that models wrote.
        seed: Where the clusters start.
    """
    if len(samples) < ENOUGH:
        return ()
    clusters = cluster_texts([sample.text for sample in samples], seed=seed)
    report = measure_balance(samples, Demand(max_shares=_LIMITS), clusters)
    return tuple(_say(pattern, samples) for pattern in report.find_overrepresented()[:_MOST_HINTS])


def find_missing(behavior: Behavior, samples: Sequence[Sample]) -> tuple[tuple[str, str], ...]:
    """Return (parameter, value) pairs of a behavior that hardly any sample shows, the rarest first.

    A sample shows a value where its attributes say so or its text has it. What comes up less than a third as often as it would if all
    values of its parameter came up alike counts as missing.
    """
    missing: list[tuple[int, str, str]] = []
    texts = [fold_text(sample.text) for sample in samples]
    for parameter in behavior.parameters:
        values = [choice.value for choice in parameter.choices if choice.value.strip()]
        counts = Counter(dict(_count_values(parameter.name, values, samples, texts)))
        fair = sum(counts.values()) / max(1, len(values))
        missing += [(counts[value], parameter.name, value) for value in values if counts[value] <= fair / 3]
    return tuple((name, value) for _, name, value in sorted(missing)[:_MOST_WANTED])


def _count_values(name: str, values: Sequence[str], samples: Sequence[Sample], texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    for value in values:
        said = re.compile(rf"\b{re.escape(fold_text(value))}\b")
        shown = sum(1 for sample, text in zip(samples, texts, strict=True) if sample.attributes.get(name) == value or said.search(text))
        yield value, shown


def _say(pattern: PatternCount, samples: Sequence[Sample]) -> str:
    if pattern.feature == "opening":
        return f'messages that begin with "{pattern.value}"'
    if pattern.feature == "form":
        example = next(sample.text for sample in samples if pattern.value in read_feature(sample, "form"))
        return f'messages of the form "{example[:_EXAMPLE_CHARS]}" ({pattern.value})'
    return f"messages about {pattern.value}"


__all__ = ["ENOUGH", "find_excess", "find_missing"]

"""Which metrics a report can have, known before anything is asked: a gate that demands another one is refused at once.

Light to import: reading a project file must not load the statistics.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from synthloop.core.behavior import Behavior
from synthloop.core.json_value import JsonValue
from synthloop.core.ports import Judge, Scorer
from synthloop.evaluate.scorers.answer import text_of
from synthloop.evaluate.scorers.custom import Function
from synthloop.evaluate.scorers.labeling import Label, LabelReader, Labels

MOST_REPEATS = 10
"""pass^k is given for k up to this."""

_RATES = ("accuracy", "pass_rate", "weighted_pass_rate")
_RESOURCES = ("latency_mean_s", "latency_p50_s", "latency_p95_s", "cost_mean_usd")
_MEASURES = ("precision", "recall", "f1", "jaccard")
_SETS = ("sample_jaccard", "both_empty_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricNames:
    """The metrics that a project's reports can have; `name in names` says whether one is among them."""

    listed: tuple[str, ...]
    """All of them, but for those of labels that only answers will tell."""
    open_prefixes: tuple[str, ...] = ()
    """What the names of those begin with, e.g. `f1:`."""

    def __contains__(self, name: str) -> bool:
        """Return whether a report can have a metric of this name."""
        return name in self.listed or name.startswith(self.open_prefixes)


def find_metric_names(scorers: Sequence[Scorer | Judge], behaviors: Sequence[Behavior] | None, *, repeats: int = 1) -> MetricNames:
    """Return the metrics that reports can have; see `synthloop.evaluate.metrics.measure_outcomes` for what they are.

    Args:
        scorers: The project's.
        behaviors: What they expect are the labels there are; None where that is not known.
        repeats: How often each sample is asked.
    """
    readers = [scorer for scorer in scorers if _may_read_labels(scorer)]
    labels = _find_labels(readers, behaviors)
    listed = (
        *_RATES,
        *(f"pass^{k}" for k in range(2, min(repeats, MOST_REPEATS) + 1)),
        *_name_label_metrics(readers, labels or ()),
        *(f"{figure}:{scorer.name}" for scorer in scorers for figure in (("pass", "mean") if len(scorers) > 1 else ("mean",))),
        *_RESOURCES,
    )
    unsure = [f"{prefix}{measure}:" for prefix in _find_prefixes(readers) for measure in _MEASURES] if labels is None else []
    return MetricNames(listed=listed, open_prefixes=tuple(unsure))


def _may_read_labels(scorer: Scorer | Judge) -> bool:
    """Return whether a scorer may say which label it read: ours that never do are known, of others nobody knows."""
    is_ours = type(scorer).__module__.startswith(f"{__package__}.")
    return not is_ours or isinstance(scorer, LabelReader | Function)


def _find_prefixes(readers: Sequence[Scorer | Judge]) -> tuple[str, ...]:
    """Return what stands before the names of label metrics: nothing for the first scorer that reads labels, then its name."""
    return ("", *(f"{scorer.name}." for scorer in readers)) if readers else ()


def _name_label_metrics(readers: Sequence[Scorer | Judge], labels: Iterable[str]) -> Iterator[str]:
    averages = [f"{kind}_{measure}" for measure in _MEASURES for kind in ("macro", "micro")]
    sets = _SETS if any(not isinstance(scorer, Label) for scorer in readers) else ()
    each = [f"{measure}:{label}" for label in labels for measure in _MEASURES]
    for prefix in _find_prefixes(readers):
        yield from (f"{prefix}{name}" for name in (*(("accuracy",) if prefix else ()), *averages, *sets, *each))


def _find_labels(readers: Sequence[Scorer | Judge], behaviors: Sequence[Behavior] | None) -> tuple[str, ...] | None:
    """Return the expected labels, sorted; None where they can't be told from the behaviors alone."""
    if behaviors is None or not all(isinstance(scorer, Label | Labels) for scorer in readers):
        return None
    expected = [value for behavior in behaviors for value in (behavior.expected, *(sample.expected for sample in behavior.authored))]
    if any(isinstance(scorer, Labels) for scorer in readers) and any(isinstance(value, str) for value in expected):
        return None  # a text may hold several
    return tuple(sorted({label for value in expected for label in _list_labels(value)}))


def _list_labels(expected: JsonValue) -> Iterator[str]:
    if expected is not None:
        yield from (text_of(label) for label in (expected if isinstance(expected, list) else [expected]))


__all__ = ["MOST_REPEATS", "MetricNames", "find_metric_names"]

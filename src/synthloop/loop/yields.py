"""What writers and models brought for what they cost, and what more of it would cost."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

from synthloop.core.sample import Sample
from synthloop.core.usage import Usage, add_usage
from synthloop.core.writing import Written
from synthloop.generate.briefs import Assignment

_DRAWS = 1000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefOutcome:
    """What came of one brief."""

    behavior_id: str
    writer: str
    model: str
    written: int
    accepted: int
    faults: tuple[str, ...]
    """Kinds of what was paid for in vain."""
    usage: Usage

    @classmethod
    def of(cls, assignment: Assignment, written: Written, *, accepted: int) -> Self:
        """Return the outcome of an assignment."""
        return cls(
            behavior_id=assignment.brief.behavior.id,
            writer=assignment.writer.spec.name,
            model=assignment.brief.model.name,
            written=len(written.samples),
            accepted=accepted,
            faults=tuple(fault.kind for fault in written.faults),
            usage=written.usage,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterYield:
    """What one writer brought with one model, for what it cost."""

    writer: str
    model: str
    briefs: int
    written: int
    accepted: int
    faults: dict[str, int]
    """Kind -> how many."""
    usage: Usage
    """Of all its calls; the cost is None where that of any is unknown."""


def count_yields(outcomes: Iterable[BriefOutcome]) -> tuple[WriterYield, ...]:
    """Add up outcomes by writer and model, sorted by name."""
    groups: dict[tuple[str, str], list[BriefOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.writer, outcome.model), []).append(outcome)
    return tuple(_count(key, groups[key]) for key in sorted(groups))


def _count(key: tuple[str, str], outcomes: Sequence[BriefOutcome]) -> WriterYield:
    faults = Counter(kind for outcome in outcomes for kind in outcome.faults)
    return WriterYield(
        writer=key[0],
        model=key[1],
        briefs=len(outcomes),
        written=sum(outcome.written for outcome in outcomes),
        accepted=sum(outcome.accepted for outcome in outcomes),
        faults=dict(sorted(faults.items())),
        usage=add_usage(outcome.usage for outcome in outcomes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEstimate:
    """What an order would take, by what a few briefs took."""

    ordered: int
    briefs: int
    """Briefs that the estimate rests on."""
    accepted: int
    """Samples that were accepted of these."""
    calls: Range | None
    """None where nothing was accepted: then nothing can be said."""
    tokens: Range | None
    """None where the models don't say how many."""
    cost_usd: Range | None
    """None where a price is unknown."""
    seconds: Range | None
    """At the calls that may be in flight, without rests that a provider may ask for."""


def estimate_run(outcomes: Sequence[BriefOutcome], ordered: int, *, in_flight: int, seed: int) -> RunEstimate:
    """Estimate what an order of so many accepted samples takes, from the outcomes of its first briefs.

    Each figure is a ratio to the accepted samples; its interval comes from the bootstrap over briefs (percentiles of 1,000 draws). It is
    assumed that later briefs bring as much as the first: large orders usually bring less, since new samples repeat old ones more often.

    Args:
        outcomes: Of a preview's briefs.
        ordered: Samples to accept.
        in_flight: Calls at once.
        seed: The run seed.
    """
    known_cost = all(outcome.usage.cost_usd is not None for outcome in outcomes)
    counted = any(outcome.usage.tokens_in + outcome.usage.tokens_out for outcome in outcomes)
    ratios = _Ratios(outcomes, ordered, seed)
    return RunEstimate(
        ordered=ordered,
        briefs=len(outcomes),
        accepted=sum(outcome.accepted for outcome in outcomes),
        calls=ratios.estimate(lambda outcome: outcome.usage.attempts),
        tokens=ratios.estimate(lambda outcome: outcome.usage.tokens_in + outcome.usage.tokens_out) if counted else None,
        cost_usd=ratios.estimate(lambda outcome: outcome.usage.cost_usd or 0.0) if known_cost else None,
        seconds=ratios.estimate(lambda outcome: outcome.usage.latency_s / max(1, in_flight)),
    )


class _Ratios:
    """Resampled ratios of what briefs took to what was accepted of them."""

    def __init__(self, outcomes: Sequence[BriefOutcome], ordered: int, seed: int) -> None:
        self._outcomes = outcomes
        self._ordered = ordered
        self._seed = seed

    def estimate(self, of: Callable[[BriefOutcome], float]) -> Range | None:
        import numpy as np  # noqa: PLC0415 - heavy, and only estimates need it

        took = np.array([of(outcome) for outcome in self._outcomes], dtype=float)
        brought = np.array([outcome.accepted for outcome in self._outcomes], dtype=float)
        if not brought.sum():
            return None
        rng = np.random.default_rng(self._seed)
        drawn = rng.integers(0, len(took), size=(_DRAWS, len(took)))
        accepted = brought[drawn].sum(axis=1)
        ratios = took[drawn].sum(axis=1)[accepted > 0] / accepted[accepted > 0]
        low, high = cast("Any", np.quantile(ratios, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])).tolist()
        value = float(took.sum() / brought.sum())
        return Range(value=self._ordered * value, low=self._ordered * min(low, value), high=self._ordered * max(high, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupVariety:
    """How varied what one writer or one model brought is, beside the others."""

    feature: str
    """`writer` or `model`."""
    value: str
    n: int
    distinct: Range
    """Distinct word pairs as a share of all, in draws of the same n for all; the interval is over draws."""


def compare_variety(samples: Iterable[Sample], *, seed: int) -> tuple[GroupVariety, ...]:
    """Return how varied the samples of each writer and of each model are, at equal n; groups of fewer than 20 samples are left out."""
    from synthloop.curate.diversity import measure_diversity  # noqa: PLC0415 - loads scipy, which nothing else here needs

    report = measure_diversity(samples, compare=("writer", "model"), seed=seed)
    found = [(group, group.read("distinct-2")) for group in report.groups if group.feature != "all"]
    return tuple(
        GroupVariety(feature=group.feature, value=group.value, n=group.n, distinct=Range(value=each.value, low=each.low, high=each.high))
        for group, each in found
    )


__all__ = ["BriefOutcome", "GroupVariety", "Range", "RunEstimate", "WriterYield", "compare_variety", "count_yields", "estimate_run"]

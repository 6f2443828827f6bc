"""Whether the app got worse than its baseline on the samples both have seen.

Samples are paired, repeats enter as one share a sample, and scenarios are the unit of chance. Half of `alpha` is spent on all samples
together, half on the single behaviors (Benjamini-Hochberg over them), so that an unchanged app is alarmed about in at most a share `alpha`
of runs.

A sample that passed in the baseline and fails now is run once more. If it passes then, it is flaky: listed, not held against the app. A
change fails the gate where it is beyond chance *and* at least one of its regressions was confirmed. The test itself is not redone with the
second answers: only samples that got worse are run again, so that counting those answers would make every app look better than it is.

Without a change beyond chance the app passes if a drop of more than `margin` can be ruled out (one-sided, 95 %): by the interval of the
difference, and by the number of scenarios, since a change that breaks a share `margin` of all phrasings can miss a few of them altogether.
Otherwise there is too little data: a test that finds nothing proves nothing where it could not have found anything. What a check shows as
observed carries the bound that it decided by: the one-sided one, or the two-sided interval where the test alone failed it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from scipy import stats

from synthloop.core.report import Decision, GateCheck, Report
from synthloop.core.score import MetricValue
from synthloop.evaluate.comparison import Pairs, check_pairs, find_smallest_difference, measure_difference, pair_results, passes_mostly
from synthloop.evaluate.demands import DROP_MARGIN
from synthloop.evaluate.slices import adjust_p_values
from synthloop.evaluate.thresholds import say_lost

ONE_SIDED = 0.90
"""Level of the two-sided interval whose lower bound is a one-sided 95 % bound."""

Reruns = Mapping[str, tuple[bool | None, ...]]
"""Sample id -> what happened when it was run once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressions:
    """Samples that got worse, sorted by what the second run said."""

    confirmed: tuple[str, ...]
    """Failed again, or could not be run again."""
    flaky: tuple[str, ...]
    """Passed the second time."""


def find_broken(before: Report, after: Report) -> tuple[str, ...]:
    """Return the ids of samples that passed (in more than half of their repeats) before and do not now, in the order of `after`."""
    return _find_broken(pair_results(before, after))


def check_regression(before: Report, after: Report, reruns: Reruns, alpha: float, margin: float = DROP_MARGIN) -> tuple[GateCheck, ...]:
    """Return the check over all samples, and one more for each behavior that got worse beyond chance.

    Args:
        before: The baseline's report.
        after: The report to judge.
        reruns: Second answers of broken samples; a sample that is missing here counts as confirmed.
        alpha: Accepted share of false alarms.
        margin: Drop that must be ruled out.
    """
    pairs = pair_results(before, after)
    address = f"{before.id}:{after.id}"
    if not pairs.sample_ids:
        note = "no sample has a score in both. Fix: run the baseline's samples again, or accept this report as the new baseline"
        return (GateCheck(name="no_regression", decision="too little data", demanded=_demand(margin), note=note),)
    p_value, _ = check_pairs(pairs, "worse", seed=after.seed, address=address)
    behaviors = _check_behaviors(pairs, reruns, alpha / 2, seed=after.seed, address=address)
    overall = _check_overall(pairs, _sort_broken(pairs, reruns), p_value, alpha / 2, margin)
    lost = _find_lost(pairs, reruns, decided=[check.name for check in behaviors])
    return (msgspec.structs.replace(overall, note="; ".join((overall.note, *lost))), *behaviors)


def count_fewest(margin: float) -> int:
    """Return how many scenarios without a change rule out that a share `margin` of all scenarios got worse.

    Example:
        >>> count_fewest(0.10)
        25
    """
    square = float(stats.norm.isf((1 - ONE_SIDED) / 2)) ** 2
    return math.ceil(square * (1 - margin) / margin)


def _check_overall(pairs: Pairs, broken: Regressions, p_value: float, alpha: float, margin: float) -> GateCheck:
    bounded = _bound_difference(pairs)
    worse = p_value <= alpha and bool(broken.confirmed)
    safe = bounded.low is not None and bounded.low >= -margin and pairs.clusters >= count_fewest(margin)
    decision: Decision = "fail" if worse else "pass" if safe else "too little data"
    return GateCheck(
        name="no_regression",
        decision=decision,
        demanded=_demand(margin),
        observed=measure_difference(pairs) if worse else bounded,
        p_value=p_value,
        n_needed=_count_needed(pairs, margin) if decision == "too little data" else None,
        note=_describe(pairs, broken, settled=decision != "too little data"),
        sample_ids=broken.confirmed,
    )


def _bound_difference(pairs: Pairs) -> MetricValue:
    """Return the mean difference with its one-sided 95 % lower bound alone."""
    interval = measure_difference(pairs, ONE_SIDED)
    return msgspec.structs.replace(interval, high=None, level=(1 + ONE_SIDED) / 2)


def _check_behaviors(pairs: Pairs, reruns: Reruns, alpha: float, *, seed: int, address: str) -> list[GateCheck]:
    parts = [pairs.select(name) for name in dict.fromkeys(pairs.behavior_ids)]
    p_values = [check_pairs(part, "worse", seed=seed, address=f"{address}:{part.behavior_ids[0]}")[0] for part in parts]
    checks: list[GateCheck] = []
    for part, q_value in zip(parts, adjust_p_values(p_values), strict=True):
        broken = _sort_broken(part, reruns)
        if q_value <= alpha and broken.confirmed:
            checks.append(
                GateCheck(
                    name=f"no_regression:{part.behavior_ids[0]}",
                    decision="fail",
                    demanded="no drop beyond chance in any behavior",
                    observed=measure_difference(part),
                    p_value=q_value,
                    note=_describe(part, broken, settled=True),
                    sample_ids=broken.confirmed,
                )
            )
    return checks


def _find_lost(pairs: Pairs, reruns: Reruns, decided: Sequence[str]) -> list[str]:
    """Return a sentence for each behavior of which every sample broke, in too few scenarios for a check of its own to fail."""
    parts = [pairs.select(name) for name in dict.fromkeys(pairs.behavior_ids) if f"no_regression:{name}" not in decided]
    return [
        say_lost(part.behavior_ids[0], len(part.sample_ids), part.clusters, newly=True)
        for part in parts
        if _sort_broken(part, reruns).confirmed == part.sample_ids
    ]


def _find_broken(pairs: Pairs) -> tuple[str, ...]:
    rows = zip(pairs.sample_ids, pairs.before.tolist(), pairs.after.tolist(), strict=True)
    return tuple(sample_id for sample_id, before, after in rows if passes_mostly(before) and not passes_mostly(after))


def _sort_broken(pairs: Pairs, reruns: Reruns) -> Regressions:
    broken = _find_broken(pairs)
    flaky = tuple(sample_id for sample_id in broken if _passed_again(reruns.get(sample_id, ())))
    return Regressions(confirmed=tuple(sample_id for sample_id in broken if sample_id not in frozenset(flaky)), flaky=flaky)


def _passed_again(passes: tuple[bool | None, ...]) -> bool:
    scored = [passed for passed in passes if passed is not None]
    return bool(scored) and passes_mostly(sum(scored) / len(scored))


def _count_needed(pairs: Pairs, margin: float) -> int | None:
    """Return about how many scenarios would rule out a drop of `margin`; None where the drop seen is already as large."""
    bounded = _bound_difference(pairs)
    if bounded.value is None or bounded.value <= -margin:
        return None
    if bounded.low is None or not (pairs.before != pairs.after).any():
        return count_fewest(margin)
    growth = ((bounded.value - bounded.low) / (bounded.value + margin)) ** 2
    return max(count_fewest(margin), math.ceil(pairs.clusters * growth))


def _demand(margin: float) -> str:
    return f"no drop beyond chance, and a drop of {margin:g} ruled out"


def _describe(pairs: Pairs, broken: Regressions, *, settled: bool) -> str:
    smallest = None if settled else find_smallest_difference(pairs)
    blind = _find_blind(pairs)
    parts = [
        f"{len(pairs.sample_ids)} samples in {pairs.clusters} scenarios are in both",
        f"{len(broken.confirmed)} got worse" if broken.confirmed else "none got worse",
        f"{len(broken.flaky)} flaky (passed when run again)" if broken.flaky else "",
        f"{pairs.only_after} new" if pairs.only_after else "",
        f"{pairs.only_before} gone" if pairs.only_before else "",
        f"a drop under {smallest:.2f} could have been missed" if smallest is not None else "",
        f"no drop can show in {', '.join(blind)}: nothing of it passed in the baseline" if blind else "",
    ]
    return "; ".join(part for part in parts if part)


def _find_blind(pairs: Pairs) -> tuple[str, ...]:
    """Return the behaviors that failed throughout before, sorted: whatever breaks in them, they can't get worse."""
    passed = {name for name, before in zip(pairs.behavior_ids, pairs.before.tolist(), strict=True) if before > 0}
    return tuple(sorted(set(pairs.behavior_ids) - passed))


__all__ = ["Regressions", "Reruns", "check_regression", "count_fewest", "find_broken"]

"""One figure against one demand: pass, fail or too little data.

The rule, with v the observed value, [low, high] its interval and T the demand (for "at most" everything is mirrored):

- v >= T passes where low >= T - margin; otherwise there is too little data. The best guess meets the demand, and being worse than it by
  more than the margin is ruled out. Asking for low >= T instead would fail an app that is exactly as good as demanded 39 times in 40
  however large the sample, and would ask 0.93 for thousands of samples before it may pass 0.90.
- v < T fails where high < T (it is beyond chance), or where high - v <= margin (the figure is as sharp as the gate asks for, so what it
  says counts, and what it says is "below"). Otherwise there is too little data: a small sample must neither fail nor pass by luck.

So 0.93 from 400 samples passes 0.90; from 12 samples it is "too little data", with the number of scenarios that would do if they went on
like these. That number follows from the observed interval: its effective number of observations grows with the scenarios.
"""

import math

from synthloop.core.report import Decision, GateCheck
from synthloop.core.score import MetricValue

MARGIN = 0.05
"""How far the true value may lie on the wrong side of a demand that the observed value meets."""

_SCORE_INTERVALS = ("wilson", "cluster-wilson")


def check_at_least(name: str, observed: MetricValue, demand: float, margin: float = MARGIN) -> GateCheck:
    """Return whether a share is at least what is demanded.

    Args:
        name: The check's name.
        observed: A metric in [0, 1].
        demand: The share it must reach.
        margin: See the module's rule; a share.
    """
    demanded = f"at least {demand:g}"
    if observed.value is None or observed.low is None or observed.high is None:
        return _say_unknown(name, observed, demanded)
    edge = demand - margin if observed.value >= demand else max(demand, min(1.0, observed.value + margin))
    if observed.value >= demand:
        decision: Decision = "pass" if observed.low >= edge else "too little data"
    else:
        decision = "fail" if observed.high <= edge else "too little data"
    return _conclude(name, observed, demanded, decision, edge)


def check_at_most(name: str, observed: MetricValue, demand: float, margin: float = MARGIN) -> GateCheck:
    """Return whether a value, e.g. a latency in seconds, is at most what is demanded.

    Args:
        name: The check's name.
        observed: A metric of any unit.
        demand: The value it must not exceed, above 0.
        margin: See the module's rule; as a share of `demand`.
    """
    demanded = f"at most {demand:g}"
    if observed.value is None or observed.low is None or observed.high is None:
        return _say_unknown(name, observed, demanded)
    slack = margin * demand
    edge = demand + slack if observed.value <= demand else min(demand, observed.value - slack)
    if observed.value <= demand:
        decision: Decision = "pass" if observed.high <= edge else "too little data"
    else:
        decision = "fail" if observed.low >= edge else "too little data"
    return _conclude(name, observed, demanded, decision, edge)


def estimate_clusters(observed: MetricValue, edge: float) -> int | None:
    """Return about how many scenarios would move the interval's bound to `edge`, if they went on like the observed ones.

    None where it can't be said: no interval, or `edge` equals the value.
    """
    bound = observed.low if observed.value is not None and edge < observed.value else observed.high
    if observed.value is None or bound is None or observed.value in {edge, bound}:
        return None
    growth = ((observed.value - bound) / (observed.value - edge)) ** 2
    if observed.method in _SCORE_INTERVALS and 0 < edge < 1 and 0 < bound < 1:
        # the score interval's bound b solves n (v - b)^2 = q^2 b (1 - b)
        growth *= edge * (1 - edge) / (bound * (1 - bound))
    return max(observed.clusters + 1, math.ceil(observed.clusters * growth))


def say_lost(behavior_id: str, samples: int, scenarios: int, *, newly: bool = False) -> str:
    """Say that every sample of a behavior fails although its scenarios are too few to decide: hardly chance, but no proof.

    Args:
        behavior_id: The behavior.
        samples: Its scored samples, all of which fail.
        scenarios: Scenarios that they come from.
        newly: Whether all of them passed in the baseline.

    Example:
        >>> say_lost("change", 30, 2)
        'all 30 samples of change fail, but they come from 2 scenarios'
        >>> say_lost("change", 1, 1, newly=True)
        'the only sample of change passed before and fails now'
    """
    if samples == 1:
        return f"the only sample of {behavior_id} {'passed before and fails now' if newly else 'fails'}"
    what = "passed before and fail now" if newly else "fail"
    few = "one scenario" if scenarios == 1 else f"{scenarios} scenarios"
    return f"all {samples} samples of {behavior_id} {what}, but they come from {few}"


def _say_unknown(name: str, observed: MetricValue, demanded: str) -> GateCheck:
    nothing = "nothing could be scored" if observed.unscored else "there is nothing to judge: no sample of it, or no scorer that decides"
    why = nothing if observed.value is None else "one scenario shows no spread; write samples in other words"
    return GateCheck(name=name, decision="too little data", demanded=demanded, observed=observed, note=why)


def _conclude(name: str, observed: MetricValue, demanded: str, decision: Decision, edge: float) -> GateCheck:
    needed = estimate_clusters(observed, edge) if decision == "too little data" else None
    note = f"{observed.clusters} scenarios; about {needed} would do" if needed else ""
    return GateCheck(name=name, decision=decision, demanded=demanded, observed=observed, n_needed=needed, note=note)


__all__ = ["MARGIN", "check_at_least", "check_at_most", "estimate_clusters", "say_lost"]

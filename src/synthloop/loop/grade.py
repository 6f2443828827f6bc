"""A second model grades what the first one wrote."""

from collections.abc import Sequence

from synthloop.core.lineage import Spec
from synthloop.core.sample import Sample, Verdict
from synthloop.engine.runner import Engine
from synthloop.loop.setup import Setup

SURPLUS = Spec(kind="curators", name="order")
"""What drops a sample that came after its behavior had all that was ordered."""


def grade_samples(setup: Setup, engine: Engine, samples: Sequence[Sample]) -> tuple[Verdict, ...]:
    """Return the filter's verdict on each sample, in order.

    Raises:
        CallError: The model can't be reached.
    """
    if setup.grader is None:
        return ()
    behaviors = {behavior.id: behavior for behavior in setup.behaviors}
    verdicts: list[Verdict] = []
    flows = (setup.grader.grade(sample, behaviors[sample.behavior_id]) for sample in samples)
    engine.run(flows, sink=verdicts.append, total=len(samples))
    return tuple(verdicts)


__all__ = ["SURPLUS", "grade_samples"]

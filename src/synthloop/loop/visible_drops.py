"""What the gate will be able to see: how small a drop of each behavior the samples in use could show."""

from collections.abc import Sequence

from synthloop.core.behavior import Behavior
from synthloop.core.ports import Store
from synthloop.evaluate.demands import GateDemands
from synthloop.evaluate.visible_drops import VisibleDrop, find_visible_drops
from synthloop.loop.generate import ACTIVE_BATCH


def read_visible_drops(store: Store, behaviors: Sequence[Behavior], demands: GateDemands) -> tuple[VisibleDrop, ...]:
    """Return how small a drop each behavior's holdout could show. The holdout is only counted.

    Empty where nothing was generated yet, or where the gate doesn't look for drops.
    """
    batch = store.read_note(ACTIVE_BATCH)
    if batch is None or not demands.no_regression or not demands.alpha:
        return ()
    samples = store.read_samples(split="holdout", batch=batch)
    return find_visible_drops([behavior.id for behavior in behaviors], samples, demands.alpha)


__all__ = ["read_visible_drops"]

"""Generate and curate: from behaviors to accepted samples, each in its split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.lineage import content_id
from synthloop.core.sample import Sample, Split, Verdict
from synthloop.curate.order import DEFAULT_VALIDATORS, AcceptanceSummary, Curator, StopReason, accept_samples
from synthloop.curate.split import assign_splits
from synthloop.generate.candidates import generate_candidates
from synthloop.loop.setup import Setup

ACTIVE_BATCH = "active-batch"
"""Note under which the store keeps the id of the samples that the project's files describe now."""

_CANDIDATES_PER_ACCEPTED = 20

Judged = tuple[Sample, Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviorOrder:
    """How the order of one behavior went."""

    behavior_id: str
    ordered: int
    accepted: int
    candidates: int
    """Samples that were judged."""
    stop_reason: StopReason
    reasons: dict[str, int]
    """Reason -> candidates, `kept` among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateSummary:
    """What `generate_samples` did."""

    batch: str
    accepted: int
    splits: dict[Split, int]
    orders: tuple[BehaviorOrder, ...]
    """Empty where the samples were there already."""
    reused: bool
    """True where the files describe what was generated before and nothing was done."""


def generate_samples(setup: Setup) -> GenerateSummary:
    """Fill the order of every behavior and save what was judged, kept and dropped, in one transaction.

    The result depends on the project's files and the seed, and on nothing that was generated before: the same files give the same
    samples in another clone. A phrasing that was put into a split once stays there.

    Raises:
        UsageError: A behavior's parameters allow nothing.
        StoreError: The store can't be written; nothing was saved then.
    """
    batch = batch_id(setup)
    if setup.store.read_note(ACTIVE_BATCH) != batch:
        judged, orders = _fill_orders(setup)
        placed = _place(setup, judged)
        setup.store.save_candidates(placed, batch=batch)
        setup.store.write_note(ACTIVE_BATCH, batch)
        return _summarize(batch, (sample for sample, verdict in placed if verdict.keep), orders, reused=False)
    return _summarize(batch, setup.store.read_samples(batch=batch), (), reused=True)


def batch_id(setup: Setup) -> str:
    """Return the id of everything that decides which samples are accepted."""
    parts = (setup.generate, setup.order, setup.shares)
    components = [component.spec for component in (*setup.noisers, *setup.validators)]
    return content_id("batch", setup.seed, setup.behaviors, components, [msgspec.to_builtins(part) for part in parts])


def active_batch(setup: Setup) -> str:
    """Return the id of the samples in use.

    Raises:
        UsageError: Nothing was generated yet.
    """
    batch = setup.store.read_note(ACTIVE_BATCH)
    if batch is None:
        raise UsageError("no samples yet. Make some first: synthloop generate")
    return batch


def read_active(setup: Setup, split: Split | None) -> list[Sample]:
    """Return the samples in use, of one split or of all, in the order in which they were accepted.

    Raises:
        UsageError: Nothing was generated yet.
    """
    return list(setup.store.read_samples(batch=active_batch(setup), split=split))


def share_order(behaviors: Sequence[Behavior], accepted: int) -> dict[str, int]:
    """Divide an order among behaviors by weight, by largest remainder.

    Example:
        >>> a, b = Behavior(id="a", says="A.", weight=2), Behavior(id="b", says="B.")
        >>> share_order([a, b], 10)
        {'a': 7, 'b': 3}
    """
    total = sum(behavior.weight for behavior in behaviors)
    exact = {behavior.id: accepted * behavior.weight / total for behavior in behaviors}
    shares = {name: int(amount) for name, amount in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in by_remainder[: accepted - sum(shares.values())]:
        shares[name] += 1
    return shares


def _fill_orders(setup: Setup) -> tuple[list[Judged], tuple[BehaviorOrder, ...]]:
    curator = Curator(validators=(*DEFAULT_VALIDATORS, *setup.validators), max_shares=setup.order.max_shares, planned=setup.order.accepted)
    ordered = share_order(setup.behaviors, setup.order.accepted)
    judged: list[Judged] = []
    orders: list[BehaviorOrder] = []
    for behavior in setup.behaviors:
        found, summary = _fill_order(setup, behavior, ordered[behavior.id], curator)
        judged += found
        orders.append(_order_of(behavior, ordered[behavior.id], summary))
    return judged, tuple(orders)


def _fill_order(setup: Setup, behavior: Behavior, count: int, curator: Curator) -> tuple[list[Judged], AcceptanceSummary]:
    candidates = generate_candidates(behavior, setup.behaviors, settings=setup.generate, noisers=setup.noisers, seed=setup.seed)
    limit = setup.order.candidate_limit or _CANDIDATES_PER_ACCEPTED * count
    acceptance = accept_samples(candidates, count=count, curator=curator, candidate_limit=limit)
    return list(acceptance), acceptance.summary


def _order_of(behavior: Behavior, ordered: int, summary: AcceptanceSummary) -> BehaviorOrder:
    return BehaviorOrder(
        behavior_id=behavior.id,
        ordered=ordered,
        accepted=summary.accepted,
        candidates=summary.candidates,
        stop_reason=summary.stop_reason,
        reasons=summary.reasons,
    )


def _place(setup: Setup, judged: list[Judged]) -> list[Judged]:
    """Give every kept sample its split, and remember the splits of new scenarios."""
    kept = [sample for sample, verdict in judged if verdict.keep]
    fixed = setup.splits.read()
    splits = assign_splits(kept, setup.shares, seed=setup.seed, fixed=fixed)
    setup.splits.write({**fixed, **{sample.group: splits[sample.id] for sample in kept}})
    return [(msgspec.structs.replace(sample, split=splits[sample.id]) if verdict.keep else sample, verdict) for sample, verdict in judged]


def _summarize(batch: str, kept: Iterable[Sample], orders: tuple[BehaviorOrder, ...], *, reused: bool) -> GenerateSummary:
    splits: dict[Split, int] = {"train": 0, "dev": 0, "holdout": 0}
    for sample in kept:
        if sample.split is not None:
            splits[sample.split] += 1
    return GenerateSummary(batch=batch, accepted=sum(splits.values()), splits=splits, orders=orders, reused=reused)


__all__ = [
    "ACTIVE_BATCH",
    "BehaviorOrder",
    "GenerateSummary",
    "Judged",
    "active_batch",
    "batch_id",
    "generate_samples",
    "read_active",
    "share_order",
]

"""Generate and curate: from behaviors to accepted samples, each in its split."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.lineage import content_id
from synthloop.core.sample import Sample, Split
from synthloop.curate.order import DEFAULT_VALIDATORS, AcceptanceSummary, Curator, StopReason, accept_samples
from synthloop.curate.split import assign_splits
from synthloop.curate.stratify import SPLITS
from synthloop.engine.limits import Limits
from synthloop.generate.candidates import generate_candidates
from synthloop.generate.conversations import make_conversations
from synthloop.loop.order_progress import OrderProgress
from synthloop.loop.setup import Setup
from synthloop.loop.spool import Judged, Spool
from synthloop.loop.write import WritingOrder, WritingRun, preview_samples, write_samples
from synthloop.loop.yields import GroupVariety, RunEstimate, WriterYield, compare_variety, count_yields, estimate_run

ACTIVE_BATCH = "active-batch"
"""Note under which the store keeps the id of the samples that the project's files describe now."""

_CANDIDATES_PER_ACCEPTED = 20


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
    by: Literal["rules", "models"] = "rules"
    """Who made them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A few samples as models write them, and what the whole order would take."""

    judged: tuple[Judged, ...]
    """Samples with their verdicts, kept and dropped."""
    yields: tuple[WriterYield, ...]
    estimate: RunEstimate


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
    yields: tuple[WriterYield, ...] = ()
    """What each writer brought with each model."""
    variety: tuple[GroupVariety, ...] = ()
    """How varied the samples of each writer and of each model are."""
    budget_spent: str = ""
    """Which caps ended it early; the same command with a larger budget goes on from there."""


def generate_samples(setup: Setup) -> GenerateSummary:
    """Fill the order of every behavior and save what was judged, kept and dropped, in one transaction.

    The result depends on the project's files and the seed, and on nothing that was generated before: the same files give the same
    samples in another clone. A phrasing that was put into a split once stays there.

    Raises:
        UsageError: A behavior's parameters allow nothing.
        StoreError: The store can't be written; nothing was saved then.
    """
    batch = batch_id(setup)
    if setup.store.read_note(ACTIVE_BATCH) == batch:
        return _summarize(setup, batch, (), None)
    with Spool() as judged:
        orders, run = _fill_orders(setup, judged, batch)
        # What a spent budget cut short is usable, and has a name of its own: the same command goes on from there.
        saved = batch if run is None or run.is_complete else f"{batch}-{len(run.outcomes)}"
        splits = _draw_splits(setup, judged)
        placed = ((_put(sample, splits.get(sample.id)), verdict) if verdict.keep else (sample, verdict) for sample, verdict in judged)
        setup.store.save_candidates(placed, batch=saved)
    setup.store.write_note(ACTIVE_BATCH, saved)
    return _summarize(setup, saved, orders, run)


def preview_writing(setup: Setup, count: int) -> Preview:
    """Have models write a few samples of every behavior and return them with what the whole order would take; nothing is saved.

    The answers are in the journal: the whole order finds them paid for.

    Args:
        setup: The project.
        count: Samples to show, about; at least one a behavior.

    Raises:
        UsageError: The project has models write nothing.
        CallError: No model can be reached.
    """
    if not setup.writing.share:
        raise UsageError("models write nothing here. Fix: give them a share in synthloop.yaml, e.g. `writing: {share: 0.5}`.")
    judged: list[Judged] = []
    few = {name: max(1, amount) for name, amount in share_order(setup.behaviors, count).items()}
    run = preview_samples(setup, few, _make_curator(setup), judged.append)
    wanted = sum(_share_writing(setup).values())
    in_flight = sum(setup.limits_by_model.get(choice.model.name, Limits()).in_flight for choice in setup.writing.models)
    estimate = estimate_run(run.outcomes, wanted, in_flight=in_flight, seed=setup.seed)
    return Preview(judged=tuple(judged), yields=count_yields(run.outcomes), estimate=estimate)


def batch_id(setup: Setup) -> str:
    """Return the id of everything that decides which samples are accepted."""
    parts = (setup.generate, setup.order, setup.shares)
    components = [component.spec for component in (*setup.noisers, *setup.validators)]
    talked = [msgspec.to_builtins(setup.users)] if any(behavior.talk for behavior in setup.behaviors) else []
    rules = content_id("batch", setup.seed, setup.behaviors, components, [msgspec.to_builtins(part) for part in parts], *talked)
    if not setup.writing.share:
        return rules
    return content_id("batch", rules, setup.writing.digest, setup.grader.spec if setup.grader else None)


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


def _fill_orders(setup: Setup, judged: Spool, batch: str) -> tuple[tuple[BehaviorOrder, ...], WritingRun | None]:
    """Fill every order, by rules first: what models write is held against it."""
    curator = _make_curator(setup)
    written = _share_writing(setup)
    ordered = {name: count - written[name] for name, count in share_order(setup.behaviors, setup.order.accepted).items()}
    shown = OrderProgress(progress=setup.progress, clock=setup.clock, ordered=sum(ordered.values()))
    with shown:
        watched = shown.watch(judged)
        orders = [
            _fill_order(setup, behavior, ordered[behavior.id], curator, watched) for behavior in setup.behaviors if ordered[behavior.id]
        ]
    if not any(written.values()):
        return tuple(orders), None
    run = write_samples(setup, written, curator, judged.append, batch=batch)
    return (*orders, *map(_order_of_models, run.orders)), run


def _share_writing(setup: Setup) -> dict[str, int]:
    """Return behavior -> samples that models write of what is ordered."""
    ordered = share_order(setup.behaviors, setup.order.accepted)
    spoken = {behavior.id for behavior in setup.behaviors if behavior.talk is not None}  # their users speak for themselves
    return {name: 0 if name in spoken else round(count * setup.writing.share) for name, count in ordered.items()}


def _make_curator(setup: Setup) -> Curator:
    validators = (*DEFAULT_VALIDATORS, *setup.validators)
    return Curator(validators=validators, max_shares=setup.order.max_shares, planned=setup.order.accepted)


def _order_of_models(order: WritingOrder) -> BehaviorOrder:
    return BehaviorOrder(
        behavior_id=order.behavior.id,
        ordered=order.ordered,
        accepted=len(order.accepted),
        candidates=order.reasons.total(),
        stop_reason=order.stop_reason or "enough",
        reasons=dict(sorted(order.reasons.items(), key=lambda item: (-item[1], item[0]))),
        by="models",
    )


def _fill_order(setup: Setup, behavior: Behavior, count: int, curator: Curator, keep: Callable[[Judged], None]) -> BehaviorOrder:
    candidates = _make_candidates(setup, behavior)
    limit = setup.order.candidate_limit or _CANDIDATES_PER_ACCEPTED * count
    acceptance = accept_samples(candidates, count=count, curator=curator, candidate_limit=limit)
    for pair in acceptance:
        keep(pair)
    return _order_of(behavior, count, acceptance.summary)


def _make_candidates(setup: Setup, behavior: Behavior) -> Iterator[Sample]:
    settings = setup.generate
    if behavior.talk is None:
        return generate_candidates(behavior, setup.behaviors, settings=settings, noisers=setup.noisers, seed=setup.seed)
    return make_conversations(
        behavior, behavior.talk, settings=setup.users, strength=settings.strength, levels=settings.levels, seed=setup.seed
    )


def _order_of(behavior: Behavior, ordered: int, summary: AcceptanceSummary) -> BehaviorOrder:
    return BehaviorOrder(
        behavior_id=behavior.id,
        ordered=ordered,
        accepted=summary.accepted,
        candidates=summary.candidates,
        stop_reason=summary.stop_reason,
        reasons=summary.reasons,
    )


def _draw_splits(setup: Setup, judged: Spool) -> dict[str, Split]:
    """Return sample id -> split of everything that was kept, and remember the splits of new phrasings."""
    groups = {sample.id: sample.group for sample in _read_kept(judged)}
    fixed = setup.splits.read()
    fixed |= _find_earlier_splits(setup, groups, fixed)
    splits = assign_splits(_read_kept(judged), setup.shares, seed=setup.seed, fixed=fixed)
    drawn: dict[str, Split] = {group: splits[sample_id] for sample_id, group in groups.items()}
    setup.splits.write(fixed | drawn)
    return splits


def _find_earlier_splits(setup: Setup, groups: Mapping[str, str], fixed: Mapping[str, Split]) -> dict[str, Split]:
    """Return the splits of new phrasings whose very text was in a split before.

    A failure that became an authored case is such a phrasing of its own now: what was trained on must not enter the holdout that way.
    """
    found: dict[str, Split] = {}
    for sample in setup.store.read_samples():
        group = groups.get(sample.id)
        if group is not None and group not in fixed and sample.split is not None:
            found.setdefault(group, sample.split)
    return found


def _read_kept(judged: Spool) -> Iterator[Sample]:
    return (sample for sample, verdict in judged if verdict.keep)


def _put(sample: Sample, split: Split | None) -> Sample:
    return msgspec.structs.replace(sample, split=split)


def _summarize(setup: Setup, batch: str, orders: tuple[BehaviorOrder, ...], run: WritingRun | None) -> GenerateSummary:
    splits: dict[Split, int] = {split: setup.store.count_samples(batch=batch, split=split) for split in SPLITS}
    written = [sample for order in run.orders for sample in order.accepted] if run else []
    return GenerateSummary(
        batch=batch,
        accepted=sum(splits.values()),
        splits=splits,
        orders=orders,
        reused=not orders,
        yields=count_yields(run.outcomes) if run else (),
        variety=compare_variety(written, seed=setup.seed) if written else (),
        budget_spent=run.budget_spent if run else "",
    )


__all__ = [
    "ACTIVE_BATCH",
    "BehaviorOrder",
    "GenerateSummary",
    "Preview",
    "active_batch",
    "batch_id",
    "generate_samples",
    "preview_writing",
    "read_active",
    "share_order",
]

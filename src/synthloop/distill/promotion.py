"""Confirmed failure modes become permanent cases: a few authored samples each, with where they came from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from synthloop.core.behavior import Authored, Behavior
from synthloop.core.conversation import Goal
from synthloop.core.lineage import Lineage, encode_canonical
from synthloop.core.report import FailureMode
from synthloop.core.sample import Sample

MODE_ATTRIBUTE = "failure_mode"
"""Attribute of promoted samples that names the mode, so that it can be sliced by."""

SOURCE_ATTRIBUTE = "promoted_from"
"""Attribute of promoted samples that keeps the id of the sample that failed."""


_OF_THE_BEHAVIOR = Goal()
"""Says nothing of the end: a permanent case has its behavior's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """One sample to keep for good."""

    behavior_id: str
    authored: Authored
    mode_id: str
    sample_id: str
    """The failed sample that it repeats word for word."""
    lineage: Lineage
    """The failed sample's own lineage, with that sample as the first parent."""


def promote_modes(
    modes: Iterable[FailureMode], samples: Mapping[str, Sample], behaviors: Sequence[Behavior] = (), *, per_mode: int = 5
) -> tuple[Promotion, ...]:
    """Return what to write into a permanent behavior file: the most central failed samples of each confirmed mode.

    Only samples that really failed are promoted, word for word, never a paraphrase; one of each scenario, since its near-copies teach the
    same. What is authored already, or promoted by an earlier mode, is left out, and so are variants of an authored sample that fails too.

    Args:
        modes: Modes; those not confirmed are left out.
        samples: Sample id -> sample.
        behaviors: What is authored already.
        per_mode: Most samples of each mode.
    """
    known = {_key(behavior.id, authored) for behavior in behaviors for authored in behavior.authored}
    promoted: list[Promotion] = []
    for mode in modes:
        if not mode.confirmed:
            continue
        fresh = 0
        central = [samples[sample_id] for sample_id in mode.sample_ids if sample_id in samples]
        for sample in _one_each([*_list_minimal(mode), *central]):
            promotion = _promote(mode, sample)
            key = _key(sample.behavior_id, promotion.authored)
            if key not in known and fresh < per_mode:
                known.add(key)
                promoted.append(promotion)
                fresh += 1
    return tuple(promoted)


def _list_minimal(mode: FailureMode) -> list[Sample]:
    """Return the shortest conversation that still fails, where there is one; its user can reach its goal once the app is mended."""
    return [mode.minimal.sample] if mode.minimal is not None and mode.minimal.reproduced else []


def _one_each(samples: Sequence[Sample]) -> Iterator[Sample]:
    """Yield the first sample of each scenario, in order, but none where the authored sample itself is among them."""
    seen = {sample.scenario_id for sample in samples if sample.lineage.origin == "authored"}
    for sample in samples:
        if sample.scenario_id not in seen:
            seen.add(sample.scenario_id)
            yield sample


def _promote(mode: FailureMode, sample: Sample) -> Promotion:
    lineage = sample.lineage
    return Promotion(
        behavior_id=sample.behavior_id,
        authored=Authored(
            messages=tuple((message.role, message.text) for message in sample.messages),
            expected=sample.expected,
            attributes={**_keep_attributes(sample), MODE_ATTRIBUTE: mode.name, SOURCE_ATTRIBUTE: sample.id},
            protected=sample.protected,
            goal=msgspec.structs.replace(sample.goal, end=_OF_THE_BEHAVIOR.end, never=(), persona=None) if sample.goal else None,
        ),
        mode_id=mode.id,
        sample_id=sample.id,
        lineage=Lineage(
            origin=lineage.origin, parents=(sample.id, *lineage.parents), steps=lineage.steps, seed=lineage.seed, model=lineage.model
        ),
    )


def _keep_attributes(sample: Sample) -> dict[str, str]:
    """Return what a permanent case keeps of a sample's attributes: of a conversation nothing, since its goal says it all."""
    return {} if sample.goal is not None else sample.attributes


def _key(behavior_id: str, authored: Authored) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
    plain = tuple((role, " ".join(text.casefold().split())) for role, text in authored.messages)
    return behavior_id, plain, encode_canonical([authored.expected, authored.goal])


__all__ = ["MODE_ATTRIBUTE", "SOURCE_ATTRIBUTE", "Promotion", "promote_modes"]

"""New samples close to one sample: a parameter, the wording or the noise changed, and named in the attributes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.lineage import Lineage, Spec, chance
from synthloop.core.ports import Noiser
from synthloop.core.sample import Sample, with_text
from synthloop.generate.noise.apply import apply_noise
from synthloop.generate.recombination import Material, prepare_material, recombine, swap_slots
from synthloop.generate.templates import ReadyTemplate, fill_template, ready_templates

PATIENCE = 200
"""Attempts in a row without a new neighbor after which there are none left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What neighbors of one behavior's samples are made of."""

    behavior: Behavior
    material: Material
    templates: Mapping[str, ReadyTemplate]
    """Text -> template."""
    noisers: Sequence[Noiser]


def make_neighbors(sample: Sample, behavior: Behavior, *, count: int, noisers: Sequence[Noiser], seed: int) -> Iterator[Sample]:
    """Yield up to `count` different samples close to `sample`, with the same expectation and scenario.

    Each changes one thing, named by the attribute `changed`: `parameter:<name>`, `wording` or `noise`.
    Fewer come where the surroundings are exhausted.

    Args:
        sample: Any sample of the behavior, of any origin.
        behavior: Where its parameters, templates and words come from.
        count: How many are wanted.
        noisers: May be empty.
        seed: The run seed.

    Raises:
        UsageError: The behavior's templates or parameters are unusable.
    """
    templates = {ready.template.text: ready for ready in ready_templates(behavior)}
    # Other values would be a second change, and without the other behaviors nothing says which of them mark one.
    material = prepare_material(behavior, [behavior], vary_values=False)
    around = Surroundings(behavior=behavior, material=material, templates=templates, noisers=noisers)
    seen = {sample.text}
    missed = attempt = 0
    while len(seen) <= count and missed < PATIENCE:
        rng = chance(seed, "generate.neighbors", sample.id, attempt)
        neighbor = rng.choice(_WAYS)(sample, around, rng, seed)
        attempt += 1
        missed += 1
        if neighbor is not None and neighbor.text not in seen:
            seen.add(neighbor.text)
            missed = 0
            yield neighbor


Way = Callable[[Sample, Surroundings, Random, int], Sample | None]


def _change_parameter(sample: Sample, around: Surroundings, rng: Random, seed: int) -> Sample | None:
    refilled = _refill(sample, around, rng, seed)
    if refilled is not None:
        return refilled
    swapped = swap_slots(sample, around.material, rng)
    if swapped is None:
        return None
    text, protected, values = swapped
    near = _near(sample, text, f"parameter:{','.join(values)}", seed)
    return msgspec.structs.replace(near, protected=tuple(sorted(protected, key=text.find)), attributes={**near.attributes, **values})


def _refill(sample: Sample, around: Surroundings, rng: Random, seed: int) -> Sample | None:
    """Fill the sample's template again with one parameter changed, and whatever depends on it; None where it has no template."""
    filled = next((step for step in sample.lineage.steps if step.name == "template"), None)
    ready = around.templates.get(str(filled.parameters["template"])) if filled else None
    if ready is None or not ready.space.shown:
        return None
    values = {name: sample.attributes[name] for name in ready.space.shown if name in sample.attributes}
    name = rng.choice(ready.space.shown)
    others = [value for value in ready.space.variables[name].levels if value != values.get(name)]
    if not others:
        return None
    wanted = {**values, name: rng.choice(others)}
    if len(wanted) < len(ready.space.shown) or not ready.space.allows(wanted):
        return None
    fresh = fill_template(around.behavior, ready, wanted, seed=seed)
    near = _near(sample, fresh.text, f"parameter:{name}", seed)
    return msgspec.structs.replace(near, protected=fresh.protected, attributes={**near.attributes, **wanted})


def _change_wording(sample: Sample, around: Surroundings, rng: Random, seed: int) -> Sample | None:
    varied = recombine(sample, around.material, rng, seed=seed)
    return None if varied is None else _relabel(varied, sample, "wording")


def _change_noise(sample: Sample, around: Surroundings, rng: Random, seed: int) -> Sample | None:
    noised = apply_noise(sample, around.noisers, seed=seed, replica=rng.getrandbits(32)) if around.noisers else None
    return None if noised is None else _relabel(noised, sample, "noise")


_WAYS: tuple[Way, ...] = (_change_parameter, _change_wording, _change_noise)


def _near(sample: Sample, text: str, changed: str, seed: int) -> Sample:
    step = Spec(kind="generators", name="neighbor", parameters={"changed": changed})
    lineage = Lineage(origin="neighbor", parents=(sample.id,), steps=(*sample.lineage.steps, step), seed=seed)
    return with_text(sample, text, lineage=lineage, attributes={"source": "neighbor", "changed": changed})


def _relabel(made: Sample, sample: Sample, changed: str) -> Sample:
    lineage = msgspec.structs.replace(made.lineage, origin="neighbor", parents=(sample.id,))
    return msgspec.structs.replace(made, lineage=lineage, attributes={**made.attributes, "source": "neighbor", "changed": changed})


__all__ = ["PATIENCE", "Surroundings", "make_neighbors"]

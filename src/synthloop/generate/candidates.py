"""A behavior's candidates: authored samples first, then an endless seeded mix that never repeats itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

import msgspec

from synthloop.core.behavior import Behavior
from synthloop.core.lineage import chance
from synthloop.core.ports import Noiser
from synthloop.core.sample import Sample
from synthloop.generate.authored import make_authored_samples
from synthloop.generate.noise.apply import Noising
from synthloop.generate.recombination import Material, prepare_material, recombine
from synthloop.generate.settings import GenerateSettings
from synthloop.generate.templates import ReadyTemplate, cover_templates, draw_fill, ready_templates

PATIENCE = 1000
"""Attempts in a row without a new sample after which the space counts as exhausted."""


def generate_candidates(
    behavior: Behavior, behaviors: Sequence[Behavior], *, settings: GenerateSettings, noisers: Sequence[Noiser], seed: int
) -> Iterator[Sample]:
    """Yield candidates for one behavior, lazily, all different in content.

    First its authored samples, then a mix of template fills and recombinations, some of them noised. Fills follow the templates' covering
    designs as long as these last, then the parameters' distributions. The stream ends when nothing new has come up for long.

    Args:
        behavior: What the candidates exercise.
        behaviors: All behaviors of the project; they lend each other style, never content.
        settings: The mix.
        noisers: Applied one after the other to the noised share; empty: no noise.
        seed: The run seed.

    Raises:
        UsageError: Templates, parameters or constraints are unusable.
    """
    authored = make_authored_samples(behavior)
    templates = ready_templates(behavior, settings.levels)
    seen: set[str] = set()
    for sample in authored:
        yield from _if_new(sample, seen)
    mix = _Mix(
        behavior=behavior,
        authored=authored,
        templates=templates,
        rows=cover_templates(behavior, templates, strength=settings.strength, seed=seed),
        material=prepare_material(behavior, behaviors, settings.synonyms, vary_values=settings.vary_values),
        settings=settings,
        noising=Noising(noisers=noisers, seed=seed),
        seed=seed,
    )
    missed = turn = 0
    while missed < PATIENCE and mix.is_open:
        missed += 1
        for sample in _if_new(mix.make(turn), seen):
            missed = 0
            mix.count(sample)
            yield sample
        turn += 1


def _if_new(sample: Sample | None, seen: set[str]) -> Iterator[Sample]:
    if sample is not None and sample.id not in seen:
        seen.add(sample.id)
        yield sample


@dataclass(slots=True, kw_only=True)
class _Mix:
    """Makes one candidate a turn; what it makes depends on the turn alone until the authored samples have had all their variants."""

    behavior: Behavior
    authored: tuple[Sample, ...]
    templates: tuple[ReadyTemplate, ...]
    rows: Iterator[Sample]
    """What is left of the covering designs."""
    material: Material
    settings: GenerateSettings
    noising: Noising
    seed: int
    recombined: int = field(default=0)

    @property
    def is_open(self) -> bool:
        """Whether another turn can make anything."""
        return bool(self.templates) or self._may_recombine

    @property
    def _may_recombine(self) -> bool:
        return self.recombined < self.settings.variants_per_authored * len(self.authored)

    def count(self, sample: Sample) -> None:
        """Take note of a new candidate."""
        self.recombined += sample.scenario_id in {authored.scenario_id for authored in self.authored}

    def make(self, turn: int) -> Sample | None:
        """Return the candidate of one turn, or None where it came to nothing."""
        rng = chance(self.seed, "generate.candidates", self.behavior.id, turn)
        noisy = bool(self.noising.noisers) and rng.random() < self.settings.noise_share
        if self.templates and (not self._may_recombine or rng.random() < self.settings.template_share):
            clean = next(self.rows, None) or draw_fill(self.behavior, self.templates, rng, seed=self.seed)
        else:
            clean = self._recombine(turn, noisy, rng)
        return self._add_noise(clean, turn) if noisy and clean is not None else clean

    def _recombine(self, turn: int, noisy: bool, rng: Random) -> Sample | None:
        # In turn rather than by chance: every authored sample gets the same number of variants, so none outweighs the others.
        authored = self.authored[turn % len(self.authored)]
        if noisy and rng.random() < self.settings.verbatim_share:
            return authored
        return recombine(authored, self.material, rng, seed=self.seed)

    def _add_noise(self, clean: Sample, turn: int) -> Sample:
        noised = self.noising.put_on(clean, replica=turn)
        if noised is None:
            return clean
        parents = (clean.id, *clean.lineage.parents)
        return msgspec.structs.replace(noised, lineage=msgspec.structs.replace(noised.lineage, parents=parents))


__all__ = ["PATIENCE", "generate_candidates"]

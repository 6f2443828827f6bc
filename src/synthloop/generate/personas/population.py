"""Draws a population of personas from dependent traits, and checks that it is what was asked for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, cast

from synthloop.core.behavior import Behavior, Constraint, Parameter, Persona
from synthloop.core.lineage import chance, content_id
from synthloop.generate.covering import cover
from synthloop.generate.space import ParameterSpace, parameter_space

_REFERENCE = 20_000
"""Draws that stand for what was asked for: conditionals and rules leave no closed form."""

_FEWEST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who there may be: traits with their distributions, and rules between them."""

    says: str = ""
    """The setting in a few words."""
    traits: tuple[Parameter, ...]
    rules: tuple[Constraint, ...] = ()

    def space(self) -> ParameterSpace:
        """Return the allowed combinations of traits.

        Raises:
            UsageError: A trait is unusable, traits depend on each other in a circle, or the rules allow nobody.
        """
        about = Behavior(id="personas", says=self.says, parameters=self.traits, constraints=self.rules)
        space = parameter_space(about, [trait.name for trait in self.traits], 3)
        space.check()
        return space


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a population's shares of one trait, or of two together, fit what was asked for."""

    traits: tuple[str, ...]
    """One name, or two."""
    largest_gap: float
    """Largest difference between a share that was drawn and the one that was asked for."""
    where: tuple[str, ...]
    """The values with that difference."""
    n: int
    p_value: float
    """Chi-square; values that are expected fewer than five times are put together."""
    q_value: float
    """After Benjamini-Hochberg over all traits and pairs."""


def draw_personas(setting: Setting, count: int, *, seed: int, cover_pairs: bool = True) -> tuple[Persona, ...]:
    """Return personas, all pairs of trait values that can occur together among the first ones, then by the joint distribution.

    The same persona may come more than once, as people of one kind do.

    Args:
        setting: Traits and rules.
        count: How many.
        seed: The run seed.
        cover_pairs: Whether every pair comes first; a small population then shows rare kinds more often than asked for.

    Raises:
        UsageError: The traits allow nobody.
    """
    space = setting.space()
    rows = _cover(space, seed)[:count] if cover_pairs else []
    rows += [space.draw(chance(seed, "generate.personas", "", number)) for number in range(count - len(rows))]
    return tuple(Persona(id=content_id("persona", row)[:12], traits=row) for row in rows)


def count_covering(setting: Setting, *, seed: int) -> int:
    """Return among how many personas, the first that are drawn, every pair of trait values that can occur together is."""
    return len(_cover(setting.space(), seed))


def _cover(space: ParameterSpace, seed: int) -> list[dict[str, str]]:
    return list(cover(space, 2, chance(seed, "generate.personas.cover", "")))


def check_population(setting: Setting, personas: Sequence[Persona], *, seed: int) -> tuple[Fit, ...]:
    """Compare drawn personas with what was asked for: every trait and every pair, the worst first.

    Only personas that were drawn by the distribution can fit: leave out those of a covering design.

    Args:
        setting: What was asked for.
        personas: What was drawn.
        seed: Of the reference draws.
    """
    from scipy import stats  # noqa: PLC0415 - half a second to load, and only checks need it

    space = setting.space()
    reference = [space.draw(chance(seed, "generate.personas.reference", "", number)) for number in range(_REFERENCE)]
    drawn = [persona.traits for persona in personas]
    names = [trait.name for trait in setting.traits]
    fits = [_fit(chosen, drawn, reference) for size in (1, 2) for chosen in combinations(names, size)]
    if not fits:
        return ()
    q_values = cast("Any", stats).false_discovery_control([fit.p_value for fit in fits]).tolist()
    controlled = [
        Fit(traits=fit.traits, largest_gap=fit.largest_gap, where=fit.where, n=fit.n, p_value=fit.p_value, q_value=q_value)
        for fit, q_value in zip(fits, q_values, strict=True)
    ]
    return tuple(sorted(controlled, key=lambda fit: (fit.q_value, -fit.largest_gap, fit.traits)))


def _fit(chosen: tuple[str, ...], drawn: Sequence[dict[str, str]], reference: Sequence[dict[str, str]]) -> Fit:
    from scipy import stats  # noqa: PLC0415 - half a second to load, and only checks need it

    seen = Counter(tuple(row[name] for name in chosen) for row in drawn)
    asked = Counter(tuple(row[name] for name in chosen) for row in reference)
    n = len(drawn)
    gaps = {values: abs(seen[values] / max(1, n) - asked[values] / len(reference)) for values in {*seen, *asked}}
    where = max(sorted(gaps), key=lambda values: gaps[values])
    rare_seen, rare_asked, table = 0, 0, list[tuple[int, int]]()
    for values in sorted(gaps):
        if asked[values] * n / len(reference) < _FEWEST_EXPECTED:
            rare_seen, rare_asked = rare_seen + seen[values], rare_asked + asked[values]
        else:
            table.append((seen[values], asked[values]))
    if rare_seen or rare_asked:
        table.append((rare_seen, rare_asked))
    p_value = float(cast("Any", stats).chi2_contingency(list(zip(*table, strict=True))).pvalue) if len(table) > 1 and n else 1.0
    return Fit(traits=chosen, largest_gap=gaps[where], where=where, n=n, p_value=p_value, q_value=p_value)


__all__ = ["Fit", "Setting", "check_population", "count_covering", "draw_personas"]

"""Traits depend on each other as was asked, every pair comes up, and a population that is off is found out."""

from itertools import combinations

import pytest

from synthloop.core.behavior import Persona
from synthloop.generate.personas.population import Setting, check_population, draw_personas
from synthloop.project.personas import parse_personas

WRITTEN = """
says: people who write to a meeting app
traits:
  role: {assistant: 3, manager: 1}
  patience: {given: role, assistant: {high: 3, low: 1}, manager: {low: 4, high: 1}}
  device: [phone, laptop]
rules:
  - not: {role: manager, device: laptop}
"""


def read(text: str = WRITTEN) -> Setting:
    setting, problems = parse_personas(text, "personas.yaml")
    assert not problems
    assert setting is not None
    return setting


def test_all_pairs_that_can_occur_come_first_and_rules_hold() -> None:
    personas = draw_personas(read(), 40, seed=1)
    pairs = {(a, b) for persona in personas[:12] for a, b in combinations(sorted(persona.traits.items()), 2)}
    assert (("device", "phone"), ("role", "manager")) in pairs
    assert (("patience", "low"), ("role", "assistant")) in pairs
    assert not any(persona.traits["role"] == "manager" and persona.traits["device"] == "laptop" for persona in personas)
    assert personas == draw_personas(read(), 40, seed=1)


def test_what_is_drawn_fits_what_was_asked_jointly() -> None:
    fits = check_population(read(), draw_personas(read(), 1000, seed=2, cover_pairs=False), seed=2)
    assert {fit.traits for fit in fits} >= {("role",), ("role", "patience"), ("patience", "device")}
    assert all(fit.q_value > 0.01 and fit.largest_gap < 0.06 for fit in fits)


def test_traits_that_were_drawn_apart_are_found_out_though_each_fits_alone() -> None:
    """Independent draws with the right shares: what tools do that ignore dependencies."""
    drawn = draw_personas(read(), 1000, seed=3, cover_pairs=False)
    shuffled = [
        Persona(id=str(at), traits={**persona.traits, "patience": drawn[(at + 500) % 1000].traits["patience"]})
        for at, persona in enumerate(drawn)
    ]
    fits = {fit.traits: fit for fit in check_population(read(), shuffled, seed=3)}
    assert fits["patience",].q_value > 0.05
    assert fits["role", "patience"].q_value < 0.001


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("traits: {a: {given: b, x: [y]}, b: {given: a, y: [x]}}", "each other"),
        ("traits: {a: [x, y]}\nrules: [{not: {a: [x, y]}}]", "allow"),
        ("traits: {a: {given: b, x: [y]}}", "b"),
        ("trait: {a: [x]}", "unknown key 'trait'"),
        ("traits: {model: [old, new]}", "the name 'model' is taken"),
    ],
)
def test_what_can_not_be_is_said_before_use(text: str, what: str) -> None:
    setting, problems = parse_personas(text, "personas.yaml")
    assert setting is None
    assert problems
    assert any(what in str(problem) for problem in problems), problems
    assert all(problem.file == "personas.yaml" for problem in problems)

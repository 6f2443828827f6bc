"""How often a condition is found where there is none, and whether one that is there is found, in simulated runs.

Each run has 300 conversations with ten manners, four slots and patience. Where failures are chance, 15 % fail. Where a condition holds of
one manner and one value, 80 % fail, and 3 % elsewhere. A condition that is found is then tested on 48 fresh conversations where it holds,
and on as many just outside.

    python benchmarks/triggers.py [--quick]
"""

import argparse
from collections.abc import Callable, Mapping
from random import Random

import numpy as np

from synthloop.core.lineage import Lineage
from synthloop.core.problem import Trigger
from synthloop.core.sample import Message, make_sample
from synthloop.distill.triggers import Case, control_triggers, find_trigger, judge_trigger, list_outside
from synthloop.evaluate.intervals import wilson_interval

TRUE = {"user_manner0": "yes", "slot1": "2"}
FRESH = 48

Rate = Callable[[Mapping[str, str]], float]
"""Attributes -> chance of failing."""


def by_chance(_: Mapping[str, str]) -> float:
    return 0.15


def planted(attributes: Mapping[str, str]) -> float:
    return 0.8 if attributes.items() >= TRUE.items() else 0.03


def draw(rng: Random, rate: Rate, fixed: Mapping[str, str]) -> Case:
    drawn = {f"user_manner{number}": rng.choice(["yes", "no", "no"]) for number in range(10)}
    drawn |= {f"slot{number}": str(rng.randrange(4)) for number in range(4)} | {"user_patience": rng.choice("234")}
    attributes = {**drawn, **fixed}
    sample = make_sample(
        behavior_id="b",
        scenario_id=" ".join(value for name, value in attributes.items() if name.startswith("slot")),
        messages=(Message(role="user", text=str(rng.random())),),
        attributes=attributes,
        lineage=Lineage(origin="generated"),
    )
    return Case(sample=sample, failed=rng.random() < rate(attributes))


def look(seed: int, rate: Rate) -> Trigger | None:
    """Return the trigger of one run, tested."""
    rng = Random(seed)
    cases = [draw(rng, rate, {}) for _ in range(300)]
    trigger = find_trigger(cases)
    if trigger is None:
        return None
    inside = [draw(rng, rate, trigger.where) for _ in range(FRESH)]
    outside = [draw(rng, rate, where) for where in list_outside(trigger, (case.sample for case in cases), FRESH)]
    return control_triggers([judge_trigger(trigger, inside, outside)])[0]


def show(name: str, hits: int, n: int) -> None:
    low, high = wilson_interval(hits / n, n, 1.96)
    print(f"{name:<50} {hits / n:.3f} ({low:.3f} to {high:.3f}), n = {n}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the runs")
    n = 40 if parser.parse_args().quick else 400
    chance = [look(seed, by_chance) for seed in range(n)]
    real = [look(seed, planted) for seed in range(n)]
    show("failures by chance: a condition is found", sum(each is not None for each in chance), n)
    show("failures by chance: it holds up on fresh ones", sum(each is not None and each.held_up is True for each in chance), n)
    show("a condition is there: exactly that one is found", sum(each is not None and each.where == TRUE for each in real), n)
    show("a condition is there: it holds up on fresh ones", sum(each is not None and each.held_up is True for each in real), n)
    rates = [(each.fresh_inside.rate, each.fresh_outside.rate) for each in real if each is not None]
    inside, outside = np.mean(rates, axis=0)
    print(f"fresh conversations fail in {inside:.2f} where it holds, {outside:.2f} outside")


if __name__ == "__main__":
    main()

"""Do the statistics keep their promises? Coverage of intervals, false alarms of the gate, its power, and false discoveries of slices.

Every simulated run has scenarios of a few near-alike samples (beta-distributed pass rates within behaviors), repeats of an app that is
partly at random, and goes through the functions that the product uses. `python benchmarks/gate_statistics.py [RUNS]` prints the numbers.
"""

import argparse
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthloop.core.lineage import Lineage
from synthloop.core.report import BehaviorResult, Report, Result
from synthloop.core.sample import Message, Sample
from synthloop.core.score import MetricValue
from synthloop.core.transcript import Transcript
from synthloop.evaluate.intervals import measure_mean, measure_quantile, measure_share, measure_smooth
from synthloop.evaluate.label_metrics import measure_f1_macro
from synthloop.evaluate.outcomes import Outcome, sum_by, tabulate_outcomes
from synthloop.evaluate.regressions import check_regression, find_broken
from synthloop.evaluate.slices import find_slices

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How simulated samples hang together."""

    scenarios: int
    size: int
    """Mean samples a scenario; sizes vary from 1 to twice as many."""
    rate: float
    correlation: float
    """Intraclass correlation of passing within scenarios."""


def draw_chances(world: World, draw: np.random.Generator) -> tuple[npt.NDArray[np.intp], Floats]:
    """Return the scenario and the chance to pass of each sample."""
    sizes = (
        draw.integers(1, 2 * world.size, world.scenarios, endpoint=False) if world.size > 1 else np.ones(world.scenarios, dtype=np.int64)
    )
    cluster = np.repeat(np.arange(world.scenarios), sizes)
    if world.correlation == 0:
        return cluster, np.full(len(cluster), world.rate)
    weight = (1 - world.correlation) / world.correlation
    return cluster, draw.beta(world.rate * weight, (1 - world.rate) * weight, world.scenarios)[cluster]


def covers(metric: MetricValue, truth: float) -> bool:
    return metric.low is not None and metric.high is not None and metric.low <= truth <= metric.high


def check_rates(runs: int) -> None:
    print("\ncoverage of 95 % intervals of a pass rate (aim: 93-97 %), and their mean width")
    print(f"{'scenarios':>10}{'size':>6}{'rate':>7}{'icc':>6}{'covered':>10}{'width':>8}   ignoring scenarios")
    for scenarios in (10, 30, 100, 400):
        for size, correlation in ((1, 0.0), (5, 0.1), (5, 0.5)):
            for rate in (0.7, 0.9, 0.97):
                world = World(scenarios=scenarios, size=size, rate=rate, correlation=correlation)
                hit, naive, width = 0, 0, 0.0
                for run in range(runs):
                    draw = np.random.default_rng([run, scenarios, size, int(100 * rate)])
                    cluster, chances = draw_chances(world, draw)
                    passed = (draw.random(len(chances)) < chances).astype(np.float64)
                    ones = np.ones_like(passed)
                    metric = measure_share("x", sum_by(cluster, passed, scenarios), sum_by(cluster, ones, scenarios))
                    hit += covers(metric, rate)
                    naive += covers(measure_share("x", passed, ones), rate)
                    width += (metric.high or 0) - (metric.low or 0)
                print(f"{scenarios:>10}{size:>6}{rate:>7}{correlation:>6}{hit / runs:>10.1%}{width / runs:>8.3f}   {naive / runs:.1%}")


def check_other_metrics(runs: int) -> None:
    print("\ncoverage for other metrics (size 5, icc 0.3)")
    print(f"{'scenarios':>10}{'mean':>8}{'p50':>8}{'p95':>8}{'macro F1':>10}")
    truth_f1 = _true_f1()
    for scenarios in (15, 50, 200):
        hits = np.zeros(4)
        for run in range(runs):
            draw = np.random.default_rng([run, scenarios])
            cluster = np.repeat(np.arange(scenarios), draw.integers(1, 10, scenarios))
            # log-normal latency with a part of its variance from the scenario
            seconds = np.exp(draw.normal(0, 0.3**0.5, scenarios)[cluster] + draw.normal(0, 0.7**0.5, len(cluster)))
            ones = np.ones_like(seconds)
            hits[0] += covers(measure_mean("x", sum_by(cluster, seconds, scenarios), sum_by(cluster, ones, scenarios)), np.exp(0.5))
            hits[1] += covers(measure_quantile("x", seconds, cluster, 0.5), 1.0)
            hits[2] += covers(measure_quantile("x", seconds, cluster, 0.95), np.exp(1.6448536))
            counts = _draw_confusion(scenarios, cluster, draw)
            metric = measure_smooth("x", measure_f1_macro, counts, n=len(cluster), clusters=scenarios)
            hits[3] += covers(metric, truth_f1)
        print(f"{scenarios:>10}{hits[0] / runs:>8.1%}{hits[1] / runs:>8.1%}{hits[2] / runs:>8.1%}{hits[3] / runs:>10.1%}")


LABEL_SHARES = np.array([0.5, 0.3, 0.2])
LABEL_RIGHT = np.array([0.95, 0.85, 0.7])


def _true_f1() -> float:
    # a wrong answer is one of the two other labels, evenly
    hits = LABEL_SHARES * LABEL_RIGHT
    misses = LABEL_SHARES - hits
    alarms = (misses.sum() - misses) / 2
    return float((2 * hits / (2 * hits + misses + alarms)).mean())


def _draw_confusion(scenarios: int, cluster: npt.NDArray[np.intp], draw: np.random.Generator) -> Floats:
    label = draw.choice(3, scenarios, p=LABEL_SHARES)[cluster]
    chances = draw.beta(LABEL_RIGHT * 7 / 3, (1 - LABEL_RIGHT) * 7 / 3, (scenarios, 3))[cluster, label]
    right = draw.random(len(cluster)) < chances
    got = np.where(right, label, (label + draw.integers(1, 3, len(cluster))) % 3)
    counts = np.zeros((scenarios, 3, 3))
    np.add.at(counts[:, 0], (cluster[right], label[right]), 1)
    np.add.at(counts[:, 1], (cluster[~right], got[~right]), 1)
    np.add.at(counts[:, 2], (cluster[~right], label[~right]), 1)
    return counts


def make_run_report(name: str, cluster: npt.NDArray[np.intp], passes: npt.NDArray[np.bool_]) -> Report:
    """Return a report of samples in five behaviors; `passes` has shape (samples, repeats)."""
    rate = MetricValue(name="pass_rate", value=float(passes.mean()), n=passes.size)
    results = tuple(
        Result(sample_id=str(row), scenario_id=str(group), behavior_id=f"b{group % 5}", passes=tuple(passes[row].tolist()))
        for row, group in enumerate(cluster.tolist())
    )
    behaviors: tuple[BehaviorResult, ...] = ()
    return Report(id=name, app=name, app_version="1", seed=1, split=None, made_at="", metrics=(rate,), behaviors=behaviors, results=results)


def gate_once(run: int, scenarios: int, repeats: int, drop: float, flaky: float) -> str:
    """Return the decision for an app that breaks a share `drop` of scenarios for good, and answers a share `flaky` at random."""
    draw = np.random.default_rng([run, scenarios, repeats, int(1000 * drop), int(1000 * flaky)])
    world = World(scenarios=scenarios, size=4, rate=0.9, correlation=0.4)
    cluster, chances = draw_chances(world, draw)
    solid = draw.random(len(chances)) < chances
    # a flaky sample passes three times in four
    unsure = draw.random(len(chances)) < flaky
    broken = (draw.random(scenarios) < drop)[cluster]

    def answer(known: npt.NDArray[np.bool_], times: int) -> npt.NDArray[np.bool_]:
        luck = draw.random((len(known), times)) < 0.75
        return np.where(unsure[:, None], luck, known[:, None])

    now = solid & ~broken
    unsure &= ~broken
    before, after = make_run_report("old", cluster, answer(solid, repeats)), make_run_report("new", cluster, answer(now, repeats))
    again = answer(now, 1)
    reruns = {sample_id: (bool(again[int(sample_id), 0]),) for sample_id in find_broken(before, after)}
    decisions = {check.decision for check in check_regression(before, after, reruns, 0.05)}
    return "fail" if "fail" in decisions else "too little data" if "too little data" in decisions else "pass"


def check_gate(runs: int) -> None:
    print("\nregression gate: share of runs that fail / lack data (app passes 0.9, scenarios of 4 samples, icc 0.4, five behaviors)")
    drops = (0.0, 0.03, 0.05, 0.1, 0.2)
    print(f"{'scenarios':>10}{'repeats':>9}{'flaky':>7}" + "".join(f"{f'drop {drop:g}':>16}" for drop in drops))
    for scenarios in (10, 30, 100, 300):
        for repeats, flaky in ((1, 0.0), (1, 0.3), (3, 0.3)):
            cells: list[str] = []
            for drop in drops:
                # false alarms are rare: they need more runs than power does
                found = [gate_once(run, scenarios, repeats, drop, flaky) for run in range(runs if drop == 0 else runs // 4)]
                cells.append(f"{found.count('fail') / len(found):.1%} / {found.count('too little data') / len(found):.0%}")
            print(f"{scenarios:>10}{repeats:>9}{flaky:>7}" + "".join(f"{cell:>16}" for cell in cells))


def check_slices(runs: int) -> None:
    print("\nslices: runs with any false discovery at q <= 0.05 (10 attributes of 6 values, no effect), and how often a real one is found")
    print("with several behaviors, these pass 0.98 to 0.5, and half of the hardest one's samples have the first value of each attribute")
    print(f"{'scenarios':>10}{'icc':>6}{'behaviors':>11}{'attribute of':>14}{'false':>8}{'0.9 -> 0.6 found':>18}")
    worlds = ((40, 0.3, 1), (150, 0.0, 1), (150, 0.3, 1), (600, 0.3, 1), (150, 0.3, 5), (600, 0.3, 5), (600, 0.3, 20))
    for scenarios, correlation, behaviors in worlds:
        for level in ("scenario", "sample"):
            false, found = 0, 0
            for run in range(runs):
                world = SliceWorld(scenarios=scenarios, correlation=correlation, behaviors=behaviors, level=level)
                false += bool(_find_significant(run, world, effect=0.0))
                found += "a0=v0" in _find_significant(run, world, effect=0.3)
            print(f"{scenarios:>10}{correlation:>6}{behaviors:>11}{level:>14}{false / runs:>8.1%}{found / runs:>18.1%}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceWorld:
    """How simulated samples get their attributes."""

    scenarios: int
    correlation: float
    behaviors: int
    level: str
    """Whether a scenario's samples share their values."""


def _find_significant(run: int, world: SliceWorld, effect: float) -> list[str]:
    draw = np.random.default_rng([run, world.scenarios, int(10 * world.correlation), int(10 * effect)])
    cluster, chances = draw_chances(World(scenarios=world.scenarios, size=4, rate=0.9, correlation=world.correlation), draw)
    behavior = cluster % world.behaviors
    if world.behaviors > 1:
        chances = chances * np.linspace(0.98, 0.5, world.behaviors)[behavior] / 0.9
    values = draw.integers(0, 6, (world.scenarios, 10))[cluster] if world.level == "scenario" else draw.integers(0, 6, (len(cluster), 10))
    if world.behaviors > 1:
        bound = draw.random((world.scenarios, 10))[cluster] < 0.5
        values = np.where(bound & (behavior == world.behaviors - 1)[:, None], 0, values)
    chances = np.where(values[:, 0] == 0, chances * (1 - effect / 0.9), chances)
    passed = draw.random(len(cluster)) < chances
    samples = [_make_sample(row, int(group), f"b{behavior[row]}", values[row]) for row, group in enumerate(cluster.tolist())]
    outcomes = [
        Outcome(sample=sample, transcript=_ANSWERED, scores=(), passed=bool(passed[row]), unscored="") for row, sample in enumerate(samples)
    ]
    found = find_slices(tabulate_outcomes(outcomes))[0]
    return [one.slice.name for one in found if one.q_value <= 0.05 and "behavior" not in one.slice.where]


_ANSWERED = Transcript(id="t", sample_id="s", app="app", app_version="1", turns=(), end_reason="answered")


def _make_sample(row: int, group: int, behavior: str, values: npt.NDArray[np.int64]) -> Sample:
    return Sample(
        id=str(row),
        behavior_id=behavior,
        scenario_id=str(group),
        messages=(Message(role="user", text=""),),
        attributes={f"a{place}": f"v{value}" for place, value in enumerate(values.tolist())},
        lineage=Lineage(origin="authored"),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("runs", nargs="?", type=int, default=400, help="simulated runs a cell")
    runs = parser.parse_args().runs
    check_rates(2 * runs)
    check_other_metrics(runs)
    check_gate(runs)
    check_slices(max(10, runs // 4))

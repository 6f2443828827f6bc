"""Whether the machinery that checks judges tells the truth: on people's labels of real answers, and in simulation.

It measures the machinery, not a model: verdicts come from scripts with known error rates, and from two simple judges, "the longer answer is
good" and "words of the source come back". For each data set: what people said, the true sensitivity and specificity, what a labelled set
of 50 and 100 cases says of them, and the pass rate of the rest, raw and corrected. Then, over simulated runs, how often the corrected
interval holds the true rate.

    python benchmarks/judges.py [--runs 1000]
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_sets import read_jsonl
from synthloop.core.gear import Labelled
from synthloop.core.sample import Message
from synthloop.core.score import MetricValue
from synthloop.evaluate.agreement import krippendorff_alpha, measure_bias, measure_kappa, measure_position, measure_rate
from synthloop.evaluate.corrected import correct_rate
from synthloop.evaluate.gears import Checked, CheckedGear, report_gear

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An answer with what people say of it."""

    source: str
    answer: str
    good: bool


def read_cases() -> dict[str, list[Case]]:
    hallucinations = [
        Case(source=row["query"], answer=row["response"], good=row["hallucination"] == "no")
        for row in read_jsonl("halueval_general/responses.jsonl")
    ]
    grounded = [
        Case(source=row["knowledge"], answer=row["response"], good=row["label"] == "Fully attributable")
        for row in read_jsonl("begin_wow/responses.jsonl")
    ]
    return {"halueval_general": hallucinations, "begin_wow": grounded}


def likes_length(cases: Sequence[Case]) -> Bools:
    lengths = np.array([len(case.answer.split()) for case in cases])
    return lengths > np.median(lengths)


def likes_overlap(cases: Sequence[Case]) -> Bools:
    shares: list[float] = []
    for case in cases:
        said, known = set(case.answer.lower().split()), set(case.source.lower().split())
        shares.append(len(said & known) / max(1, len(said)))
    return np.array(shares) > np.median(shares)


def scripted(sensitivity: float, specificity: float, seed: int) -> Callable[[Sequence[Case]], Bools]:
    def judge(cases: Sequence[Case]) -> Bools:
        good = np.array([case.good for case in cases])
        draw = np.random.default_rng(seed).random(len(cases))
        return np.where(good, draw < sensitivity, draw >= specificity)

    return judge


def measure_set(name: str, cases: list[Case]) -> None:
    good = np.array([case.good for case in cases])
    print(f"\n{name}: {len(cases):,} answers, people pass {good.mean():.3f}")
    judges = {
        "scripted .90/.80": scripted(0.9, 0.8, 1),
        "scripted .70/.60": scripted(0.7, 0.6, 2),
        "longer wins": likes_length,
        "word overlap": likes_overlap,
    }
    for judge, decide in judges.items():
        said = decide(cases)
        true = float(said[good].mean()), float((~said[~good]).mean())
        bias = measure_bias(good, said, [len(case.answer.split()) for case in cases])
        print(f"  {judge:17} true sensitivity {true[0]:.3f}, specificity {true[1]:.3f}, kappa {say(measure_kappa(good, said))}")
        print(f"  {'':17} length bias {bias.length if bias.length is None else round(bias.length, 2)}, p = {bias.length_p_value}")
        for labels in (50, 100):
            show_check(cases, good, said, labels)


def show_check(cases: list[Case], good: Bools, said: Bools, labels: int) -> None:
    order = np.random.default_rng(labels).permutation(len(cases))
    shown: set[int] = set(map(int, order[:labels]))
    rest = order[labels:]
    checked = [
        Checked(
            case=Labelled(
                id=str(at),
                messages=(Message(role="user", text=cases[at].source),),
                answer=cases[at].answer,
                label="passed" if good[at] else "failed",
            ),
            decisions=(bool(said[at]),),
        )
        for at in sorted(shown)
    ]
    report = report_gear(CheckedGear(name="judge", kind="judge", version="1", checked_at=""), checked)
    raw = measure_rate("pass", int(said[rest].sum()), len(rest))
    found = correct_rate(raw, report.sensitivity, report.specificity)
    corrected = "none: hardly better than chance" if found is None else f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
    truth = float(good[rest].mean())
    held = "" if found is None else "holds" if found.low <= truth <= found.high else "MISSES"
    print(
        f"  {'':17} {labels:3} labels: agreement {say(report.agreement)}, kappa {say(report.kappa)};"
        f" rest: raw {raw.value:.3f}, corrected {corrected}, people {truth:.3f} {held}"
    )


def measure_pairs() -> None:
    rows = read_jsonl("llmbar/pairs.jsonl")
    print("\nllmbar: pairs, longer wins")
    for subset in dict.fromkeys(row["subset"] for row in rows):
        chosen = [row for row in rows if row["subset"] == subset]
        right = [(len(row["output_1"]) >= len(row["output_2"])) == (row["better"] == 1) for row in chosen]
        print(f"  {subset:24} agreement with experts {say(measure_rate('agreement', sum(right), len(right)))} (n = {len(right)})")
    rng = np.random.default_rng(0)
    swapped = [bool(draw < 0.3) for draw in rng.random(len(rows))]
    bias = measure_position(swapped)
    print(f"  a judge whose order decides in 30 % of pairs: measured {bias.position:.3f} (n = {bias.position_n})")
    votes = read_jsonl("pandalm/pairs.jsonl")
    people = [{str(person): str(vote) for person, vote in enumerate(row["votes"])} for row in votes]
    print(f"\npandalm: {len(votes)} pairs, three people each: Krippendorff's alpha {krippendorff_alpha(people):.3f}")
    longer = [
        {"longer": "1" if len(row["response_1"]) > len(row["response_2"]) else "2", **each} for row, each in zip(votes, people, strict=True)
    ]
    print(f"  with the judge 'longer wins' as a fourth: {krippendorff_alpha(longer):.3f}")


def simulate(runs: int) -> None:
    error = 100 * (0.05 * 0.95 / runs) ** 0.5
    print(f"\ncoverage of 95 % intervals of corrected rates, {runs:,} runs a cell (Monte Carlo error about {error:.1f} points)")
    print("  labels  n     truth  judge      covered  width  naive (raw interval)")
    for labels in (50, 100, 200):
        for n in (100, 500):
            for truth in (0.5, 0.8, 0.95):
                for sensitivity, specificity in ((0.9, 0.8), (0.8, 0.7)):
                    simulate_cell(runs, labels, n, truth, (sensitivity, specificity))


def simulate_cell(runs: int, labels: int, n: int, truth: float, skill: tuple[float, float]) -> None:
    rng = np.random.default_rng([labels, n, round(100 * truth), round(100 * skill[0])])
    held, naive, widths, found_none = 0, 0, 0.0, 0
    for _ in range(runs):
        # a labelled set is drawn as the run is: few of its cases are failures where the app is good
        good = int(rng.binomial(labels, truth))
        right = measure_rate("sensitivity", int(rng.binomial(good, skill[0])), good)
        wrong = measure_rate("specificity", int(rng.binomial(labels - good, skill[1])), labels - good)
        apparent = truth * skill[0] + (1 - truth) * (1 - skill[1])
        raw = measure_rate("pass", int(rng.binomial(n, apparent)), n)
        naive += holds(raw, truth)
        found = correct_rate(raw, right, wrong)
        if found is None:
            found_none += 1
            continue
        held += found.low <= truth <= found.high
        widths += found.high - found.low
    given = runs - found_none
    none = f", no correction in {found_none / runs:.0%}" if found_none else ""
    covered = f"{held / given:.3f}  {widths / given:.2f}" if given else "    –     –"
    print(f"  {labels:5}  {n:4}  {truth:.2f}   {skill[0]:.2f}/{skill[1]:.2f}  {covered}   {naive / runs:.3f}{none}")


def holds(rate: MetricValue, truth: float) -> bool:
    return rate.low is not None and rate.high is not None and rate.low <= truth <= rate.high


def say(rate: MetricValue) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "none"
    return f"{rate.value:.3f} [{rate.low:.3f}, {rate.high:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    for name, cases in read_cases().items():
        measure_set(name, cases)
    measure_pairs()
    simulate(runs)


if __name__ == "__main__":
    main()

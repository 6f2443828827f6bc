"""Whether the machinery that checks judges tells the truth: on people's labels of real answers, and in simulation.

It measures the machinery, not a model: verdicts come from scripts with known error rates, and from two simple judges, "the longer answer is
good" and "words of the source come back". For each data set: what people said, the true sensitivity and specificity, what a labelled set
of 50 and 100 cases says of them, and the pass rate of the rest, raw and corrected. Then, over simulated runs, how often the corrected
interval, and that of kappa, hold the truth.

    python benchmarks/judges.py [--runs 1000]
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from data_sets import read_jsonl
from synthloop.core.gear import Labelled
from synthloop.core.lineage import Lineage
from synthloop.core.model import ModelRef, ModelRequest
from synthloop.core.sample import Message, make_sample
from synthloop.core.score import MetricValue, Score
from synthloop.core.transcript import Transcript, Turn
from synthloop.engine.runner import Engine
from synthloop.evaluate.agreement import krippendorff_alpha, measure_bias, measure_kappa, measure_position, measure_rate
from synthloop.evaluate.corrected import correct_rate
from synthloop.evaluate.gears import Checked, CheckedGear, report_gear
from synthloop.evaluate.judge_bias import measure_first_shown, measure_longer
from synthloop.evaluate.judges.against_expected import AgainstExpected, read_place
from synthloop.evaluate.judges.pairwise import Pairwise
from synthloop.testing import ScriptedModel

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
        longer = measure_longer(good, said, [len(case.answer.split()) for case in cases], [str(at) for at in range(len(cases))])
        print(f"  {'':17} favors longer answers more than people do by {say(longer)}; rank correlation of its errors {bias.length:+.2f}")
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
    for share in (0.0, 0.1, 0.3):
        measure_place(rows, share)
    votes = read_jsonl("pandalm/pairs.jsonl")
    people = [{str(person): str(vote) for person, vote in enumerate(row["votes"])} for row in votes]
    print(f"\npandalm: {len(votes)} pairs, three people each: Krippendorff's alpha {krippendorff_alpha(people):.3f}")
    longer = [
        {"longer": "1" if len(row["response_1"]) > len(row["response_2"]) else "2", **each} for row, each in zip(votes, people, strict=True)
    ]
    print(f"  with the judge 'longer wins' as a fourth: {krippendorff_alpha(longer):.3f}")


def measure_place(rows: Sequence[Mapping[str, str]], share: float) -> None:
    """Ask a judge for whom the longer answer wins, but in a share of pairs what is shown first, through the product's own flow."""
    rng = np.random.default_rng(0)
    swayed: dict[str, bool] = {}

    def answer(request: ModelRequest) -> str:
        text = request.messages[-1].text
        first, second = (text.partition(f'<answer name="{name}">\n')[2].partition("\n</answer>")[0] for name in "AB")
        key = "".join(sorted((first, second)))
        better = "A" if swayed.setdefault(key, bool(rng.random() < share)) or len(first) >= len(second) else "B"
        return msgspec.json.encode({"reason": "r", "better": better}).decode()

    judge = AgainstExpected(panel=(Pairwise(model=ModelRef(name="scripted", version="1")),))
    model = ScriptedModel(script=answer)
    found = [read_place(_run(judge, model, row)) for row in rows]
    places, swapped = [place for place, _ in found if place is not None], [each for _, each in found if each is not None]
    first = measure_first_shown(places, [str(at) for at in range(len(places))])
    true, decided = sum(swayed.values()) / len(swayed), measure_position(swapped)
    print(
        f"  first wins in {true:.3f} of pairs: the order decided in {decided.position:.3f} (n = {decided.position_n}), "
        f"what is shown first is favored by {say(first)}"
    )


def _run(judge: AgainstExpected, model: ScriptedModel, row: Mapping[str, str]) -> Score:
    messages = (Message(role="user", text=row["instruction"]),)
    sample = make_sample(
        behavior_id="b", scenario_id="s", messages=messages, expected=row["output_2"], lineage=Lineage(origin="production")
    )
    turns = (Turn(role="app", text=row["output_1"]),)
    answered = Transcript(id="t", sample_id="s", app="app", app_version="1", turns=turns, output=row["output_1"], end_reason="answered")
    scores: list[Score] = []
    Engine(ports={"scripted": model}).run([judge.judge(sample, answered)], sink=scores.append)
    return scores[0]


def simulate_kappa(runs: int) -> None:
    print(f"\ncoverage of 95 % intervals of kappa, {runs:,} runs a cell")
    print("  labels  people pass  judge      kappa  covered  width")
    for labels in (30, 50, 100, 200):
        for share in (0.5, 0.8, 0.9):
            for skill in ((0.95, 0.9), (0.9, 0.7), (0.85, 0.85)):
                simulate_kappa_cell(runs, labels, share, skill)


def simulate_kappa_cell(runs: int, labels: int, share: float, skill: tuple[float, float]) -> None:
    rng = np.random.default_rng([labels, round(100 * share), round(100 * skill[0])])
    passes = share * skill[0] + (1 - share) * (1 - skill[1])
    expected = share * passes + (1 - share) * (1 - passes)
    truth = (share * skill[0] + (1 - share) * skill[1] - expected) / (1 - expected)
    held, given, width = 0, 0, 0.0
    for _ in range(runs):
        people = rng.random(labels) < share
        said = np.where(people, rng.random(labels) < skill[0], rng.random(labels) >= skill[1])
        found = measure_kappa(people, said)
        if found.low is not None and found.high is not None:
            given, held, width = given + 1, held + (found.low <= truth <= found.high), width + found.high - found.low
    print(f"  {labels:5}   {share:.2f}         {skill[0]:.2f}/{skill[1]:.2f}  {truth:.2f}   {held / given:.3f}    {width / given:.2f}")


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


def say(rate: MetricValue | None) -> str:
    if rate is None or rate.value is None or rate.low is None or rate.high is None:
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
    simulate_kappa(runs)


if __name__ == "__main__":
    main()

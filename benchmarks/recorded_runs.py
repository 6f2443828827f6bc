"""Recorded runs of an agent with a simulated user: how far is it from reliable, and can failed runs be told without knowing the reward?

120 conversations of tau-bench's airline domain (Yao et al. 2024), 30 tasks with four trials each, 71 failed, read by `read_recordings`.

1. pass^1 to pass^4, checked against the formula; how many tasks flip; and the interval that counts every run against the one that knows
   that four trials of a task are not four tasks.
2. Telling failed from good runs by `measure_conversation`: AUC of each measure as it is; then of a logistic regression of all of them,
   cross-validated so that no task is in both parts, against the length alone. AUCs were looked at before this was settled: other
   strengths of regularization, a forest and a dozen further measures gave .69 to .72 and were left out. Intervals are bootstrapped over
   tasks. The last column asks the harder question: among runs of the *same* task (49 pairs)?
3. Grouping the failed runs into problems by what users said, and how far the groups agree with what the task wanted done, which they
   don't know (adjusted mutual information: 0 by chance, 1 for the same groups).

Run: python benchmarks/recorded_runs.py; the data is found through SYNTHLOOP_DATA (default: ../shared/data).
"""

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from math import comb
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score, roc_auc_score  # pyright: ignore[reportUnknownVariableType] - partial types
from sklearn.pipeline import make_pipeline  # pyright: ignore[reportUnknownVariableType] - partial types
from sklearn.preprocessing import StandardScaler

from data_sets import read_jsonl
from synthloop.adapters.imports.transcripts import Recording, read_recordings
from synthloop.core.score import MetricValue
from synthloop.distill.grouping import collect_user_texts, group_failures
from synthloop.evaluate.conversation_measures import measure_conversation
from synthloop.evaluate.intervals import wilson_interval
from synthloop.evaluate.metrics import measure_flip_rate, measure_pass_rate, measure_repeats
from synthloop.evaluate.outcomes import OutcomeTable, judge_transcripts, make_results, tabulate_outcomes

Floats = npt.NDArray[np.float64]

DRAWS = 2000
SHUFFLES = 10
"""Ways of dividing the tasks into folds, over which a run's score is averaged."""
FOLDS = 5
STRENGTH = 0.1
"""Inverse strength of regularization (`C`): 17 measures of 120 runs ask for more than the usual 1."""
SIGNS = re.compile(r"###\w+###")
"""What the simulated user ends a conversation with; no person says it."""


def read_runs(*, by_task: bool) -> list[Recording]:
    """Return the recorded runs; trials of a task share a scenario, or each run has its own."""
    lines = [
        {
            "id": f"{run['task']}-{run['trial']}",
            **({"scenario": run["task"]} if by_task else {}),
            "behavior": "airline",
            "reward": run["reward"],
            "attributes": {"task": str(run["task"]), "wanted": name_wanted(run["expected_actions"])},
            "messages": [clean(message) for message in run["messages"]],
        }
        for run in read_jsonl("tau_runs/gpt4o_airline.jsonl.gz")
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.jsonl"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        return list(read_recordings(path, app="gpt-4o", origin="replayed"))


def clean(message: dict[str, Any]) -> dict[str, Any]:
    if message["role"] != "user":
        return message
    return {**message, "content": SIGNS.sub("", message["content"]).strip()}


def name_wanted(actions: Sequence[dict[str, Any]]) -> str:
    """Return which changes of the database a task wants, by name."""
    changes = ("book", "cancel", "update", "send")
    return ", ".join(sorted({action["name"] for action in actions if action["name"].startswith(changes)})) or "nothing"


def tabulate(runs: Sequence[Recording]) -> OutcomeTable:
    samples = {run.sample.id: run.sample for run in runs}
    scores = [run.score for run in runs if run.score is not None]
    return tabulate_outcomes(judge_transcripts(samples, [run.transcript for run in runs], scores))


def print_reliability(runs: Sequence[Recording]) -> None:
    table = tabulate(runs)
    passes = Counter(run.sample.scenario_id for run in runs if run.reward and run.reward >= 1)
    trials = Counter(run.sample.scenario_id for run in runs)
    print(f"\n1. Reliability: {len(runs)} runs of {len(trials)} tasks")
    rate = measure_pass_rate(table)
    for k, metric in enumerate((rate, *measure_repeats(table)), start=1):
        formula = sum(comb(passes[name], k) / comb(n, k) for name, n in trials.items()) / len(trials)
        assert abs((metric.value or 0.0) - formula) < 1e-9, "pass^k is not the mean of C(c, k) / C(n, k) over tasks"
        power = (rate.value or 0.0) ** k
        print(f"  pass^{k}     {show(metric)}   mean of C(c,{k})/C(n,{k}) over tasks: {formula:.3f}; rate^{k} would say {power:.3f}")
    print(f"  flip rate  {show(measure_flip_rate(table))}   tasks of which some trials pass and some fail")
    low, high = wilson_interval(rate.value or 0.0, len(runs), 1.959964)
    wider = ((rate.high or 0) - (rate.low or 0)) / (high - low)
    clustered = f"clustered by task {rate.low:.3f} to {rate.high:.3f}: {wider:.2f} times as wide"
    print(f"  pass rate, naive interval {low:.3f} to {high:.3f}; {clustered}")


def show(metric: MetricValue) -> str:
    return f"{metric.value:.3f} [{metric.low:.3f}, {metric.high:.3f}]"


def bootstrap(statistic: Callable[[npt.NDArray[np.intp]], float], tasks: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Return the 95 % interval of a statistic of rows, drawing whole tasks."""
    rng = np.random.default_rng(0)
    rows: list[npt.NDArray[np.intp]] = [np.flatnonzero(tasks == task) for task in np.unique(tasks)]
    drawn: list[float] = []
    for _ in range(DRAWS):
        chosen = [rows[each] for each in cast("list[int]", rng.integers(0, len(rows), len(rows)).tolist())]
        drawn.append(statistic(np.concatenate(chosen)))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def area(failed: Floats, scores: Floats) -> float:
    """Return the AUC, NaN where all runs went the same way."""
    return float(cast("float", roc_auc_score(failed, scores))) if 0 < failed.sum() < len(failed) else float("nan")


def area_within(failed: Floats, scores: Floats, tasks: npt.NDArray[np.intp]) -> float:
    """Return the share of (failed, good) pairs of runs of one task in which the failed one scores higher."""
    wins: list[float] = []
    for task in np.unique(tasks):
        own = tasks == task
        pairs = product(scores[own & (failed == 1)].tolist(), scores[own & (failed == 0)].tolist())
        wins += [1.0 if bad > good else 0.5 if bad == good else 0.0 for bad, good in pairs]
    return float(np.mean(wins))


def cross_validate(measures: Floats, failed: Floats, tasks: npt.NDArray[np.intp]) -> Floats:
    """Return each run's log odds of having failed, by classifiers that saw no run of its task."""
    scores = np.zeros(len(failed))
    for shuffle in range(SHUFFLES):
        shuffled = np.random.default_rng(shuffle).permutation(np.unique(tasks))
        fold = np.array([np.flatnonzero(shuffled == task)[0] % FOLDS for task in tasks])
        for held in range(FOLDS):
            model: Any = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH))
            model.fit(measures[fold != held], failed[fold != held])
            scores[fold == held] += cast("Floats", model.decision_function(measures[fold == held])) / SHUFFLES
    return scores


def print_detection(runs: Sequence[Recording]) -> None:
    found = [measure_conversation(run.transcript) for run in runs]
    names = list(found[0])
    measures = np.array([[each[name] for name in names] for each in found])
    failed = np.array([float(not run.score or not run.score.passed) for run in runs])
    tasks = np.array([int(run.sample.scenario_id) for run in runs])
    print(f"\n2. Telling {int(failed.sum())} failed runs from {int((1 - failed).sum())} good ones: AUC [95 % over tasks], within tasks")
    turns = measures[:, names.index("turns")]
    rows: dict[str, Floats] = {"all measures, cross-validated": cross_validate(measures, failed, tasks)}
    rows["turns alone"] = turns
    rows["messages, tool calls included"] = turns + measures[:, names.index("tool_calls")]
    rows |= {f"  {name}": measures[:, place] for place, name in enumerate(names) if name != "turns"}
    for title, scores in rows.items():

        def auc(chosen: npt.NDArray[np.intp], scores: Floats = scores) -> float:
            return area(failed[chosen], scores[chosen])

        low, high = bootstrap(auc, tasks)
        print(f"  {title:32s} {area(failed, scores):.3f} [{low:.3f}, {high:.3f}]   {area_within(failed, scores, tasks):.2f}")
    every = rows["all measures, cross-validated"]
    low, high = bootstrap(lambda chosen: area(failed[chosen], every[chosen]) - area(failed[chosen], turns[chosen]), tasks)
    print(f"  all measures over turns alone    {area(failed, every) - area(failed, turns):+.3f} [{low:+.3f}, {high:+.3f}]")


def print_problems(runs: Sequence[Recording]) -> None:
    table = tabulate(runs)
    samples = {run.sample.id: run.sample for run in runs}
    scores = [run.score for run in runs if run.score is not None]
    results = make_results(table.outcomes)
    texts = collect_user_texts(run.transcript for run in runs)
    print("\n3. Failed runs as problems, and how far they agree with what the task wanted done")
    for title, chosen in (("by all that the user said", texts), ("by the user's first message", None)):
        modes = group_failures(samples.values(), results, scores, seed=0, texts=chosen)
        group = {name: place for place, mode in enumerate(modes) for name in mode.sample_ids}
        wanted = [samples[name].attributes["wanted"] for name in group]
        agreement = float(adjusted_mutual_info_score(wanted, list(group.values())))
        print(f"  {title:28s} {len(group)} runs, {len(modes)} problems, adjusted mutual information {agreement:.2f}")
        for mode in modes if chosen else ():
            common = Counter(samples[name].attributes["wanted"] for name in mode.sample_ids).most_common(1)[0]
            print(
                f"    {len(mode.sample_ids):3d}  {mode.name}\n         wanted by most: {common[0]} ({common[1]} of {len(mode.sample_ids)})"
            )


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print_reliability(read_runs(by_task=True))
    print_detection(read_runs(by_task=True))
    print_problems(read_runs(by_task=False))


if __name__ == "__main__":
    main()

"""What conversations with simulated users cost.

1. 500 users without a model talk with the three bots of examples/onboarding_chat, in a process of its own for each part: generating,
   talking, judging, grouping, minimizing, the report in HTML. CPU seconds of `synthloop simulate`, all of it, start-up included.
2. 1,000 conversations of 8 turns in which a model writes the users' words, against a server of 200 ms with 1 % of 429 and 0.5 % of 500,
   256 in flight, journal and store on files; beside a bare aiohttp client that asks as many times, in turns with it. The wall limit is
   calls * latency / in flight.

    python benchmarks/conversations.py [--repeats 3]
"""

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any, cast

from scipy import stats

from row_server import server_of
from rows_wanted import IN_FLIGHT

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "onboarding_chat"
COMMAND = Path(sys.executable).parent / "synthloop"
TALKS, TURNS, LATENCY_S = 1_000, 8, 0.2


def time_agenda(repeats: int) -> None:
    print("agenda-based users, examples/onboarding_chat: `synthloop simulate` in all, CPU seconds")
    for bot in ("naive", "better", "robust"):
        runs = [simulate(bot) for _ in range(repeats)]
        talks, turns = runs[0][1], runs[0][2]
        spread = describe([cpu_s for cpu_s, _, _ in runs])
        print(f"  {bot:8} {talks} conversations, {turns / talks:.1f} turns of the user each: {spread} s")


def simulate(bot: str) -> tuple[float, int, int]:
    """Return CPU seconds, conversations and turns of one run."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "chat"
        shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns(".synthloop", "__pycache__", "splits.json"))
        project = copy / "synthloop.yaml"
        project.write_text(re.sub("accepted: 700", "accepted: 695", project.read_text()))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([COMMAND, "simulate", "--app", bot, "--json"], cwd=copy, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = subprocess.run(
            [COMMAND, "transcripts", "--app", bot, "--limit", "100000", "--json"], cwd=copy, check=True, capture_output=True
        )
    talks = json.loads(said.stdout)
    turns = sum(turn["role"] == "user" for talk in talks for turn in talk["turns"])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, len(talks), turns


def time_models(repeats: int) -> None:
    limit_s = TALKS * TURNS * LATENCY_S / IN_FLIGHT
    print(f"\n{TALKS:,} conversations of {TURNS} turns worded by a model, {LATENCY_S * 1000:.0f} ms, {IN_FLIGHT} in flight")
    found: dict[str, list[dict[str, float]]] = {"talks_by_floor.py": [], "talks_by_synthloop.py": []}
    with server_of(LATENCY_S) as url:
        for _ in range(repeats):
            for script, runs in found.items():
                command = [sys.executable, str(HERE / script), url, str(TALKS), str(TURNS)]
                runs.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))
    for script, runs in found.items():
        cpu = describe([run["cpu_s"] / (TALKS * TURNS) * 1e6 for run in runs])
        share = limit_s / mean(run["wall_s"] for run in runs)
        memory = max(run["rss_mb"] for run in runs)
        print(f"  {script.removesuffix('.py'):20} {cpu} us CPU a turn; {share:.0%} of the wall limit; {memory:.0f} MB")
    ratios = [ours["cpu_s"] / floor["cpu_s"] for floor, ours in zip(*found.values(), strict=True)]
    print(f"  ours over the floor: {describe(ratios)} times the CPU")


def describe(values: list[float]) -> str:
    """Return the mean with its 95 % interval over repeats."""
    if len(values) < 2:
        return f"{values[0]:.2f}"
    half = float(cast("Any", stats).sem(values) * cast("Any", stats).t.ppf(0.975, len(values) - 1))
    return f"{mean(values):.2f} [{mean(values) - half:.2f}, {mean(values) + half:.2f}] (n = {len(values)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    time_agenda(given.repeats)
    time_models(given.repeats)


if __name__ == "__main__":
    main()

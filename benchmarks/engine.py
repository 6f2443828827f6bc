"""CPU time an ask, and memory, of the engine with an in-process app that answers at once and the journal on.

Every figure comes from processes of its own. CPU time counts all threads and everything between making a sample and its transcript.

    python benchmarks/engine.py
    python benchmarks/engine.py --repeats 3 --most 20000
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from synthloop.adapters.apps.python import CallableApp
from synthloop.core.ask import Flow
from synthloop.core.lineage import Lineage
from synthloop.core.sample import Message, make_sample
from synthloop.core.transcript import Transcript
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.runner import Engine
from synthloop.simulate.single_turn import ask_app

ASKS = 20_000
CPU_LIMIT_US = 150.0
STUDENT_T = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}
"""Two-sided 95 % quantiles, by number of repeats."""


def route(text: str) -> str:
    return "schedule" if "move" in text else "other"


async def route_async(text: str) -> str:
    return route(text)


APPS = {"sync": route, "async": route_async}


def flows(asks: int) -> Iterator[Flow[tuple[Transcript, ...]]]:
    for number in range(asks):
        said = (Message(role="user", text=f"can you move my {number} o'clock with Ana to thursday?"),)
        sample = make_sample(behavior_id="schedule", scenario_id="s", messages=said, lineage=Lineage(origin="authored"))
        yield ask_app(sample, app="router", app_version="1", repeats=1)


def measure(kind: str, asks: int) -> dict[str, float]:
    """Run once fresh and once from the journal, in this process."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("fresh", "resumed"):
            app = CallableApp(name="router", version="1", function=APPS[kind])
            engine = Engine(ports={"router": app}, journal=SqliteJournal(path=Path(folder) / "journal.sqlite"))
            wall_s, cpu_s = time.perf_counter(), time.process_time()
            summary = engine.run(flows(asks), sink=lambda _: None)
            figures[f"{name}_us"] = (time.process_time() - cpu_s) / asks * 1e6
            figures[f"{name}_wall_us"] = (time.perf_counter() - wall_s) / asks * 1e6
            if summary.answered != asks:
                raise SystemExit(f"only {summary.answered} of {asks} asks were answered")
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def measure_apart(kind: str, asks: int) -> dict[str, float]:
    written = subprocess.run([sys.executable, __file__, "--measure", kind, str(asks)], check=True, capture_output=True).stdout
    return json.loads(written)


def with_interval(values: list[float]) -> str:
    mean = statistics.fmean(values)
    if len(values) not in STUDENT_T:
        return f"{mean:7.1f}"
    half = STUDENT_T[len(values)] * statistics.stdev(values) / len(values) ** 0.5
    return f"{mean:7.1f} [{mean - half:.1f}, {mean + half:.1f}]"


def report(repeats: int, most: int) -> bool:
    print(f"CPU microseconds an ask: n = {ASKS:,} asks, {repeats} repeats, mean [95 % interval]; at most {CPU_LIMIT_US:.0f} wanted")
    fast_enough = True
    for kind in APPS:
        runs = [measure_apart(kind, ASKS) for _ in range(repeats)]
        for name, label in (("fresh", "asked and journaled"), ("resumed", "from the journal")):
            values = [run[f"{name}_us"] for run in runs]
            wall = statistics.fmean(run[f"{name}_wall_us"] for run in runs)
            print(f"  {kind:5}  {label:20}  {with_interval(values)}   wall {wall:.1f}")
            fast_enough &= statistics.fmean(values) <= CPU_LIMIT_US
    print(f"Peak memory of the process, MB, {min(repeats, 3)} repeats")
    for kind in APPS:
        for asks in [size for size in (2_000, 20_000, 200_000) if size <= most]:
            values = [measure_apart(kind, asks)["peak_mb"] for _ in range(min(repeats, 3))]
            print(f"  {kind:5}  {asks:7,} asks  {with_interval(values)}")
    return fast_enough


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--most", type=int, default=200_000, help="largest number of asks for the memory figures")
    parser.add_argument("--measure", nargs=2, metavar=("KIND", "ASKS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure[0], int(given.measure[1]))))
        return
    sys.exit(0 if report(given.repeats, given.most) else 1)


if __name__ == "__main__":
    main()

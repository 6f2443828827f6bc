"""CPU time, throughput and memory of having a model write rows, against a bare client and other tools.

Every row is one call with a schema of two fields. Several ways to the same rows, each in a process of its own against the same server:

    floor      a bare aiohttp client: template, call with retries, parse, validate with msgspec, JSON Lines and Parquet
    ours       flows through the engine with the journal on, answers read and checked by `prompting`, samples saved in the store
    ours --    the same with the journal in memory, to see what the file costs
    curator, designer    bespokelabs-curator and NVIDIA NeMo Data Designer, told to have as many calls in flight; telemetry off

Servers, also in processes of their own: one that answers at once, from a raw asyncio protocol; and one of 200 ms with 1 % of 429 and 0.5 %
of 500. CPU seconds are those of the client's process, all threads, with and without imports; the wall limit is rows * latency / in flight.
Ways take turns, and ratios are within one turn, so that other work on the machine hits all alike.

    python benchmarks/model_runs.py [--rows 2000 20000] [--repeats 3] [--peers FOLDER] [--memory]
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from math import exp, log
from pathlib import Path
from statistics import mean, stdev

from scipy import stats

from peers import PEERS, Peer, PeerUnavailableError, install_peer, run_peer
from row_server import server_of
from rows_wanted import IN_FLIGHT

LATENCY_S = 0.2
PEERS_FOLDER = "SYNTHLOOP_PEERS"
WHAT = ("cpu_s", "total_cpu_s", "wall_s", "rss_mb")
Costs = dict[str, float]
Way = Callable[[str, int], Costs]
"""Measures one run, given the server's address and how many rows."""


def run_own(script: str, *options: str) -> Way:
    def run(url: str, rows: int) -> Costs:
        command = [sys.executable, str(Path(__file__).parent / script), url, str(rows), *options]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    return run


OWN: dict[str, Way] = {
    "floor": run_own("rows_by_floor.py"),
    "ours": run_own("rows_by_synthloop.py"),
    "ours --": run_own("rows_by_synthloop.py", "--no-journal"),
}


def list_peers(folder: Path | None) -> dict[str, Way]:
    """Return the peers that can be installed, by name."""
    if folder is None:
        print(f"Peers are left out. Fix: --peers FOLDER, or {PEERS_FOLDER}, names a folder for their environments (2 GB).")
        return {}
    ways: dict[str, Way] = {}
    for peer in PEERS:
        try:
            ways[peer.name] = measure_peer(peer, install_peer(peer, folder))
        except PeerUnavailableError as error:
            print(f"{peer.package} is left out, since it can't be installed here: {error}")
    return ways


def measure_peer(peer: Peer, python: Path) -> Way:
    return lambda url, rows: json.loads(run_peer(peer, python, url, rows))


def compare(ways: Mapping[str, Way], rows: int, latency_s: float, repeats: int) -> None:
    """Run every way once, and again, so that what else the machine does hits all of them alike."""
    print(f"\n{rows:,} rows, {f'{latency_s * 1000:.0f} ms, 1 % 429, 0.5 % 500' if latency_s else 'a server that answers at once'}")
    found: dict[str, list[Costs]] = {name: [] for name in ways}
    with server_of(latency_s) as url:
        for _ in range(repeats):
            for name in list(found):
                try:
                    found[name].append(ways[name](url, rows))
                except PeerUnavailableError as error:
                    print(f"  {name} is left out, since it fails: {error}")
                    del found[name]
    print(f"  times the floor of the same round, with 95 % intervals, n = {repeats}")
    print(f"  {'':9}{'us CPU a row':>14}{'CPU':>24}{'with imports':>24}{'wall':>24}{'peak memory':>24}{'MB':>6}{'rows/s':>8}")
    for name, runs in found.items():
        show(name, runs, found["floor"], rows, latency_s)


def show(name: str, runs: Sequence[Costs], floor: Sequence[Costs], rows: int, latency_s: float) -> None:
    ratios = [say_ratio([run[what] / base[what] for run, base in zip(runs, floor, strict=True)]) for what in WHAT]
    wall_s = mean(run["wall_s"] for run in runs)
    limit = f", {rows * latency_s / IN_FLIGHT / wall_s:.0%} of the wall limit" if latency_s else ""
    print(
        f"  {name:9}{mean(run['cpu_s'] for run in runs) / rows * 1e6:14,.0f}{''.join(f'{ratio:>24}' for ratio in ratios)}"
        f"{max(run['rss_mb'] for run in runs):6.0f}{rows / wall_s:8,.0f}{limit}"
    )


def say_ratio(ratios: Sequence[float]) -> str:
    """Return the geometric mean with its interval, from Student's t on logarithms: a ratio and its inverse are equally far from 1."""
    logs = [log(ratio) for ratio in ratios]
    if len(logs) < 2:
        return f"{ratios[0]:.2f}"
    reach = float(stats.t.ppf(0.975, len(logs) - 1)) * stdev(logs) / len(logs) ** 0.5
    return f"{exp(mean(logs)):.2f} ({exp(mean(logs) - reach):.2f} to {exp(mean(logs) + reach):.2f})"


def show_memory() -> None:
    print("\npeak memory of the whole process, journal and store on files")
    with server_of(0.0) as url:
        for rows in (2_000, 20_000, 100_000):
            print(f"  {rows:7,} rows {OWN['ours'](url, rows)['rss_mb']:6.0f} MB")


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, LATENCY_S], help="seconds; each is a server")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", type=Path, default=os.environ.get(PEERS_FOLDER), help="where environments of peers are, or are made")
    parser.add_argument("--peer-rows", type=int, default=2_000, help="peers are left out where more rows are asked for")
    parser.add_argument("--memory", action="store_true", help="show that memory stays flat up to 100,000 rows")
    return parser.parse_args()


def main() -> None:
    given = read_arguments()
    peers = list_peers(Path(given.peers) if given.peers else None)
    for latency_s in given.latency:
        for rows in given.rows:
            compare({**OWN, **(peers if rows <= given.peer_rows else {})}, rows, latency_s, given.repeats)
    if given.memory:
        show_memory()


if __name__ == "__main__":
    main()

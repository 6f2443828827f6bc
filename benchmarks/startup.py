"""What starting costs: CPU seconds beyond a bare interpreter, the median of several starts.

    python benchmarks/startup.py [--starts 15]

To reach: `import synthloop` under 0.10 s, `synthloop --help` under 0.15 s.
"""

import argparse
import os
import statistics
import subprocess
import sys

CASES = {
    "bare interpreter": ["-c", "pass"],
    "import synthloop": ["-c", "import synthloop"],
    "import the pytest plugin": ["-c", "import synthloop.surfaces.pytest_plugin"],
    "import pytest alone": ["-c", "import pytest"],
    "synthloop --help": ["-c", "import sys; sys.argv = ['synthloop', '--help']; from synthloop.surfaces.cli import main; main()"],
    "synthloop check --help": [
        "-c",
        "import sys; sys.argv = ['synthloop', 'check', '--help']; from synthloop.surfaces.cli import main; main()",
    ],
    "synthloop run --help": [
        "-c",
        "import sys; sys.argv = ['synthloop', 'run', '--help']; from synthloop.surfaces.cli import main; main()",
    ],
}


def measure_start(arguments: list[str]) -> float:
    """Return the CPU seconds, user and system, that one start took."""
    before = os.times()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=15, help="starts of each, after one that warms the disk cache")
    starts = parser.parse_args().starts
    bare = 0.0
    print(f"{'':28} {'CPU s':>8} {'beyond bare':>12}")
    for name, arguments in CASES.items():
        measure_start(arguments)
        median = statistics.median(measure_start(arguments) for _ in range(starts))
        bare = bare or median
        print(f"{name:28} {median:8.3f} {median - bare:12.3f}")


if __name__ == "__main__":
    main()

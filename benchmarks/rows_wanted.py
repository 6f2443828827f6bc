"""What every way of having a model write rows is asked for, and what it takes; needs nothing, since peers run it in their place."""

import json
import resource
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

IN_FLIGHT = 256
SYSTEM = "You write what people type to an app, so that the app can be tested. You write nothing but the JSON that is asked for."
TEMPLATE = "Write a message about moving a meeting, number {number}, by somebody in a hurry. Return JSON with `text` and `label`."


@contextmanager
def measured(rows: int) -> Generator[list[int]]:
    """Print what the block takes, as JSON; the block appends how many rows it has.

    `total_cpu_s` counts from the start of the process: imports are part of it.
    """
    counts: list[int] = []
    wall_s, cpu_s = time.monotonic(), _cpu_s()
    yield counts
    found = {"wall_s": time.monotonic() - wall_s, "cpu_s": _cpu_s() - cpu_s, "total_cpu_s": _cpu_s(), "rss_mb": _peak_mb()}
    if counts != [rows]:
        sys.exit(f"{counts} rows came, not {rows}")
    print(json.dumps(found), flush=True)


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if not status.exists():  # macOS, which counts in bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    # not ru_maxrss: a child begins with what its parent had
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


__all__ = ["IN_FLIGHT", "SYSTEM", "TEMPLATE", "measured"]

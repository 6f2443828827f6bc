"""The loop, end to end, on the meeting router: `make demo`.

Every line that begins with `$` is a command that you could type yourself; every number is computed while you watch. Works in a copy
of this folder, out/meeting_router, and leaves it there for you to look around.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from synthloop.evaluate.intervals import wilson_interval

HERE = Path(__file__).parent
WORK = HERE.parents[1] / "out" / "meeting_router"
KEPT_OUT = shutil.ignore_patterns("demo.py", "__pycache__", ".synthloop", "*.joblib", "exports", "baselines", "promoted", "splits.json")
CONSOLE = Console()


def main() -> int:
    """Turn the loop: a naive router, its failures, a retrained router, the gate."""
    began = time.monotonic()
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(HERE, WORK, ignore=KEPT_OUT)
    say("1. A router made of keywords. Where does it break?")
    synthloop("run", allowed=(0, 1))
    before = score_fresh_requests()
    say("2. Failures that hold up on fresh neighbors become permanent cases; what the app does now is the baseline.")
    synthloop("promote")
    synthloop("generate")
    synthloop("baseline", "accept", "main")
    say("3. Retrain the router on the train split, which shares no phrasing with the holdout.")
    synthloop("export", "exports/train.jsonl")
    show_and_run("python", "train.py", "exports/train.jsonl")
    say("4. Did it help, and did anything break? The gate decides on the holdout.")
    code = synthloop("gate", "--baseline", "main", allowed=(0, 1))
    after = score_fresh_requests()
    say("5. And on hand-written requests that the loop never saw?")
    print_fresh(before, after)
    CONSOLE.print(f"\nThe report: {(WORK / '.synthloop' / 'report' / 'index.html').resolve()}", soft_wrap=True)
    CONSOLE.print(f"Done in {time.monotonic() - began:.0f} s; the gate exited with {code}. Look around in {WORK}", soft_wrap=True)
    return 0


def say(text: str) -> None:
    """Announce a step."""
    CONSOLE.print()
    CONSOLE.rule(f"[bold]{text}", align="left")


def synthloop(*arguments: str, allowed: tuple[int, ...] = (0,)) -> int:
    """Run a command of synthloop."""
    return show_and_run("synthloop", *arguments, allowed=allowed)


def show_and_run(program: str, *arguments: str, allowed: tuple[int, ...] = (0,)) -> int:
    """Show a command, run it in the project's folder and return its exit code."""
    CONSOLE.print(f"\n[bold]$ {program} {' '.join(arguments)}[/bold]", highlight=False)
    paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    code = subprocess.run([program, *arguments], cwd=WORK, env={**os.environ, "PATH": paths}, check=False).returncode
    if code not in allowed:
        sys.exit(code)
    return code


def score_fresh_requests() -> list[bool]:
    """Ask the router, as it is now, about the hand-written requests that are kept apart."""
    code = (
        "import json\nfrom app import route\n"
        "rows = [json.loads(line) for line in open('fresh_requests.jsonl', encoding='utf-8')]\n"
        "print(json.dumps([route(row['text']) == row['expected'] for row in rows]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=WORK, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def print_fresh(before: list[bool], after: list[bool]) -> None:
    """Print how many hand-written requests each router gets right, with 95 % Wilson intervals."""
    table = Table("router", "right", "of", "share", "95 % interval")
    for name, right in (("keywords", before), ("retrained", after)):
        share = sum(right) / len(right)
        low, high = wilson_interval(share, len(right), quantile=1.96)
        table.add_row(name, str(sum(right)), str(len(right)), f"{share:.2f}", f"{low:.2f} to {high:.2f}")
    CONSOLE.print(table)
    mended = sum(1 for was, now in zip(before, after, strict=True) if now and not was)
    broken = sum(1 for was, now in zip(before, after, strict=True) if was and not now)
    CONSOLE.print(f"{mended} mended, {broken} broken.")


if __name__ == "__main__":
    sys.exit(main())

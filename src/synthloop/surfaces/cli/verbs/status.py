"""`synthloop status`."""

from rich.console import Console

from synthloop.loop.turn import Status, read_status
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_status
from synthloop.surfaces.figures import show_count, show_time
from synthloop.surfaces.wording import say_rate


def run(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Say where the loop stands and what to do next."""
    with open_status(folder) as setup:
        status = read_status(setup)
    Output(as_json).show(status, lambda console: _write(console, status))


def _write(console: Console, status: Status) -> None:
    splits = ", ".join(f"{count:,} {split}" for split, count in status.samples.items())
    say(console, f"samples    {splits}{'; the files describe other ones by now' if status.stale else ''}")
    report = status.report
    if report is not None:
        changed = "; the app has changed since" if status.app_changed else ""
        say(console, f"report     {report.app}: {say_rate(report)}, {show_time(report.made_at)}{changed}")
        confirmed = sum(mode.confirmed is True for mode in report.failure_modes)
        say(console, f"problems   {show_count(len(report.failure_modes), 'problem')}, {confirmed:,} confirmed")
    if status.app_problem:
        say(console, f"app        {status.app_problem}")
    say(console, f"baselines  {', '.join(status.baselines) or 'none'}")
    say(console, f"next       {status.next_step}")


__all__ = ["run"]

"""`synthloop distill`."""

from rich.console import Console

from synthloop.loop.distill import distill_failures
from synthloop.surfaces.cli.options import HERE, AppOption, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.cli.views import read_last_report, view_report
from synthloop.surfaces.terminal import print_problems


def run(
    *,
    app: AppOption = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Group the failures, and try fresh neighbors of each group.

    A group is confirmed where its neighbors fail more often than the app does overall, or than half the time. Of conversations, the largest
    groups come with the shortest conversation that still fails and the condition that triggers it, tested on fresh conversations.
    """
    with open_session(folder, "distill", plain=as_json) as session:
        report = distill_failures(session.setup, read_last_report(session.setup.store, app))
        view = view_report(session.setup.store, report)

    def write(console: Console) -> None:
        print_problems(view, console)
        if any(mode.confirmed for mode in report.failure_modes):
            say(console, "Next: synthloop promote")

    Output(as_json).show(report.failure_modes, write)


__all__ = ["run"]

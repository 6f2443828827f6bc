"""`synthloop baseline`."""

from typing import Annotated

import typer
from rich.console import Console

from synthloop.adapters.stores.committed import BaselineFolder
from synthloop.core.report import Baseline
from synthloop.loop.gate import accept_baseline
from synthloop.project.project import load_project
from synthloop.project.workspace import BASELINES_FOLDER
from synthloop.surfaces.cli.group import PLAIN
from synthloop.surfaces.cli.options import HERE, AppOption, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.figures import show_time
from synthloop.surfaces.wording import say_rate

app = typer.Typer(**PLAIN, no_args_is_help=True, help="Accept how the app does now, for the gate to compare with; list what was accepted.")


@app.command("accept")
def accept(
    name: Annotated[str, typer.Argument(help="Name of the baseline; an older one of that name is replaced.")] = "main",
    *,
    variant: AppOption = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Judge the app on the holdout, and accept how it does as a baseline."""
    with open_session(folder, "baseline accept", plain=as_json) as session:
        baseline = accept_baseline(session.setup, name, app=variant)
    Output(as_json).show(baseline, lambda console: say(console, f"accepted {name}: {say_rate(baseline.report)}"))


@app.command("list")
def list_baselines(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """List accepted baselines."""
    kept = BaselineFolder(load_project(folder).root / BASELINES_FOLDER)
    found = [baseline for name in kept.names() if (baseline := kept.read(name)) is not None]

    def write(console: Console) -> None:
        if not found:
            say(console, "no baseline yet. Accept one: synthloop baseline accept main")
        else:
            print_table(console, ("name", "accepted", "app", "pass rate"), map(_row, found))

    facts = [
        {"name": each.name, "accepted_at": each.accepted_at, "app": each.report.app, "pass_rate": each.report.pass_rate} for each in found
    ]
    Output(as_json).show(facts, write)


def _row(baseline: Baseline) -> tuple[str, ...]:
    report = baseline.report
    return baseline.name, show_time(baseline.accepted_at), f"{report.app} {report.app_version[:12]}", say_rate(report)


__all__ = ["accept", "app", "list_baselines"]

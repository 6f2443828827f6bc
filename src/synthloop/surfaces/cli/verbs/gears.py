"""`synthloop gears`: what asks a model, and how far it agrees with people."""

from typing import Annotated

import typer
from rich.console import Console

from synthloop.adapters.stores.gear_tables import write_table
from synthloop.core.errors import UsageError
from synthloop.loop.gears import check_gear, find_status, prepare_labels, read_gears
from synthloop.project.workspace import GEARS_FOLDER
from synthloop.surfaces.cli.gear_lines import print_doubts, print_gear_report, print_gears
from synthloop.surfaces.cli.group import PLAIN
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_session, open_status
from synthloop.surfaces.figures import show_count

app = typer.Typer(
    **PLAIN, invoke_without_command=True, help="List what asks a model, with how far it agrees with people; check it, label cases for it."
)

NameArgument = Annotated[str, typer.Argument(help="Name of the gear: a judge, `filter`, or a writer.")]


@app.callback()
def gears(ctx: typer.Context, *, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """List the gears, where no further verb is named."""
    if ctx.invoked_subcommand is None:
        list_all(folder=folder, as_json=as_json)


@app.command("list")
def list_all(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """List every gear with its last result, and warn of those that were never checked, or changed since."""
    with open_status(folder) as setup:
        found = read_gears(setup)

    def write(console: Console) -> None:
        if not found:
            say(console, "nothing asks a model here. Add `judges` to synthloop.yaml, or `writing: {filter: NAME}`.")
            return
        print_gears(console, found)

    Output(as_json).show(found, write)


@app.command("check")
def check(
    name: NameArgument,
    *,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="How often each case is decided.")] = 1,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Have a gear decide its labelled cases, and report how far it agrees with people.

    The report is kept in gears/NAME.report.json: commit it. What was asked before is not asked again, unless the gear changed.
    """
    with open_session(folder, "gears check", plain=as_json) as session:
        report = check_gear(session.setup, name, repeats=repeats)
        cases = session.setup.gears.read_labelled(name)
    Output(as_json).show(report, lambda console: print_gear_report(console, report, cases))


@app.command("show")
def show(name: NameArgument, *, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Show a gear's last report again, with cases on which it and people differ."""
    with open_status(folder) as setup:
        status = find_status(setup, name)
        cases = setup.gears.read_labelled(name)
    report = status.report
    if report is None:
        raise UsageError(f"{name} {status.doubt}. Fix: synthloop gears label {name}, then: synthloop gears check {name}")

    def write(console: Console) -> None:
        print_gear_report(console, report, cases)
        print_doubts(console, [status])

    Output(as_json).show(status, write)


@app.command("label")
def label(
    name: NameArgument,
    *,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many new cases to add.")] = 50,
    table: Annotated[bool, typer.Option("--csv", help="Write them into gears/NAME.csv as well, to label in a spreadsheet.")] = False,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add cases to a gear's labelled set, for a person to decide: fill in `label` with "passed" or "failed".

    They are drawn by chance: answers of the last run for judges, what models wrote for the filter and for writers. What the gear says of
    them is not shown.
    """
    with open_session(folder, "gears label", plain=as_json) as session:
        cases = prepare_labels(session.setup, name, count)
        if table:
            write_table(session.project.root / GEARS_FOLDER / f"{name}.csv", cases)
    waiting = sum(case.label is None for case in cases)
    path = f"{GEARS_FOLDER}/{name}.{'csv' if table else 'jsonl'}"

    def write(console: Console) -> None:
        how = "in the column `label`" if table else "for null"
        say(console, f'{path}: {show_count(len(cases), "case")}, {waiting:,} without a label. Write "passed" or "failed" {how} there.')
        say(console, f"Then: synthloop gears check {name}")

    Output(as_json).show({"path": path, "cases": len(cases), "unlabelled": waiting}, write)


__all__ = ["app", "check", "gears", "label", "list_all", "show"]

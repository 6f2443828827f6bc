"""`synthloop gears list`, `synthloop gears check` and `synthloop gears label`."""

from typing import Annotated

import typer
from rich.console import Console

from synthloop.core.gear import GearReport
from synthloop.core.score import MetricValue
from synthloop.loop.gears import GearStatus, check_gear, prepare_labels, read_gears
from synthloop.project.workspace import GEARS_FOLDER
from synthloop.surfaces.cli.group import PLAIN
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_session, open_status
from synthloop.surfaces.figures import show_chance, show_count, show_interval, show_share

app = typer.Typer(
    **PLAIN, no_args_is_help=True, help="List what asks a model, with how far it agrees with people; check it, label cases for it."
)

NameArgument = Annotated[str, typer.Argument(help="Name of the gear: a judge, or `filter`.")]


@app.command("list")
def list_all(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """List every gear with its last result, and warn of those that were never checked, or changed since."""
    with open_status(folder) as setup:
        found = read_gears(setup)

    def write(console: Console) -> None:
        if not found:
            say(console, "nothing asks a model here. Add `judges` to synthloop.yaml, or `writing: {filter: NAME}`.")
            return
        print_table(console, ("gear", "kind", "labels", "agreement", "kappa", "checked"), map(_row, found), ("labels",))
        for each in found:
            if each.doubt:
                fix = f"synthloop gears check {each.name}" if each.labels else f"synthloop gears label {each.name}"
                say(console, f"warning: {each.name} {each.doubt}. Next: {fix}")

    Output(as_json).show(found, write)


@app.command("check")
def check(
    name: NameArgument,
    *,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="How often each case is decided.")] = 1,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Have a gear decide its labelled cases, and report how far it agrees with people."""
    with open_session(folder, "gears check", plain=as_json) as session:
        report = check_gear(session.setup, name, repeats=repeats)
    Output(as_json).show(report, lambda console: _print_report(console, report))


@app.command("label")
def label(
    name: NameArgument,
    *,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many new cases to add.")] = 50,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Add cases to a gear's labelled set, for a person to decide: fill in `label` with "passed" or "failed"."""
    with open_session(folder, "gears label", plain=as_json) as session:
        cases = prepare_labels(session.setup, name, count)
    waiting = sum(case.label is None for case in cases)
    path = f"{GEARS_FOLDER}/{name}.jsonl"

    def write(console: Console) -> None:
        say(console, f'{path}: {show_count(len(cases), "case")}, {waiting:,} without a label. Write "passed" or "failed" for null there.')
        say(console, f"Then: synthloop gears check {name}")

    Output(as_json).show({"path": path, "cases": len(cases), "unlabelled": waiting}, write)


def _row(status: GearStatus) -> tuple[str, ...]:
    report = status.report
    labels = f"{status.labels:,}" + (f" (+{status.unlabelled:,} to do)" if status.unlabelled else "")
    if report is None:
        return status.name, status.kind, labels, "–", "–", "never"
    return status.name, status.kind, labels, _say(report.agreement), _say(report.kappa), report.checked_at[:10]


def _print_report(console: Console, report: GearReport) -> None:
    rows = [
        ("agreement with people", _say(report.agreement), f"{report.agreement.n:,}"),
        ("Cohen's kappa", _say(report.kappa), f"{report.kappa.n:,}"),
        ("passes of what people pass (sensitivity)", _say(report.sensitivity), f"{report.sensitivity.n:,}"),
        ("fails of what people fail (specificity)", _say(report.specificity), f"{report.specificity.n:,}"),
    ]
    if report.self_agreement is not None:
        rows.append(("agreement with itself over repeats", _say(report.self_agreement), f"{report.self_agreement.n:,}"))
    print_table(console, (report.gear, "value (95 % interval)", "n"), rows, ("n",))
    if report.inconclusive:
        say(console, f"{show_count(report.inconclusive, 'case')} it would not decide.")
    if report.bias.length is not None and report.bias.length_p_value is not None:
        chance = show_chance(report.bias.length_p_value)
        say(console, f"length bias: {report.bias.length:+.2f} (rank correlation of its errors with the answers' length, p = {chance}).")
    if report.disagreements:
        say(console, f"It differs from people on {show_count(len(report.disagreements), 'case')}: {', '.join(report.disagreements[:5])}...")


def _say(metric: MetricValue) -> str:
    interval = show_interval(metric)
    return f"{show_share(metric.value)}{f' ({interval})' if interval else ''}"


__all__ = ["app", "check", "label", "list_all"]

"""`synthloop run`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from synthloop.loop.turn import run_turn
from synthloop.surfaces.cli.ci_files import AnnotationsOption, CiFiles, JunitOption, MarkdownOption
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.cli.verbs.generate import print_summary
from synthloop.surfaces.cli.views import view_turn
from synthloop.surfaces.html import write_html_report
from synthloop.surfaces.terminal import print_report

REPORT_FOLDER = Path(".synthloop") / "report"
"""Where the HTML report goes unless another folder is named, below the project's."""


def run(  # noqa: PLR0913 - what CI systems read beside what every verb takes
    *,
    baseline: Annotated[
        str | None, typer.Option("--baseline", help="Accepted report to compare with.", show_default="main, where there is one")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FOLDER", help="Write the HTML report here.", show_default=str(REPORT_FOLDER))
    ] = None,
    junit: JunitOption = None,
    markdown: MarkdownOption = None,
    annotations: AnnotationsOption = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """One whole turn: generate, curate, run the app, evaluate, distill, gate.

    Whatever was done before is not done again: the same samples, the same answers of the same version of the app. Exit codes are those of
    `synthloop gate`.
    """
    with open_session(folder, "run", plain=as_json) as session:
        turn = run_turn(session.setup, baseline=baseline, begin=session.progress.begin)
        view = view_turn(session.setup.store, turn)
    index = write_html_report(view, html or folder / REPORT_FOLDER)
    CiFiles(folder=folder, junit=junit, markdown=markdown, annotations=annotations).write(view, as_json=as_json)

    def write(console: Console) -> None:
        print_summary(console, turn.generated)
        console.print()
        print_report(view, console)
        say(console, f"Report: {index}")

    facts = {"generated": turn.generated, "report": turn.report, "gate": turn.gate.result, "html": str(index)}
    Output(as_json).show(facts, write)
    raise typer.Exit(turn.gate.result.exit_code)


__all__ = ["REPORT_FOLDER", "run"]

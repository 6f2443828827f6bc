"""`synthloop report`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from synthloop.surfaces.cli.ci_files import CiFiles, JunitOption, MarkdownOption
from synthloop.surfaces.cli.options import HERE, AppOption, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_shelf
from synthloop.surfaces.cli.views import read_last_report, view_report
from synthloop.surfaces.html import write_html_report
from synthloop.surfaces.terminal import print_report


def run(
    *,
    html: Annotated[Path | None, typer.Option("--html", metavar="FOLDER", help="Write HTML pages into this folder.")] = None,
    markdown: MarkdownOption = None,
    junit: JunitOption = None,
    app: AppOption = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show the last report again, or write it as HTML, Markdown or JUnit XML."""
    with open_shelf(folder) as shelf:
        report = read_last_report(shelf.store, app)
        view = view_report(shelf.store, report)
    written = CiFiles(folder=folder, junit=junit, markdown=markdown).write(view)
    if html is not None:
        written = (write_html_report(view, html), *written)

    def write(console: Console) -> None:
        for path in written:
            say(console, f"wrote {path}")
        if not written:
            print_report(view, console)

    Output(as_json).show(report, write)


__all__ = ["run"]

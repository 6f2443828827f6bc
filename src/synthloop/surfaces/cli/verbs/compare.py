"""`synthloop compare`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from synthloop.loop.evaluate import evaluate_variants
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption, OpenSplit, SplitOption, read_split
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.cli.views import view_reports
from synthloop.surfaces.html import write_html_report
from synthloop.surfaces.terminal import print_comparison


def run(
    *,
    html: Annotated[Path | None, typer.Option("--html", metavar="FOLDER", help="Write HTML pages into this folder.")] = None,
    split: SplitOption = OpenSplit.DEV,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Run every variant of the app on the same samples, and compare them.

    Each variant is compared with the first, sample by sample.
    """
    with open_session(folder, "compare", plain=as_json) as session:
        reports, comparison = evaluate_variants(session.setup, split=read_split(split))
        view = view_reports(session.setup.store, reports)
    index = None if html is None else write_html_report(view, html)

    def write(console: Console) -> None:
        print_comparison(reports, comparison, console)
        if index is not None:
            say(console, f"Report: {index}")

    Output(as_json).show({"comparison": comparison, "reports": reports}, write)


__all__ = ["run"]

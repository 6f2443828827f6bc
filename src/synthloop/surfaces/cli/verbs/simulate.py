"""`synthloop simulate`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from synthloop.core.errors import UsageError
from synthloop.core.report import Report
from synthloop.loop.distill import distill_failures
from synthloop.loop.evaluate import evaluate_app
from synthloop.surfaces.cli.options import HERE, AppOption, FolderOption, JsonOption, OpenSplit, SplitOption, read_split
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import Session, open_session
from synthloop.surfaces.cli.verbs.run import REPORT_FOLDER
from synthloop.surfaces.cli.views import view_reports
from synthloop.surfaces.html import write_html_report
from synthloop.surfaces.terminal import print_report


def run(
    *,
    app: AppOption = None,
    all_apps: Annotated[bool, typer.Option("--all", help="Have the same users talk with every variant of the app.")] = False,
    split: SplitOption = OpenSplit.DEV,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FOLDER", help="Write the HTML report here.", show_default=str(REPORT_FOLDER))
    ] = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Let simulated users talk with the app: how many reach the end state, where the others break off, and why.

    Conversations that this version of the app had before are not had again.
    """
    with open_session(folder, "simulate", plain=as_json) as session:
        _need_conversations(session)
        names = tuple(session.setup.apps) if all_apps else (app or session.setup.app,)
        reports: list[Report] = []
        for name in names:
            session.progress.begin("simulate")
            report = evaluate_app(session.setup, app=name, split=read_split(split))
            session.progress.begin("distill")
            reports.append(distill_failures(session.setup, report))
        view = view_reports(session.setup.store, reports)
    index = write_html_report(view, html or folder / REPORT_FOLDER)

    def write(console: Console) -> None:
        print_report(view, console)
        say(console, f"Report: {index}")

    Output(as_json).show({"reports": reports, "html": str(index)}, write)


def _need_conversations(session: Session) -> None:
    if not any(behavior.talk for behavior in session.setup.behaviors):
        fix = "Give one a `conversation` (docs/conversations.md), or use `synthloop evaluate` for single questions."
        raise UsageError(f"no behavior takes a conversation. Fix: {fix}")


__all__ = ["run"]

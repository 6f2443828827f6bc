"""`synthloop gate`."""

from typing import Annotated

import typer

from synthloop.loop.gate import gate_app
from synthloop.surfaces.cli.ci_files import AnnotationsOption, CiFiles, JunitOption, MarkdownOption
from synthloop.surfaces.cli.options import HERE, AppOption, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.cli.views import view_gate
from synthloop.surfaces.terminal import print_gate


def run(  # noqa: PLR0913 - what CI systems read beside what every verb takes
    *,
    baseline: Annotated[str | None, typer.Option("--baseline", help="Accepted report to compare with; left out: thresholds only.")] = None,
    junit: JunitOption = None,
    markdown: MarkdownOption = None,
    annotations: AnnotationsOption = None,
    app: AppOption = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Decide on the holdout: pass, fail or too little data.

    Exit code 0: pass. 1: fail, or too little data. 2: something that was written or asked is wrong. 3: the app or the store failed.
    """
    with open_session(folder, "gate", plain=as_json) as session:
        gate = gate_app(session.setup, app=app, baseline=baseline)
        view = view_gate(session.setup.store, gate)
    CiFiles(folder=folder, junit=junit, markdown=markdown, annotations=annotations).write(view, as_json=as_json)
    Output(as_json).show(gate.result, lambda console: print_gate(gate.result, console, view))
    raise typer.Exit(gate.result.exit_code)


__all__ = ["run"]

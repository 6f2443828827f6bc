"""`synthloop promote`."""

from typing import Annotated

import typer
from rich.console import Console

from synthloop.core.report import Report
from synthloop.distill.promotion import Promotion
from synthloop.loop.distill import promote_failures
from synthloop.project.promoted import write_promoted
from synthloop.surfaces.cli.options import HERE, AppOption, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.cli.views import read_last_report
from synthloop.surfaces.figures import show_count, show_value


def run(
    modes: Annotated[
        list[str] | None, typer.Argument(help="Ids of failure modes, or how they begin.", show_default="all confirmed")
    ] = None,
    *,
    per_mode: Annotated[int, typer.Option("--per-mode", min=1, help="Cases to take from each, at most.")] = 5,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
    app: AppOption = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Turn confirmed failures into permanent cases of their behaviors.

    They are written to promoted/BEHAVIOR.yaml, word for word, for you to read and commit.
    """
    with open_session(folder, "promote", plain=as_json) as session:
        report = read_last_report(session.setup.store, app)
        promotions = promote_failures(session.setup, report, modes=modes or (), per_mode=per_mode)
    root = session.project.root
    pairs = [(promotion.behavior_id, promotion.authored) for promotion in promotions]
    files = () if dry_run else write_promoted(root, pairs)

    def write(console: Console) -> None:
        if promotions:
            print_table(console, ("behavior", "text", "expected", "mode"), map(_row, promotions))
        for path in files:
            say(console, f"wrote {path.relative_to(root)}")
        if files:
            say(console, "Next: read and commit these files, fix or retrain the app, then: synthloop run")
        else:
            say(console, f"Nothing was written: {why}")

    why = "" if files else "this was a dry run." if promotions else _say_why_none(report)
    Output(as_json).show({"promotions": promotions, "files": [str(path) for path in files], "why_nothing": why}, write)


def _say_why_none(report: Report) -> str:
    """Say why the failures of a report give no case to write."""
    found = report.failure_modes
    if not found:
        failed = any(False in result.passes for result in report.results)
        return "the failures are not grouped yet. Next: synthloop distill" if failed else "nothing failed in the last report."
    if any(mode.confirmed for mode in found):
        return (
            "what fails is authored already, or is a variant of an authored sample that fails too: the behavior files and promoted/ "
            "hold these cases for good. Fix or retrain the app."
        )
    if all(mode.confirmed is None for mode in found):
        return (
            f"none of {show_count(len(found), 'problem')} could be tried on fresh neighbors. `generate: {{neighbors: 10}}` sets how many "
            "are tried; templates and more authored samples give them something to vary."
        )
    return (
        f"none of {show_count(len(found), 'problem')} is confirmed: fresh neighbors do not fail more often than chance allows. "
        "`synthloop report` shows what was tried; write a failing sentence into its behavior's `authored` to keep it anyway."
    )


def _row(promotion: Promotion) -> tuple[str, ...]:
    authored = promotion.authored
    return promotion.behavior_id, authored.messages[-1][1], show_value(authored.expected), promotion.mode_id[:8]


__all__ = ["run"]

"""`synthloop promote`."""

from typing import Annotated

import typer
from rich.console import Console

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
        promotions = promote_failures(session.setup, read_last_report(session.setup.store, app), modes=modes or (), per_mode=per_mode)
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
            say(console, f"{show_count(len(promotions), 'case')}; nothing was written.")

    Output(as_json).show({"promotions": promotions, "files": [str(path) for path in files]}, write)


def _row(promotion: Promotion) -> tuple[str, ...]:
    authored = promotion.authored
    return promotion.behavior_id, authored.messages[-1][1], show_value(authored.expected), promotion.mode_id[:8]


__all__ = ["run"]

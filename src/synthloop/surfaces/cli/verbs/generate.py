"""`synthloop generate`."""

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console

from synthloop.loop.generate import BehaviorOrder, GenerateSummary, Preview, generate_samples, preview_writing
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.cli.writing import print_preview, print_variety, print_yields, say_scrubbed
from synthloop.surfaces.figures import show_count


def run(
    *,
    preview: Annotated[
        int | None,
        typer.Option("--preview", min=1, help="Let models write this many samples, show them with what all would take, save none."),
    ] = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make samples of every behavior, and curate them.

    The same files and the same seed give the same samples. Where the files have not changed, nothing is done. What models were asked is
    paid for once: a run that was killed goes on where it was, and a preview is the beginning of the whole.
    """
    with open_session(folder, "generate", plain=as_json) as session:
        scrubbed = session.project.writing.scrubbed
        if preview is not None:
            shown = preview_writing(session.setup, preview)
            Output(as_json).show(shown, lambda console: _print_preview(console, shown, scrubbed))
            return
        summary = generate_samples(session.setup)
    Output(as_json).show(summary, lambda console: print_summary(console, summary))


def _print_preview(console: Console, preview: Preview, scrubbed: Mapping[str, int]) -> None:
    print_preview(console, preview)
    say_scrubbed(console, scrubbed)


def print_summary(console: Console, summary: GenerateSummary) -> None:
    """Print what was accepted and what was not, a line for each behavior."""
    splits = ", ".join(f"{count:,} {split}" for split, count in summary.splits.items())
    if summary.reused:
        say(console, f"{show_count(summary.accepted, 'sample')} ({splits}) are what the files describe; nothing to do.")
        return
    mixed = any(order.by == "models" for order in summary.orders)
    columns = ("behavior", *(("made by",) if mixed else ()), "accepted", "ordered", "judged", "stopped by", "dropped most for")
    rows = (_row(order, mixed=mixed) for order in summary.orders)
    print_table(console, columns, rows, ("accepted", "ordered", "judged"))
    print_yields(console, summary.yields)
    print_variety(console, summary.variety)
    say(console, f"{show_count(summary.accepted, 'sample')} accepted: {splits}.")
    if summary.budget_spent:
        say(console, f"The budget of {summary.budget_spent} is spent. With a larger one, the same command goes on from here.")


def _row(order: BehaviorOrder, *, mixed: bool) -> tuple[str, ...]:
    return (
        order.behavior_id,
        *((order.by,) if mixed else ()),
        f"{order.accepted:,}",
        f"{order.ordered:,}",
        f"{order.candidates:,}",
        order.stop_reason,
        ", ".join(f"{count:,} {reason}" for reason, count in _dropped(order.reasons)[:3]),
    )


def _dropped(reasons: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(((reason, count) for reason, count in reasons.items() if reason != "kept"), key=lambda item: (-item[1], item[0]))


__all__ = ["print_summary", "run"]

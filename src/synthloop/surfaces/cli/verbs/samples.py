"""`synthloop samples`."""

from typing import Annotated

import typer
from rich.console import Console

from synthloop.core.errors import UsageError
from synthloop.core.registry import suggest_name
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption, LimitOption, OpenSplit, SplitOption, read_split
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_shelf
from synthloop.surfaces.figures import show_count, show_value


def run(
    *,
    behavior: Annotated[str | None, typer.Option("--behavior", "-b", help="Only samples of this behavior.")] = None,
    split: SplitOption = OpenSplit.ALL,
    limit: LimitOption = 20,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show accepted samples."""
    with open_shelf(folder) as shelf:
        known = [each.id for each in shelf.project.behaviors]
        if behavior is not None and behavior not in known:
            raise UsageError(f"no behavior is called {behavior!r}.{suggest_name(behavior, known)} There are: {', '.join(known)}.")
        found = list(shelf.read_open(read_split(split), behavior))
    shown = found[:limit]

    def write(console: Console) -> None:
        rows = ((sample.behavior_id, sample.split or "", sample.text, show_value(sample.expected)) for sample in shown)
        print_table(console, ("behavior", "split", "text", "expected"), rows)
        say(console, f"{len(shown):,} of {show_count(len(found), 'sample')}; the holdout is not shown.")

    Output(as_json).show(shown, write)


__all__ = ["run"]

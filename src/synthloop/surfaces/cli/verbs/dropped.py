"""`synthloop dropped`."""

from itertools import islice
from typing import Annotated

import typer
from rich.console import Console

from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption, LimitOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.session import open_shelf


def run(
    reason: Annotated[str | None, typer.Argument(help="Only what was dropped for this reason.", show_default=False)] = None,
    *,
    limit: LimitOption = 20,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show what curation dropped, and why."""
    with open_shelf(folder) as shelf:
        counts = {name: count for name, count in shelf.store.count_verdicts(batch=shelf.batch).items() if name != "kept"}
        shown = list(islice(shelf.store.read_dropped(reason=reason, batch=shelf.batch), limit))
        texts = {sample.id: f"“{sample.text}”" for sample in shelf.read_open(None)}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def write(console: Console) -> None:
        print_table(console, ("reason", "samples"), ((name, f"{count:,}") for name, count in ordered), numbers=("samples",))
        console.print()
        print_table(
            console,
            ("reason", "text", "note"),
            ((verdict.reason, sample.text, _name_twin(verdict.note, texts)) for sample, verdict in shown),
        )
        say(console, f"{len(shown):,} of {counts.get(reason, 0) if reason else sum(counts.values()):,} shown.")

    Output(as_json).show({"counts": counts, "dropped": [{"sample": sample, "verdict": verdict} for sample, verdict in shown]}, write)


def _name_twin(note: str, texts: dict[str, str]) -> str:
    """Replace the id of a twin by its text, where that is not in the holdout."""
    return " ".join(texts.get(word, word) for word in note.split(" "))


__all__ = ["run"]

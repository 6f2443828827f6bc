"""`synthloop holdout status` and `synthloop holdout rotate`."""

import typer
from rich.console import Console

from synthloop.curate.holdout import holdout_id
from synthloop.loop.gate import rotate_holdout
from synthloop.surfaces.cli.group import PLAIN
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_session, open_shelf
from synthloop.surfaces.figures import show_count

app = typer.Typer(**PLAIN, no_args_is_help=True, help="Show how often the holdout was read; hand a spent one to dev.")


@app.command("status")
def status(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Show how often the holdout was read, and by which versions of the app."""
    with open_shelf(folder) as shelf:
        samples = list(shelf.store.read_samples(split="holdout", batch=shelf.batch))
        readers = shelf.store.read_holdout_readers(holdout_id(samples))
        allowed = shelf.project.holdout_reads

    def write(console: Console) -> None:
        say(console, f"{show_count(len(samples), 'sample')}, read by {len(readers):,} of {show_count(allowed, 'app version')} that may.")
        for reader in readers:
            say(console, f"  {reader}")
        if len(readers) >= allowed:
            say(console, "It is spent. Next: synthloop holdout rotate")

    Output(as_json).show({"samples": len(samples), "readers": readers, "allowed": allowed, "spent": len(readers) >= allowed}, write)


@app.command("rotate")
def rotate(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Hand the holdout to dev; scenarios that come later fill a new one."""
    with open_session(folder, "holdout rotate", plain=as_json) as session:
        moved = rotate_holdout(session.setup)
    Output(as_json).show(
        {"moved": moved},
        lambda console: say(console, f"{show_count(moved, 'sample')} moved to dev. Next: write new phrasings, then: synthloop generate"),
    )


__all__ = ["app", "rotate", "status"]

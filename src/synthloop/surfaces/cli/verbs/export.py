"""`synthloop export`."""

from pathlib import Path
from typing import Annotated

import typer

from synthloop.adapters.exports import EXPORTS
from synthloop.loop.export import export_training
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.session import open_session
from synthloop.surfaces.figures import show_count


def run(
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    export: Annotated[
        str | None, typer.Option("--format", "-f", help="jsonl, csv, chat or parquet.", show_default="by the file's name")
    ] = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the training set to a file.

    Only samples of the train split, with what is expected: dev and holdout never leave.
    """
    name = export or (path.suffix.removeprefix(".") if path.suffix.removeprefix(".") in EXPORTS.names() else "jsonl")
    with open_session(folder, "export", plain=as_json) as session:
        count = EXPORTS.build(name).write(export_training(session.setup), path)
    facts = {"path": str(path), "format": name, "examples": count}
    Output(as_json).show(facts, lambda console: say(console, f"wrote {show_count(count, 'example')} to {path} as {name}"))


__all__ = ["run"]

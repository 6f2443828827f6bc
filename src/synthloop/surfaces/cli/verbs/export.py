"""`synthloop export`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
        str | None, typer.Option("--format", "-f", help="jsonl, csv, chat, preferences or parquet.", show_default="by the file's name")
    ] = None,
    folder: FolderOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the training set to a file.

    Only samples of the train split, with what is expected: dev and holdout never leave. `preferences` takes preference pairs alone.
    """
    name = export or (path.suffix.removeprefix(".") if path.suffix.removeprefix(".") in EXPORTS.names() else "jsonl")
    left_out: Counter[str] = Counter()
    with open_session(folder, "export", plain=as_json) as session:
        examples = export_training(session.setup, pairs_only=name == "preferences", left_out=left_out)
        count = EXPORTS.build(name).write(examples, path)
    facts = {"path": str(path), "format": name, "examples": count, "left_out": dict(sorted(left_out.items()))}

    def write(console: Console) -> None:
        say(console, f"wrote {show_count(count, 'example')} to {path} as {name}")
        for reason, samples in sorted(left_out.items()):
            say(console, f"left out: {show_count(samples, 'sample')} ({reason})")

    Output(as_json).show(facts, write)


__all__ = ["run"]

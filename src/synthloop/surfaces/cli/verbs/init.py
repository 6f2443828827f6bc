"""`synthloop init`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from synthloop.project.init import init_project
from synthloop.surfaces.cli.options import JsonOption
from synthloop.surfaces.cli.output import Output, say


def run(
    folder: Annotated[Path, typer.Argument(help="Where to; made where needed.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Allow a folder with files in it; none of them is replaced.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a small working project with comments."""
    files = init_project(folder, force=force)

    def write(console: Console) -> None:
        for path in files:
            say(console, f"wrote {path}")
        say(console, f"\nNext: cd {folder} && synthloop run")

    Output(as_json).show({"files": [str(path) for path in files]}, write)


__all__ = ["run"]

"""Options that many verbs share, so that they read alike everywhere."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, cast

import typer

from synthloop.core.sample import Split


class OpenSplit(StrEnum):
    """Splits that anyone may look at."""

    TRAIN = "train"
    DEV = "dev"
    ALL = "all"


FolderOption = Annotated[Path, typer.Option("--project", "-C", help="The project's folder.", show_default="the current folder")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write the result as JSON to standard output.")]
AppOption = Annotated[str | None, typer.Option("--app", help="Name of the app variant.", show_default="the first")]
SplitOption = Annotated[OpenSplit, typer.Option("--split", help="Which samples; the holdout belongs to the gate.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to show, at most.")]
HERE = Path()


def read_split(option: OpenSplit) -> Split | None:
    """Return the split that an option names; None for train and dev together."""
    return None if option is OpenSplit.ALL else cast("Split", option.value)


__all__ = ["HERE", "AppOption", "FolderOption", "JsonOption", "LimitOption", "OpenSplit", "SplitOption", "read_split"]

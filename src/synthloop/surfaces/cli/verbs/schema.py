"""`synthloop schema`."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from synthloop.project.json_schema import build_schema
from synthloop.surfaces.cli.options import JsonOption
from synthloop.surfaces.cli.output import encode_pretty


class FileKind(StrEnum):
    """Kinds of files that people write."""

    PROJECT = "project"
    BEHAVIOR = "behavior"


def run(
    kind: Annotated[FileKind, typer.Argument(help="Which files.")] = FileKind.PROJECT,
    *,
    as_json: JsonOption = False,  # noqa: ARG001 - a schema is JSON anyway
) -> None:
    """Print the JSON Schema of project or behavior files, for editors."""
    sys.stdout.write(encode_pretty(build_schema(kind.value)))


__all__ = ["FileKind", "run"]

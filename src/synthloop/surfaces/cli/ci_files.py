"""What CI systems read, written where the user wants it."""

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from synthloop.adapters.files import write_atomically
from synthloop.project.project import PROJECT_FILE
from synthloop.surfaces.annotations import annotate
from synthloop.surfaces.junit import render_junit
from synthloop.surfaces.markdown import render_markdown
from synthloop.surfaces.view import ReportView


class Annotations(StrEnum):
    """Forms of annotations."""

    GITHUB = "github"
    PLAIN = "plain"


JunitOption = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML.")]
MarkdownOption = Annotated[Path | None, typer.Option("--markdown", metavar="FILE", help="Write a Markdown summary.")]
AnnotationsOption = Annotated[
    Annotations | None, typer.Option("--annotations", help="Write a line for each check that did not pass: to standard error with --json.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CiFiles:
    """Where the files go."""

    folder: Path
    """The project's, for the paths in annotations."""
    junit: Path | None = None
    markdown: Path | None = None
    annotations: Annotations | None = None

    def write(self, view: ReportView, *, as_json: bool = False) -> tuple[Path, ...]:
        """Write what is wanted and return the files.

        Raises:
            StoreError: A file can't be written.
        """
        wanted = ((self.junit, render_junit), (self.markdown, render_markdown))
        written = [(path, render(view)) for path, render in wanted if path is not None]
        for path, text in written:
            write_atomically(path, text.encode())
        if self.annotations is not None:
            stream = sys.stderr if as_json else sys.stdout
            lines = annotate(view, self._behavior_files(), self.annotations.value, self._show(self.folder / PROJECT_FILE))
            stream.writelines(f"{line}\n" for line in lines)
        return tuple(path for path, _ in written)

    def _behavior_files(self) -> dict[str, str]:
        """Return behavior id -> path, of the YAML files below the project's folder."""
        return {path.stem: self._show(path) for path in sorted(self.folder.glob("*/**/*.y*ml")) if not path.parent.name.startswith(".")}

    def _show(self, path: Path) -> str:
        return os.path.relpath(path)


__all__ = ["Annotations", "AnnotationsOption", "CiFiles", "JunitOption", "MarkdownOption"]

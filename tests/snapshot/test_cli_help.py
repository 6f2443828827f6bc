"""The table of contents as a person reads it, and the reference in the docs as the commands themselves say it."""

import os
from pathlib import Path

from tests.snapshot.compare import check_snapshot
from typer.testing import CliRunner

from synthloop.surfaces.cli import app
from synthloop.surfaces.cli.reference import render_reference

DOCS = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
MARK = "<!-- made from the commands: SYNTHLOOP_UPDATE=1 pytest tests/snapshot/test_cli_help.py -->\n\n"


def test_help_reads_like_a_table_of_contents() -> None:
    text = CliRunner().invoke(app, ["--help"], prog_name="synthloop", env={"COLUMNS": "80"}).stdout
    contents = text[text.index("Begin:") :]
    check_snapshot("help.txt", contents)


def test_the_docs_say_what_the_commands_say() -> None:
    written, mark, reference = DOCS.read_text(encoding="utf-8").partition(MARK)
    assert mark
    if os.environ.get("SYNTHLOOP_UPDATE"):
        DOCS.write_text(f"{written}{mark}{render_reference()}", encoding="utf-8")
        return
    assert reference == render_reference(), "docs/cli.md is out of date: SYNTHLOOP_UPDATE=1 pytest tests/snapshot/test_cli_help.py"

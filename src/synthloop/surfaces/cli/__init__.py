"""The command line: `synthloop VERB`."""

import io
import sys
from typing import Annotated

import typer
from typer.main import get_command

from synthloop import __version__
from synthloop.surfaces.cli.group import EXIT_BUG, LoopGroup, describe_bug

EPILOG = """\b
Exit codes:
  0    done; for `gate` and `run`: the gate passed
  1    the gate failed, or has too little data to decide
  2    something that was written or asked is wrong: files, names, options, a spent holdout
  3    the outside world failed: the app, the store, another synthloop process
  70   synthloop itself failed: a bug, shown with its traceback; never a decision about the app
  130  stopped with Ctrl-C; the same command goes on from there

\b
Every verb takes --json and writes one JSON document to standard output; progress and errors go to standard error."""

app = typer.Typer(cls=LoopGroup, rich_markup_mode=None, pretty_exceptions_enable=False, epilog=EPILOG, no_args_is_help=True)


def main() -> None:
    """Run the command line. An error that nobody foresaw must not end with 1, which CI reads as "the gate failed"."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        get_command(app)(prog_name="synthloop")
    except Exception as error:  # noqa: BLE001 - the outermost boundary: whatever comes this far is a bug, and is shown in full
        sys.stderr.write(f"{describe_bug(error)}\n")
        sys.exit(EXIT_BUG)


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"synthloop {__version__}\n")
        raise typer.Exit


@app.callback()
def _loop(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Find where an LLM app breaks, and hold the gain: the synthetic data loop, offline.

    Start with `synthloop init my-loop`, then `synthloop run`.
    """


__all__ = ["app", "main"]

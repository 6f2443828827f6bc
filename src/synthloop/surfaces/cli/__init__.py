"""The command line: `synthloop VERB`."""

import errno
import io
import os
import sys
from typing import Annotated

import typer
from typer.main import get_command

from synthloop import __version__
from synthloop.surfaces.cli.group import EXIT_BUG, EXIT_PORT, LoopGroup, describe_bug

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

_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)

app = typer.Typer(cls=LoopGroup, rich_markup_mode=None, pretty_exceptions_enable=False, epilog=EPILOG, no_args_is_help=True)


def main() -> None:
    """Run the command line. An error that nobody foresaw must not end with 1, which CI reads as "the gate failed"."""
    keep_stdout_for_results()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        get_command(app)(prog_name="synthloop")
    except Exception as error:  # noqa: BLE001 - the outermost boundary: whatever comes this far is a bug, and is shown in full
        if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
            sys.stderr.write(
                f"The result can't be written: {error}. Nothing that was finished is lost: make room and repeat the command.\n"
            )
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still buffered has nowhere to go
            sys.exit(EXIT_PORT)
        sys.stderr.write(f"{describe_bug(error)}\n")
        sys.exit(EXIT_BUG)


def keep_stdout_for_results() -> None:
    """Let whatever else writes to standard output reach standard error: an app's C library, a program it starts.

    Only what synthloop itself writes then stands in `--json`. Where there is no real standard output or error, nothing is changed.
    """
    try:
        if sys.stdout.fileno() != 1:
            return
        kept = os.dup(1)
        os.dup2(2, 1)
    except (OSError, ValueError):
        return
    sys.stdout = os.fdopen(kept, "w", encoding=sys.stdout.encoding, buffering=1 if os.isatty(kept) else -1)


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


__all__ = ["app", "keep_stdout_for_results", "main"]

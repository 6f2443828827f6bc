"""The command line's root: shows the table of contents, loads a verb when it is used, and turns errors into exit codes."""

import sys
import traceback
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command as build_command

from synthloop.core.errors import LoopError, UsageError
from synthloop.core.registry import suggest_name
from synthloop.surfaces.cli.contents import CONTENTS, VERBS, Verb

EXIT_USAGE, EXIT_PORT, EXIT_BUG, EXIT_INTERRUPTED = 2, 3, 70, 130

PLAIN: dict[str, Any] = {"rich_markup_mode": None, "pretty_exceptions_enable": False, "add_completion": False}
"""How every verb's help is written: as plain text, which needs a tenth of the time."""


class LoopGroup(TyperGroup):
    """Lists verbs by section and imports a verb's module only when that verb is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is typer's
        """Return the verbs in the order of the loop."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the signature is typer's
        """Load one verb; None where there is none of that name."""
        return load_verb(VERBS[cmd_name]) if cmd_name in VERBS else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the verb; of one that does not exist, say which is nearest."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            hint = suggest_name(args[0], VERBS) or " `synthloop --help` lists all verbs."
            raise UsageError(f"no verb is called {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - the signature is typer's
        """Write the table of contents without loading a verb."""
        width = max(map(len, VERBS))
        for section, verbs in CONTENTS.items():
            with formatter.section(section):
                formatter.write_dl([(verb.name.ljust(width), verb.summary) for verb in verbs])

    def invoke(self, ctx: Any) -> Any:
        """Run a verb. What goes wrong on purpose becomes one clear block on standard error and an exit code, never a traceback."""
        try:
            return super().invoke(ctx)
        except LoopError as error:
            sys.stderr.write(f"{describe_error(error)}\n")
            raise typer.Exit(EXIT_USAGE if isinstance(error, UsageError) else EXIT_PORT) from error
        except KeyboardInterrupt as interrupt:
            sys.stderr.write("\nStopped. Nothing that was answered is lost: the same command goes on from here.\n")
            raise typer.Exit(EXIT_INTERRUPTED) from interrupt


def load_verb(verb: Verb) -> Any:
    """Import a verb's module and build its command.

    A module with `app` holds a group of further verbs; else its function `run` is the verb.
    """
    module = import_module(verb.module)
    group = cast("typer.Typer | None", getattr(module, "app", None))
    if group is None:
        group = typer.Typer(**PLAIN)
        group.command(verb.name)(module.run)
    command = build_command(group)
    command.name = verb.name
    return command


def describe_error(error: LoopError) -> str:
    """Return an error as one block: its kind, then everything it says, the further lines indented."""
    first, *rest = str(error).splitlines() or [""]
    name = type(error).__name__
    if not rest:
        return f"{name}: {first}"
    return "\n".join([f"{name}: {len(rest) + 1} lines", *(f"  {line}" for line in (first, *rest))])


def describe_bug(error: Exception) -> str:
    """Return an error that nobody foresaw as one block, with its traceback below."""
    what = "".join(traceback.format_exception_only(error)).strip()
    trace = "".join(traceback.format_exception(error)).strip()
    return (
        f"Internal error: {what}\n"
        "  This is a bug of synthloop, not a decision about your app. Nothing that was finished is lost: the same command\n"
        "  goes on from there.\n"
        f"  Please report it with the lines below and the output of `synthloop --version`.\n\n{trace}"
    )


__all__ = [
    "EXIT_BUG",
    "EXIT_INTERRUPTED",
    "EXIT_PORT",
    "EXIT_USAGE",
    "PLAIN",
    "LoopGroup",
    "describe_bug",
    "describe_error",
    "load_verb",
]

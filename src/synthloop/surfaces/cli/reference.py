"""The reference of the command line as Markdown, made from the commands themselves."""

from collections.abc import Iterator
from typing import Any

from synthloop.surfaces.cli.contents import CONTENTS, Verb
from synthloop.surfaces.cli.group import load_verb


def render_reference() -> str:
    """Return every verb with its arguments and options, section by section."""
    parts: list[str] = []
    for section, verbs in CONTENTS.items():
        parts.append(f"## {section}")
        for verb in verbs:
            parts += [_render_command(path, command) for path, command in list_commands(verb)]
    return "\n\n".join(parts) + "\n"


def list_commands(verb: Verb) -> Iterator[tuple[str, Any]]:
    """Yield what a verb offers, with its path: itself, or the verbs below it."""
    command = load_verb(verb)
    below = getattr(command, "commands", None)
    if below is None:
        yield verb.name, command
    else:
        for name, each in below.items():
            yield f"{verb.name} {name}", each


def _render_command(path: str, command: Any) -> str:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    usage = " ".join(["synthloop", path, *(_show_argument(argument) for argument in arguments), "[options]" if options else ""])
    rows = [f"| {row[0]} | {row[1]} |" for row in (*map(_describe_argument, arguments), *map(_describe_option, options))]
    table = "\n".join(["| | |", "|---|---|", *rows])
    return f"### `{usage.strip()}`\n\n{' '.join(command.help.split())}\n\n{table}"


def _show_argument(argument: Any) -> str:
    name = argument.name.upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _describe_argument(argument: Any) -> tuple[str, str]:
    return f"`{argument.name.upper()}`", f"{argument.help}{_say_default(argument)}"


def _describe_option(option: Any) -> tuple[str, str]:
    return ", ".join(f"`{name}`" for name in option.opts), f"{option.help}{_say_default(option)}"


def _say_default(parameter: Any) -> str:
    """Say what holds where nothing is given; nothing for switches and for what may be left out without a further word."""
    if isinstance(parameter.show_default, str):
        return f" Default: {parameter.show_default}."
    value = getattr(parameter.default, "value", parameter.default)
    return "" if value in {None, False} else f" Default: {value}."


__all__ = ["list_commands", "render_reference"]

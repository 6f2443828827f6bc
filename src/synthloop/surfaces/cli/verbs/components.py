"""`synthloop components`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from synthloop.core.json_value import JsonValue
from synthloop.project.components import ComponentDescription, ParameterDescription, list_components
from synthloop.surfaces.cli.options import JsonOption
from synthloop.surfaces.cli.output import Output, print_table
from synthloop.surfaces.figures import show_value


def run(
    kind: Annotated[
        str | None,
        typer.Argument(help="noisers, validators, scorers, judges, writers, exports or finders; left out: all.", show_default=False),
    ] = None,
    *,
    name: Annotated[str | None, typer.Option("--name", help="Only this one, with its parameters.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List noisers, validators, scorers, judges, writers, exports and finders, with parameters and an example.

    With a kind, every component of it is shown with its parameters; without, one line each.
    """
    found = [each for each in list_components(kind) if name in {None, each.name}]

    def write(console: Console) -> None:
        if kind is None and name is None:
            _print_overview(console, found)
        else:
            for component in found:
                _print_component(console, component)

    Output(as_json).show(found, write)


def _print_overview(console: Console, found: list[ComponentDescription]) -> None:
    for kind in dict.fromkeys(each.kind for each in found):
        console.print(Text(kind, style="bold underline"))
        print_table(console, ("name", "what it does"), ((each.name, each.summary) for each in found if each.kind == kind))
        console.print()


def _print_component(console: Console, component: ComponentDescription) -> None:
    console.print(Text.assemble((component.name, "bold"), f"  {component.summary}"))
    for parameter in component.parameters:
        console.print(Padding(Text.assemble((parameter.name, "cyan"), f": {_say_parameter(parameter)}"), (0, 0, 0, 4), expand=False))
    console.print(Padding(Text(component.example, style="dim"), (0, 0, 1, 4), expand=False))


def _say_parameter(parameter: ParameterDescription) -> str:
    default = "required" if parameter.required else f"default {_say_default(parameter.default)}"
    facts = ", ".join(fact for fact in (parameter.type, parameter.constraints, default) if fact)
    return f"{facts}. {parameter.description}".rstrip()


def _say_default(value: JsonValue) -> str:
    """Write a default; a whole record that has a name is called by it, and `--json` holds all of it."""
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        value = value["name"]
    return "none" if value is None else repr(value) if isinstance(value, str) else show_value(value)


__all__ = ["run"]

"""`synthloop noise fit` and `synthloop noise show`."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from synthloop.adapters.files import write_atomically
from synthloop.adapters.imports.texts import read_messages
from synthloop.generate.noise.fitting import fit_profile
from synthloop.generate.noise.profile import describe_profile
from synthloop.generate.noise.style import NoiseProfile, Statistic
from synthloop.project.workspace import read_profile
from synthloop.surfaces.cli.group import PLAIN
from synthloop.surfaces.cli.options import JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.figures import show_count, show_share

app = typer.Typer(**PLAIN, no_args_is_help=True, help="Measure how your own users write, and look at what was measured.")


@app.command("fit")
def fit(
    messages: Annotated[Path, typer.Argument(help="One message a line; .jsonl and .csv are read as well.")],
    *,
    to: Annotated[Path | None, typer.Option("--to", "-o", help="Where to write the profile.", show_default="profiles/NAME.json")] = None,
    field: Annotated[str, typer.Option("--field", help="Field or column that holds the message, in .jsonl and .csv.")] = "text",
    encoding: Annotated[str | None, typer.Option("--encoding", help="The file's encoding.", show_default="UTF-8")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how real users write, so that noise can write like them.

    Length, case, end marks, contractions, abbreviations, kinds and rates of misspellings and more are measured; no message is kept. Some
    hundred messages are enough to start, a few thousand are better.
    """
    profile = fit_profile(list(read_messages(messages, field=field, encoding=encoding)), name=messages.stem)
    path = to or Path("profiles") / f"{messages.stem}.json"
    write_atomically(path, msgspec.json.format(msgspec.json.encode(profile), indent=1) + b"\n")

    def write(console: Console) -> None:
        say(console, f"wrote {path}: fitted to {show_count(profile.n, 'message')}.")
        for warning in profile.warnings:
            say(console, f"note: {warning}")
        say(console, f"Next, in synthloop.yaml: noise: {{profile: {path}}}")

    Output(as_json).show({"path": str(path), "messages": profile.n, "warnings": profile.warnings}, write)


@app.command("show")
def show(profile: Annotated[Path, typer.Argument(help="A fitted profile.")], *, as_json: JsonOption = False) -> None:
    """Show what a profile says of how people write."""
    found = read_profile(profile)
    statistics = describe_profile(found)

    def write(console: Console) -> None:
        say(console, f"{found.name}: fitted to {show_count(found.n, 'message')}.")
        rows = ((statistic.name, _say_value(statistic), f"{statistic.n:,}") for statistic in statistics)
        print_table(console, ("what", "value", "n"), rows, numbers=("value", "n"))
        for warning in found.warnings:
            say(console, f"note: {warning}")

    Output(as_json).show(_facts(found, statistics), write)


def _say_value(statistic: Statistic) -> str:
    counted = statistic.name.startswith(("words in", "chars in"))
    return f"{statistic.value:.1f}" if counted else show_share(statistic.value)


def _facts(profile: NoiseProfile, statistics: list[Statistic]) -> dict[str, object]:
    rows = [{"name": statistic.name, "value": statistic.value, "n": statistic.n} for statistic in statistics]
    return {"name": profile.name, "messages": profile.n, "statistics": rows, "warnings": profile.warnings}


__all__ = ["app", "fit", "show"]

"""`synthloop prompts list`, `synthloop prompts show` and `synthloop prompts copy`."""

from typing import Annotated

import typer
from rich.console import Console

from synthloop.adapters.files import write_atomically
from synthloop.core.errors import UsageError
from synthloop.project.project import load_project
from synthloop.project.writing_settings import PROMPTS_FOLDER
from synthloop.prompting.library import list_prompts, load_prompt, read_shipped
from synthloop.surfaces.cli.group import PLAIN
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say

app = typer.Typer(**PLAIN, no_args_is_help=True, help="List what models are asked; copy a prompt into the project to change it.")

NameArgument = Annotated[str, typer.Argument(help="Name of the prompt.")]


@app.command("list")
def list_all(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """List the prompts, and which of them the project has changed."""
    own = {path.stem for path in (load_project(folder).root / PROMPTS_FOLDER).glob("*.md")}
    rows = [(name, "yes" if name in own else "", ", ".join(sorted(load_prompt(name).placeholders))) for name in list_prompts()]

    def write(console: Console) -> None:
        print_table(console, ("name", "changed here", "placeholders"), rows)

    Output(as_json).show([{"name": name, "changed": bool(changed)} for name, changed, _ in rows], write)


@app.command("show")
def show(name: NameArgument, *, as_json: JsonOption = False) -> None:
    """Show a shipped prompt."""
    load_prompt(name)
    text = read_shipped(name)
    Output(as_json).show({"name": name, "text": text}, lambda console: say(console, text))


@app.command("copy")
def copy(name: NameArgument, *, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Copy a shipped prompt into the project's folder `prompts/`, where it takes the place of the shipped one."""
    load_prompt(name)
    path = load_project(folder).root / PROMPTS_FOLDER / f"{name}.md"
    if path.exists():
        raise UsageError(f"{PROMPTS_FOLDER}/{name}.md is there already. Fix: change that one, or remove it first.")
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, read_shipped(name).encode())
    shown = f"{PROMPTS_FOLDER}/{name}.md"
    Output(as_json).show({"path": shown}, lambda console: say(console, f"wrote {shown}; whatever you change there asks models anew."))


__all__ = ["app", "copy", "list_all", "show"]

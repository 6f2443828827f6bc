"""`synthloop check`."""

from collections.abc import Sequence

from rich.console import Console

from synthloop.evaluate.visible_drops import VisibleDrop
from synthloop.loop.visible_drops import read_visible_drops
from synthloop.project.project import Project, load_project
from synthloop.project.workspace import has_store, open_store
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, print_table, say
from synthloop.surfaces.cli.writing import say_scrubbed
from synthloop.surfaces.figures import show_count


def run(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Read all files of the project and say everything that is wrong, at once.

    What is wrong goes to standard error, with exit code 2. What is allowed but probably not meant is only said. Where samples were
    generated, it says how small a drop of each behavior the gate could see.
    """
    project = load_project(folder)
    drops = _read_drops(project)
    authored = sum(len(behavior.authored) for behavior in project.behaviors)
    facts = {
        "name": project.name,
        "apps": [app.name for app in project.apps],
        "behaviors": [behavior.id for behavior in project.behaviors],
        "authored": authored,
        "scrubbed": dict(project.writing.scrubbed),
        "warnings": [str(warning) for warning in project.warnings],
        "visible_drops": drops,
    }

    def write(console: Console) -> None:
        for warning in project.warnings:
            say(console, f"note: {warning}")
        say_scrubbed(console, project.writing.scrubbed)
        parts = (
            show_count(len(project.behaviors), "behavior"),
            show_count(authored, "authored sample"),
            show_count(len(project.apps), "app"),
        )
        say(console, f"{project.name}: {', '.join(parts)}; nothing is wrong.")
        _write_drops(console, drops)

    Output(as_json).show(facts, write)


def _read_drops(project: Project) -> tuple[VisibleDrop, ...]:
    if not has_store(project):
        return ()
    with open_store(project) as store:
        return read_visible_drops(store, project.behaviors, project.gate)


def _write_drops(console: Console, drops: Sequence[VisibleDrop]) -> None:
    if not drops:
        return
    say(
        console,
        f"\nHow small a drop of the pass rate the gate could see in each behavior's holdout, where nothing else changes: {drops[0].needed} "
        "scenarios have to get worse before it is beyond chance. More phrasings show smaller drops.\n",
    )
    columns = ("behavior", "samples", "scenarios", "no drop under", "4 times in 5 from")
    rows = (
        (drop.behavior_id, f"{drop.samples:,}", f"{drop.scenarios:,}", _show_drop(drop.smallest), _show_drop(drop.likely)) for drop in drops
    )
    print_table(console, columns, rows, numbers=columns[1:])


def _show_drop(drop: float | None) -> str:
    return "–" if drop is None else f"{drop:.2f}"


__all__ = ["run"]

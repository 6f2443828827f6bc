"""`synthloop check`."""

from rich.console import Console

from synthloop.project.project import load_project
from synthloop.surfaces.cli.options import HERE, FolderOption, JsonOption
from synthloop.surfaces.cli.output import Output, say
from synthloop.surfaces.cli.writing import say_scrubbed
from synthloop.surfaces.figures import show_count


def run(*, folder: FolderOption = HERE, as_json: JsonOption = False) -> None:
    """Read all files of the project and say everything that is wrong, at once.

    What is wrong goes to standard error, with exit code 2. What is allowed but probably not meant is only said.
    """
    project = load_project(folder)
    authored = sum(len(behavior.authored) for behavior in project.behaviors)
    facts = {
        "name": project.name,
        "apps": [app.name for app in project.apps],
        "behaviors": [behavior.id for behavior in project.behaviors],
        "authored": authored,
        "scrubbed": dict(project.writing.scrubbed),
        "warnings": [str(warning) for warning in project.warnings],
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

    Output(as_json).show(facts, write)


__all__ = ["run"]

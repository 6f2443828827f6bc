"""The folder of behavior files."""

from collections.abc import Sequence
from pathlib import Path

from synthloop.core.errors import Problem
from synthloop.project.behavior_checks import FoundBehavior, check_behavior, check_written
from synthloop.project.behaviors import build_behavior
from synthloop.project.problems import read_written
from synthloop.project.written import BehaviorWritten
from synthloop.project.yaml_source import Source, read_source

SUFFIXES = (".yaml", ".yml")

_TOGETHER = {"parameters": ("templates", "constraints")}


def find_behavior_files(folder: Path, shown: str) -> tuple[tuple[Path, ...], list[Problem]]:
    """Return the behavior files below a folder, sorted by path.

    Args:
        folder: Where to look, subfolders included; names that begin with a dot are left out.
        shown: How problems name the folder.
    """
    if not folder.is_dir():
        what = "is no folder." if folder.exists() else "does not exist."
        fix = "Make the folder and put one file a behavior into it; `synthloop init` writes examples to start from."
        return (), [Problem(file=shown, line=None, field="", what=what, fix=fix)]
    inside = (path for path in folder.rglob("*") if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    files = tuple(sorted(path for path in inside if path.suffix in SUFFIXES and path.is_file()))
    if files:
        return files, []
    what = "holds no behaviors (*.yaml)."
    return (), [Problem(file=shown, line=None, field="", what=what, fix="Describe one in a file of its own, e.g. `schedule.yaml`.")]


def read_behavior_files(files: Sequence[Path], root: Path) -> tuple[tuple[FoundBehavior, ...], list[Problem]]:
    """Read behavior files and check each by itself.

    Returns:
        The behaviors that could be built, in the order of their files, and all problems.
    """
    found: list[FoundBehavior] = []
    problems: list[Problem] = []
    for path in files:
        source, unreadable = read_source(path, show_path(path, root))
        problems += unreadable
        if source is not None:
            behavior, wrong = read_behavior(path.stem, source)
            problems += wrong
            found += [behavior] if behavior else []
    return tuple(found), problems


def read_behavior(behavior_id: str, source: Source) -> tuple[FoundBehavior | None, list[Problem]]:
    """Check what is written of one behavior and build what is sound of it; None where nothing is."""
    checked = read_written(BehaviorWritten, source, together=_TOGETHER)
    if checked.written is None:
        return None, list(checked.problems)
    malformed = list(check_written(checked.written, source))
    broken = {problem.field.partition(".")[0] for problem in malformed}
    sound = checked.written.model_copy(update={key: [] for key in broken})
    found = FoundBehavior(behavior=build_behavior(behavior_id, sound), source=source, dropped=checked.dropped | broken)
    return found, [*checked.problems, *malformed, *check_behavior(found)]


def show_path(path: Path, root: Path) -> str:
    """Return a path relative to the project where it lies in it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


__all__ = ["SUFFIXES", "find_behavior_files", "read_behavior", "read_behavior_files", "show_path"]

"""What the files say, as constructor calls with the same checks.

Example:
    >>> schedule = behavior(
    ...     "schedule",
    ...     says="A request to plan a meeting goes to the scheduling agent.",
    ...     expected="schedule",
    ...     templates=["{verb} a {kind} with Ana"],
    ...     parameters={"verb": {"book": 3, "set up": 1}, "kind": ["call", "review"]},
    ... )
    >>> schedule.parameters[0].choices[0]
    Choice(value='book', weight=3.0)
"""

import os
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, cast

from synthloop.core.behavior import Behavior
from synthloop.core.errors import ProjectError
from synthloop.core.json_value import JsonValue
from synthloop.project.behavior_checks import FoundBehavior, check_together
from synthloop.project.behavior_files import read_behavior
from synthloop.project.problems import read_written, sort_problems
from synthloop.project.project import TOGETHER, Project, assemble_project
from synthloop.project.written_project import ProjectWritten
from synthloop.project.yaml_source import Source


def behavior(behavior_id: str, **written: Any) -> Behavior:
    """Build a behavior from what a behavior file may say: `says`, `expected`, `authored`, `templates`, `parameters` and so on.

    Args:
        behavior_id: Its name; a file would be called `<behavior_id>.yaml`.
        **written: The file's keys. Keys that are Python words are written in a mapping, e.g. `{"from": 5}`.

    Raises:
        ProjectError: Anything is wrong; holds every problem.
    """
    found, problems = read_behavior(behavior_id, _source_of(f"behavior({behavior_id!r})", written))
    if found is None or problems:
        raise ProjectError(sort_problems(problems))
    return found.behavior


def project(*, behaviors: Iterable[Behavior], root: str | os.PathLike[str] = ".", **written: Any) -> Project:
    """Build a project from what `synthloop.yaml` may say: `app`, `noise`, `validators`, `scorers`, `gate` and so on.

    Args:
        behaviors: Behaviors, built with `behavior` or read from files.
        root: The folder that paths are relative to.
        **written: The file's keys.

    Raises:
        ProjectError: Anything is wrong; holds every problem.
    """
    source = _source_of("project()", written)
    checked = read_written(ProjectWritten, source, together=TOGETHER)
    problems = list(checked.problems)
    found = [FoundBehavior(behavior=each, source=Source(file=f"behavior({each.id!r})", value={})) for each in behaviors]
    if not found:
        problems.append(source.problem((), "there are no behaviors.", "Pass at least one."))
    problems += check_together(found)
    if checked.written is None:
        raise ProjectError(problems)
    return assemble_project(checked.written, source, found, Path(root).resolve(), problems)


def _source_of(call: str, written: Mapping[str, object]) -> Source:
    return Source(file=call, value=_as_written(written))


def _as_written(value: object) -> JsonValue:
    """Return a Python value as a file would give it: tuples as lists, dates and times as text, keys as text."""
    if isinstance(value, Mapping):
        return {str(key): _as_written(entry) for key, entry in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_as_written(entry) for entry in cast("list[object]", value)]
    if isinstance(value, date | time):
        return value.isoformat(timespec="minutes") if isinstance(value, time) else value.isoformat()
    return cast("JsonValue", value)


__all__ = ["behavior", "project"]

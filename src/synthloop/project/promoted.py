"""Failures that became permanent cases: `promoted/<behavior>.yaml`, written by the loop, read with the behaviors, committed by people."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml
from pydantic import ConfigDict

from synthloop.adapters.files import write_atomically
from synthloop.core.behavior import Authored
from synthloop.core.errors import Problem, ProjectError
from synthloop.project.behavior_checks import FoundBehavior, authored_key
from synthloop.project.behavior_files import SUFFIXES, show_path
from synthloop.project.behaviors import build_authored
from synthloop.project.problems import read_written, suggest_or_list
from synthloop.project.written import AuthoredWritten
from synthloop.project.written_base import Written
from synthloop.project.written_conversations import GoalWritten
from synthloop.project.yaml_source import read_source

PROMOTED_FOLDER = "promoted"

_HEADER = "# Failures that became permanent cases of this behavior. Written by `synthloop promote`; edit freely.\n"


class PromotedWritten(Written):
    """A file of promoted samples; its name is the behavior's."""

    model_config = ConfigDict(title="synthloop promoted samples")

    authored: list[AuthoredWritten]
    """Samples in the form of a behavior's `authored`."""


def add_promoted(found: Sequence[FoundBehavior], root: Path) -> tuple[tuple[FoundBehavior, ...], list[Problem]]:
    """Return the behaviors with their promoted samples after their own, and what is wrong with the promoted files.

    A sample that a behavior has already is left out.
    """
    by_id = {each.behavior.id: each for each in found}
    problems: list[Problem] = []
    for path in sorted((root / PROMOTED_FOLDER).glob("*")):
        if path.suffix not in SUFFIXES:
            continue
        shown = show_path(path, root)
        if path.stem not in by_id:
            fix = f"Rename or remove the file. {suggest_or_list(path.stem, by_id, 'Behaviors')}"
            problems.append(Problem(file=shown, line=None, field="", what=f"no behavior is called {path.stem!r}.", fix=fix))
            continue
        authored, wrong = read_promoted(path, shown)
        problems += wrong
        by_id[path.stem] = _extend(by_id[path.stem], authored)
    return tuple(by_id[each.behavior.id] for each in found), problems


def read_promoted(path: Path, shown: str) -> tuple[tuple[Authored, ...], list[Problem]]:
    """Return the samples of one promoted file and what is wrong with it."""
    source, problems = read_source(path, shown)
    if source is None:
        return (), problems
    checked = read_written(PromotedWritten, source)
    problems += checked.problems
    if checked.written is None or problems:
        return (), problems
    return tuple(build_authored(sample) for sample in checked.written.authored), problems


def write_promoted(root: Path, promoted: Iterable[tuple[str, Authored]]) -> tuple[Path, ...]:
    """Add samples to the promoted files of their behaviors and return the files that changed; a sample that is there is left as it is.

    Args:
        root: The project's folder.
        promoted: (behavior id, sample) pairs.

    Raises:
        ProjectError: A file that is there can't be read; nothing is written then.
        StoreError: A file can't be written.
    """
    fresh: dict[str, list[Authored]] = {}
    for behavior_id, sample in promoted:
        fresh.setdefault(behavior_id, []).append(sample)
    paths = {behavior_id: root / PROMOTED_FOLDER / f"{behavior_id}.yaml" for behavior_id in fresh}
    kept = {behavior_id: _read_kept(path, root) for behavior_id, path in paths.items()}
    changed: list[Path] = []
    for behavior_id, samples in fresh.items():
        merged = _merge(kept[behavior_id], samples)
        if len(merged) > len(kept[behavior_id]):
            write_atomically(paths[behavior_id], _render(merged))
            changed.append(paths[behavior_id])
    return tuple(changed)


def _read_kept(path: Path, root: Path) -> tuple[Authored, ...]:
    if not path.exists():
        return ()
    kept, problems = read_promoted(path, show_path(path, root))
    if problems:
        raise ProjectError(problems)
    return kept


def _merge(kept: Sequence[Authored], fresh: Iterable[Authored]) -> tuple[Authored, ...]:
    merged = {authored_key(sample): sample for sample in reversed((*kept, *fresh))}
    return tuple(reversed(merged.values()))


def _extend(found: FoundBehavior, promoted: Sequence[Authored]) -> FoundBehavior:
    known = {authored_key(sample) for sample in found.behavior.authored}
    new = tuple(sample for sample in promoted if authored_key(sample) not in known)
    behavior = msgspec.structs.replace(found.behavior, authored=(*found.behavior.authored, *new))
    return FoundBehavior(behavior=behavior, source=found.source, dropped=found.dropped)


def _render(samples: Sequence[Authored]) -> bytes:
    written = {"authored": [_write_sample(sample) for sample in samples]}
    return (_HEADER + yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=140)).encode()


def _write_sample(sample: Authored) -> dict[str, Any]:
    if len(sample.messages) == 1:
        written: dict[str, Any] = {"text": sample.messages[0][1]}
    else:
        written = {"messages": [{role: text} for role, text in sample.messages]}
    if sample.expected is not None:
        written["expected"] = sample.expected
    if sample.protected:
        written["protected"] = list(sample.protected)
    if sample.goal is not None:
        goal = msgspec.to_builtins(sample.goal)
        written["goal"] = {key: value for key, value in goal.items() if key in GoalWritten.model_fields}
    if sample.attributes:
        written["attributes"] = dict(sample.attributes)
    return written


__all__ = ["PROMOTED_FOLDER", "PromotedWritten", "add_promoted", "read_promoted", "write_promoted"]

"""Opens a project for one verb: its files, its store, and what shows the progress."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from synthloop.core.ports import Store
from synthloop.core.sample import Sample, Split
from synthloop.engine.progress import Progress
from synthloop.loop.generate import ACTIVE_BATCH
from synthloop.loop.setup import Setup
from synthloop.project.project import Project, load_project
from synthloop.project.workspace import open_store, open_workspace
from synthloop.surfaces.progress import progress_for


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a project keeps, to look at: needs no lock and loads no app."""

    project: Project
    store: Store

    @property
    def batch(self) -> str | None:
        """Id of the samples that are in use; None before the first were generated."""
        return self.store.read_note(ACTIVE_BATCH)

    def read_open(self, split: Split | None, behavior_id: str | None = None) -> Iterator[Sample]:
        """Yield accepted samples in use; those of the holdout are left out."""
        for sample in self.store.read_samples(split=split, behavior_id=behavior_id, batch=self.batch):
            if sample.split != "holdout":
                yield sample


@contextmanager
def open_session(folder: Path, verb: str, *, plain: bool, progress: Progress | None = None) -> Generator[Setup]:
    """Open a project to work on it.

    Args:
        folder: The project's.
        verb: What is done, told to whoever finds the project locked.
        plain: Whether progress is plain lines, as with `--json`.
        progress: What shows the progress; None: what fits standard error.
    """
    project = load_project(folder)
    with open_workspace(project, verb=verb, progress=progress or progress_for(verb, plain=plain)) as setup:
        yield setup


@contextmanager
def open_shelf(folder: Path) -> Generator[Shelf]:
    """Open a project to look at what it keeps."""
    project = load_project(folder)
    with open_store(project) as store:
        yield Shelf(project, store)


__all__ = ["Shelf", "open_session", "open_shelf"]

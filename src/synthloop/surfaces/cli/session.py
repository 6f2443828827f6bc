"""Opens a project for one verb: its files, its store, and what shows the progress."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from synthloop.core.ports import Store
from synthloop.core.sample import Sample, Split
from synthloop.loop.generate import ACTIVE_BATCH
from synthloop.loop.setup import Setup
from synthloop.project.project import Project, load_project
from synthloop.project.workspace import open_overview, open_store, open_workspace
from synthloop.surfaces.progress import StageProgress


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


@dataclass(frozen=True, slots=True)
class Session:
    """A project at work."""

    project: Project
    setup: Setup
    progress: StageProgress


@contextmanager
def open_session(folder: Path, verb: str, *, plain: bool, promised: Path | None = None) -> Generator[Session]:
    """Open a project to work on it.

    Args:
        folder: The project's.
        verb: What is done, told to whoever finds the project locked.
        plain: Whether progress is plain lines, as with `--json`.
        promised: A file that the verb is about to write: it is not wrong that it is missing.
    """
    project = load_project(folder, promised=promised)
    with StageProgress(Console(stderr=True), plain) as progress, open_workspace(project, verb=verb, progress=progress) as setup:
        progress.begin(verb)
        yield Session(project, setup, progress)


@contextmanager
def open_status(folder: Path) -> Generator[Setup]:
    """Open a project to say where it stands, even while another process works on it."""
    with open_overview(load_project(folder)) as setup:
        yield setup


@contextmanager
def open_shelf(folder: Path) -> Generator[Shelf]:
    """Open a project to look at what it keeps."""
    project = load_project(folder)
    with open_store(project) as store:
        yield Shelf(project, store)


__all__ = ["Session", "Shelf", "open_session", "open_shelf", "open_status"]

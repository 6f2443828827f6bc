"""A project at work: its files become components, its folder becomes a store, and the verbs of the loop get their `Setup`."""

import uuid
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from synthloop.adapters.files import make_folder
from synthloop.adapters.stores.committed import BaselineFolder, SplitFile
from synthloop.adapters.stores.lock import ProjectLock
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.errors import UsageError
from synthloop.core.ports import App, Noiser, Store
from synthloop.engine.clock import SystemClock
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.progress import Progress, SilentProgress
from synthloop.generate.noise.lexicon import Lexicon
from synthloop.generate.noise.profile import GENERIC, ProfileNoiser
from synthloop.generate.noise.style import NoiseProfile
from synthloop.loop.setup import Setup
from synthloop.project.apps import build_apps
from synthloop.project.project import PROJECT_FILE, Project
from synthloop.project.settings import NoiseSettings

WORK_FOLDER = ".synthloop"
"""What synthloop keeps for itself in a project; not to be committed."""
BASELINES_FOLDER = "baselines"
SPLITS_FILE = "splits.json"

_UNFINISHED = "unfinished-run"


@contextmanager
def open_workspace(project: Project, *, verb: str, progress: Progress | None = None, app: App | None = None) -> Generator[Setup]:
    """Lock a project for writing and build what the verbs need; release everything at the end.

    Answers of an app whose version nobody can know are kept for one run: the next run asks again, unless this one breaks off, in
    which case the next one continues it.

    Args:
        project: What the files say.
        verb: What is done, told to whoever finds the project locked.
        progress: Told how far the engine is; None: nobody.
        app: Judged instead of the apps that the files name.

    Raises:
        ProjectError: An app can't be built.
        UsageError: No app is named, or the noise profile can't be read.
        ProjectLockedError: Another synthloop process works on this project.
        StoreError: The store or the journal can't be opened.
    """
    folder = make_folder(project.root / WORK_FOLDER)
    with ExitStack() as stack:
        stack.enter_context(ProjectLock(folder / "lock", verb=verb))
        store = stack.enter_context(SqliteStore.open(folder / "store.sqlite"))
        journal = SqliteJournal(path=folder / "journal.sqlite")
        stack.callback(journal.close)
        run = store.read_note(_UNFINISHED) or uuid.uuid4().hex
        store.write_note(_UNFINISHED, run)
        yield Setup(
            name=project.name,
            behaviors=project.behaviors,
            apps={app.name: app} if app else _build_apps(project, run),
            scorers=project.scorers,
            noisers=build_noisers(project.noise),
            validators=project.validators,
            generate=project.generate,
            order=project.order,
            shares=project.split,
            demands=project.gate,
            repeats=project.repeats,
            neighbors=project.neighbors,
            holdout_reads=project.holdout_reads,
            seed=project.seed,
            limits_by_app={config.name: config.limits for config in project.apps},
            budget=project.budget,
            store=store,
            journal=journal,
            splits=SplitFile(project.root / SPLITS_FILE),
            baselines=BaselineFolder(project.root / BASELINES_FOLDER),
            clock=SystemClock(),
            progress=progress or SilentProgress(),
        )
        store.write_note(_UNFINISHED, "")


@contextmanager
def open_store(project: Project) -> Generator[Store]:
    """Open a project's store to read from it, without locking the project.

    Raises:
        UsageError: Nothing was generated or run yet.
        StoreError: The store can't be opened.
    """
    path = project.root / WORK_FOLDER / "store.sqlite"
    if not path.exists():
        raise UsageError(f"{project.root.name} has no samples yet. Make some first: synthloop generate")
    with SqliteStore.open(path) as store:
        yield store


def build_noisers(noise: NoiseSettings) -> tuple[Noiser, ...]:
    """Return what makes samples messy: the profile, the listed noisers, the user's own words; a mild profile where nothing is named.

    Raises:
        UsageError: The profile can't be read.
    """
    noisers: list[Noiser] = [ProfileNoiser(profile=read_profile(noise.profile))] if noise.profile else []
    noisers += noise.noisers
    if noise.lexicon:
        noisers.append(Lexicon(variants=dict(noise.lexicon)))
    return tuple(noisers) or (ProfileNoiser(profile=GENERIC),)


def read_profile(path: Path) -> NoiseProfile:
    """Return a fitted profile from its file.

    Raises:
        UsageError: It can't be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=NoiseProfile)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: not a readable noise profile ({error}). Fit one: synthloop noise fit MESSAGES.txt") from error


def _build_apps(project: Project, run: str) -> dict[str, App]:
    if not project.apps:
        raise UsageError(f"{PROJECT_FILE}: there is no app. Name one, e.g. `app: app:route`.")
    return build_apps(project, unversioned=f"run-{run}")


__all__ = ["BASELINES_FOLDER", "SPLITS_FILE", "WORK_FOLDER", "build_noisers", "open_store", "open_workspace", "read_profile"]

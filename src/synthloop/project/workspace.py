"""A project at work: its files become components, its folder becomes a store, and the verbs of the loop get their `Setup`."""

import traceback
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from synthloop.adapters.files import make_folder
from synthloop.adapters.stores.committed import BaselineFolder, SplitFile
from synthloop.adapters.stores.gears import GearFolder
from synthloop.adapters.stores.lock import ProjectLock
from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.errors import UsageError
from synthloop.core.ports import App, Journal, Noiser, Store
from synthloop.engine.budget import Purse
from synthloop.engine.clock import SystemClock
from synthloop.engine.journal import SqliteJournal
from synthloop.engine.progress import Progress, SilentProgress
from synthloop.generate.noise.generic import GENERIC
from synthloop.generate.noise.lexicon import Lexicon
from synthloop.generate.noise.profile import ProfileNoiser
from synthloop.generate.noise.style import NoiseProfile
from synthloop.loop.setup import Setup
from synthloop.project.apps import build_apps
from synthloop.project.models import LazyModels
from synthloop.project.project import Project
from synthloop.project.settings import NoiseSettings
from synthloop.project.users import load_checks

WORK_FOLDER = ".synthloop"
"""What synthloop keeps for itself in a project; not to be committed."""
BASELINES_FOLDER = "baselines"
SPLITS_FILE = "splits.json"
GEARS_FOLDER = "gears"

_UNFINISHED = "unfinished-run"


class _LazyApps(Mapping[str, App]):
    """A project's apps, all built when the first one is taken out.

    Most verbs ask no app; then one that is slow to import, or whose model is still to be trained, must not be in the way.
    """

    def __init__(self, project: Project, run_name: Callable[[], str]) -> None:
        self._project = project
        self._run_name = run_name
        self._built: dict[str, App] = {}

    @property
    def were_built(self) -> bool:
        return bool(self._built)

    def __getitem__(self, name: str) -> App:
        if name not in self:
            raise KeyError(name)
        if not self._built:
            self._built = build_apps(self._project, unversioned=f"run-{self._run_name()}")
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        return any(config.name == name for config in self._project.apps)

    def __iter__(self) -> Iterator[str]:
        return (config.name for config in self._project.apps)

    def __len__(self) -> int:
        return len(self._project.apps)


@contextmanager
def open_workspace(project: Project, *, verb: str, progress: Progress | None = None, app: App | None = None) -> Generator[Setup]:
    """Lock a project for writing and build what the verbs need; release everything at the end.

    The apps are built when a verb first takes one out. Answers of an app whose version nobody can know are kept for one run: the next run
    asks again, unless this one breaks off, in which case the next one continues it.

    Args:
        project: What the files say.
        verb: What is done, told to whoever finds the project locked.
        progress: Told how far the engine is; None: nobody.
        app: Judged instead of the apps that the files name.

    Raises:
        ProjectError: An app can't be built; raised where it is taken out.
        UsageError: The noise profile can't be read; or the project's own code ended the process.
        ProjectLockedError: Another synthloop process works on this project.
        StoreError: The store can't be opened.
    """
    folder = make_folder(project.root / WORK_FOLDER)
    with ProjectLock(folder / "lock", verb=verb), _open_kept(folder) as (store, journal):
        apps = _LazyApps(project, lambda: _begin_run(store))
        with _refuse_exits():
            yield _set_up(project, {app.name: app} if app else apps, store, journal, progress)
        if apps.were_built:
            store.write_note(_UNFINISHED, "")


@contextmanager
def open_overview(project: Project) -> Generator[Setup]:
    """Build what is needed to say where a project stands: nothing is locked, so it works beside a run; nothing may be written.

    Raises:
        ProjectError: An app can't be built; raised where it is taken out.
        UsageError: The noise profile can't be read.
        StoreError: The store can't be opened.
    """
    with _open_kept(make_folder(project.root / WORK_FOLDER)) as (store, journal):
        apps = _LazyApps(project, lambda: store.read_note(_UNFINISHED) or "next")
        yield _set_up(project, apps, store, journal, None)


@contextmanager
def open_store(project: Project) -> Generator[Store]:
    """Open a project's store to read from it, without locking the project.

    Raises:
        UsageError: Nothing was generated or run yet.
        StoreError: The store can't be opened.
    """
    if not has_store(project):
        raise UsageError(f"{project.root.name} has no samples yet. Make some first: synthloop generate")
    with SqliteStore.open(_store_of(project)) as store:
        yield store


def has_store(project: Project) -> bool:
    """Return whether anything was generated or run yet."""
    return _store_of(project).exists()


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
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a readable noise profile ({error}). Fit one: synthloop noise fit MESSAGES.txt") from error


def _store_of(project: Project) -> Path:
    return project.root / WORK_FOLDER / "store.sqlite"


@contextmanager
def _refuse_exits() -> Generator[None]:
    """Turn a scorer's, validator's or noiser's `sys.exit` into an error: with its exit code 0, CI would read a pass."""
    try:
        yield
    except SystemExit as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{frame.filename}:{frame.lineno}"
        raise UsageError(f"{where}: the project's own code ended the process (sys.exit). Fix: return, or raise an error.") from error


@contextmanager
def _open_kept(folder: Path) -> Generator[tuple[Store, Journal]]:
    with SqliteStore.open(folder / "store.sqlite") as store, closing(SqliteJournal(path=folder / "journal.sqlite")) as journal:
        yield store, journal


def _begin_run(store: Store) -> str:
    """Return the name of the run that broke off, or of a new one."""
    run = store.read_note(_UNFINISHED) or uuid.uuid4().hex
    store.write_note(_UNFINISHED, run)
    return run


def _set_up(project: Project, apps: Mapping[str, App], store: Store, journal: Journal, progress: Progress | None) -> Setup:
    clock = SystemClock()
    return Setup(
        name=project.name,
        behaviors=project.behaviors,
        apps=apps,
        scorers=project.scorers,
        noisers=build_noisers(project.noise),
        validators=project.validators,
        generate=project.generate,
        users=project.users.settings,
        user_model=project.users.model,
        checks=load_checks(project.behaviors, project.root),
        order=project.order,
        shares=project.split,
        demands=project.gate,
        repeats=project.repeats,
        neighbors=project.neighbors,
        minimize_runs=project.minimize_runs,
        holdout_reads=project.holdout_reads,
        seed=project.seed,
        limits_by_app={config.name: config.limits for config in project.apps},
        models=LazyModels(project.models, project.root),
        limits_by_model={config.name: config.limits for config in project.models},
        writing=project.writing.settings,
        grader=project.writing.grader,
        judges=project.judges,
        gears=GearFolder(project.root / GEARS_FOLDER),
        purse=Purse(budget=project.budget, started_s=clock.monotonic()),
        store=store,
        journal=journal,
        splits=SplitFile(project.root / SPLITS_FILE),
        baselines=BaselineFolder(project.root / BASELINES_FOLDER),
        clock=clock,
        progress=progress or SilentProgress(),
    )


__all__ = [
    "BASELINES_FOLDER",
    "GEARS_FOLDER",
    "SPLITS_FILE",
    "WORK_FOLDER",
    "build_noisers",
    "has_store",
    "open_overview",
    "open_store",
    "open_workspace",
    "read_profile",
]

"""Everything that the verbs of the loop need, built once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from synthloop.core.behavior import Behavior
from synthloop.core.end_state import Check
from synthloop.core.errors import UsageError
from synthloop.core.gear import GearReport, Labelled
from synthloop.core.model import ModelRef
from synthloop.core.ports import App, Clock, Grader, Journal, Judge, Model, Noiser, Scorer, Store, Validator
from synthloop.core.prompt import Prompt
from synthloop.core.report import Baseline
from synthloop.core.sample import Split
from synthloop.curate.split import SplitShares
from synthloop.engine.budget import Purse
from synthloop.engine.lane import Gate
from synthloop.engine.limits import Limits
from synthloop.engine.progress import Progress, SilentProgress
from synthloop.evaluate.demands import GateDemands
from synthloop.generate.briefs import WritingSettings
from synthloop.generate.conversations import UserSettings
from synthloop.generate.settings import GenerateSettings
from synthloop.simulate.model_user import Mode


class SplitLedger(Protocol):
    """Remembers which split each scenario belongs to."""

    def read(self) -> dict[str, Split]:
        """Return scenario id -> split."""
        ...

    def write(self, splits: Mapping[str, Split]) -> None:
        """Keep all splits, replacing what was kept."""
        ...


class Baselines(Protocol):
    """Keeps accepted reports."""

    def check_name(self, name: str) -> None:
        """Raise a `UsageError` where a baseline can't have this name."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all baselines, sorted."""
        ...

    def read(self, name: str) -> Baseline | None:
        """Return a baseline, or None where there is none of that name."""
        ...

    def save(self, baseline: Baseline) -> object:
        """Keep a baseline, replacing an older one of that name."""
        ...


@dataclass(slots=True)
class MemorySplits:
    """A `SplitLedger` that forgets at the end of the process."""

    splits: dict[str, Split] = field(default_factory=dict[str, Split])

    def read(self) -> dict[str, Split]:
        """Return scenario id -> split."""
        return dict(self.splits)

    def write(self, splits: Mapping[str, Split]) -> None:
        """Keep all splits."""
        self.splits = dict(splits)


@dataclass(slots=True)
class MemoryBaselines:
    """`Baselines` that forget at the end of the process."""

    kept: dict[str, Baseline] = field(default_factory=dict[str, Baseline])

    def check_name(self, name: str) -> None:
        """Allow any name."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all baselines, sorted."""
        return tuple(sorted(self.kept))

    def read(self, name: str) -> Baseline | None:
        """Return a baseline, or None."""
        return self.kept.get(name)

    def save(self, baseline: Baseline) -> object:
        """Keep a baseline."""
        self.kept[baseline.name] = baseline
        return baseline.name


class Gears(Protocol):
    """Keeps labelled sets and reports of gears."""

    def read_labelled(self, gear: str) -> tuple[Labelled, ...]:
        """Return a gear's labelled set; empty where there is none."""
        ...

    def write_labelled(self, gear: str, cases: Iterable[Labelled]) -> object:
        """Keep a gear's labelled set, replacing the older one."""
        ...

    def read_report(self, gear: str) -> GearReport | None:
        """Return a gear's last report, or None."""
        ...

    def save_report(self, report: GearReport) -> object:
        """Keep a gear's report, replacing the older one."""
        ...


@dataclass(slots=True)
class MemoryGears:
    """`Gears` that forget at the end of the process."""

    labelled: dict[str, tuple[Labelled, ...]] = field(default_factory=dict[str, tuple[Labelled, ...]])
    reports: dict[str, GearReport] = field(default_factory=dict[str, GearReport])

    def read_labelled(self, gear: str) -> tuple[Labelled, ...]:
        """Return a gear's labelled set."""
        return self.labelled.get(gear, ())

    def write_labelled(self, gear: str, cases: Iterable[Labelled]) -> object:
        """Keep a gear's labelled set."""
        self.labelled[gear] = tuple(cases)
        return gear

    def read_report(self, gear: str) -> GearReport | None:
        """Return a gear's last report, or None."""
        return self.reports.get(gear)

    def save_report(self, report: GearReport) -> object:
        """Keep a gear's report."""
        self.reports[report.gear] = report
        return report.gear


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How many samples are wanted, and how much may be tried for them."""

    accepted: int = 300
    """Accepted samples in all, shared among behaviors by weight."""
    candidate_limit: int | None = None
    """Candidates that may be judged for each behavior; None: twenty times what is ordered of it."""
    max_shares: Mapping[str, float] = field(default_factory=dict[str, float])
    """Feature -> largest share of any one value, e.g. `{"opening": 0.1}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserModel:
    """The model behind simulated users."""

    model: ModelRef
    mode: Mode = "words"
    prompts: Mapping[str, Prompt] = field(default_factory=dict[str, Prompt])


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The parts of one project, ready to work: what it says, what answers, and where things are kept."""

    name: str
    behaviors: tuple[Behavior, ...]
    apps: Mapping[str, App]
    """Variant name -> app; the first is the one that the gate judges. May build them only when the first is taken out."""
    scorers: tuple[Scorer, ...]
    noisers: tuple[Noiser, ...] = ()
    validators: tuple[Validator, ...] = ()
    """Beside those that hold for every project, see `synthloop.curate.order.DEFAULT_VALIDATORS`."""
    generate: GenerateSettings = field(default_factory=GenerateSettings)
    users: UserSettings = field(default_factory=UserSettings)
    """What simulated users are like."""
    user_model: UserModel | None = None
    """Who writes what simulated users say; None: no model does."""
    checks: Mapping[str, Check] = field(default_factory=dict[str, Check])
    """The project's own checks of end states, by name."""
    order: Order = field(default_factory=Order)
    shares: SplitShares = field(default_factory=SplitShares)
    demands: GateDemands = field(default_factory=GateDemands)
    repeats: int = 1
    """How often each sample is put to the app."""
    neighbors: int = 16
    """Fresh samples tried around each failure mode; 0 leaves all modes unconfirmed."""
    minimize_runs: int = 60
    """Conversations that may be had to make a failed one short; 0: none is."""
    holdout_reads: int = 20
    """App versions that one holdout may judge before it counts as spent."""
    seed: int = 0
    limits_by_app: Mapping[str, Limits] = field(default_factory=dict[str, Limits])
    """Variant name -> how it is asked; others by the engine's defaults."""
    models: Mapping[str, Model] = field(default_factory=dict[str, Model])
    """Name -> language model. May build them only when the first is taken out."""
    limits_by_model: Mapping[str, Limits] = field(default_factory=dict[str, Limits])
    """Name -> how it is asked; others by the engine's defaults."""
    writing: WritingSettings = field(default_factory=WritingSettings)
    """What models write, if anything."""
    judges: tuple[Judge, ...] = ()
    """Scorers that ask a model."""
    gears: Gears = field(default_factory=MemoryGears)
    """Labelled sets and reports of what asks a model."""
    grader: Grader | None = None
    """A second model's verdict on what the first one wrote; None: there is none."""
    purse: Purse | None = None
    """What may still be spent, over all that is done with this setup; None: no cap."""
    gates: dict[str, Gate] = field(default_factory=dict[str, Gate])
    """What was learned of how much each endpoint bears, over all that is done with this setup."""
    store: Store
    journal: Journal
    splits: SplitLedger = field(default_factory=MemorySplits)
    baselines: Baselines = field(default_factory=MemoryBaselines)
    clock: Clock
    progress: Progress = field(default_factory=SilentProgress)

    @property
    def app(self) -> str:
        """Name of the variant that the gate judges.

        Raises:
            UsageError: There is no app.
        """
        for name in self.apps:
            return name
        raise UsageError("there is no app to ask. Fix: name one in synthloop.yaml, e.g. `app: app:route`.")


__all__ = ["Baselines", "Gears", "MemoryBaselines", "MemoryGears", "MemorySplits", "Order", "Setup", "SplitLedger", "UserModel"]

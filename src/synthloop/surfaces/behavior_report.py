"""One behavior, put to the app: what the pytest plugin hands to a test."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from time import sleep

from rich.console import Console

from synthloop.adapters.stores.sqlite import SqliteStore
from synthloop.core.behavior import Behavior
from synthloop.core.errors import ProjectLockedError, UsageError
from synthloop.core.report import GateResult, Report
from synthloop.core.sample import Sample
from synthloop.curate.split import SplitShares
from synthloop.evaluate.gate import GateDemands, decide_gate
from synthloop.loop.distill import distill_failures
from synthloop.loop.evaluate import evaluate_app, read_open_samples
from synthloop.loop.generate import generate_samples
from synthloop.loop.setup import MemoryBaselines, MemorySplits, Order, Setup
from synthloop.project.project import PROJECT_FILE, Project, load_project
from synthloop.project.workspace import open_workspace
from synthloop.surfaces.terminal import print_gate, print_report
from synthloop.surfaces.view import ReportView, view_of
from synthloop.surfaces.wording import say_check, say_rate

PATIENCE_S = 300.0
"""How long a test waits for others that work on the same project."""

WAIT_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviorOrder:
    """What a test asks for."""

    file: str
    """The behavior's file; its name is the behavior's."""
    accepted: int = 200
    """Samples to accept."""
    repeats: int = 1
    """How often each is put to the app."""


@dataclass(frozen=True, slots=True, repr=False)
class GateVerdict:
    """The gate's decision as a truth value that says why."""

    result: GateResult
    view: ReportView

    def __bool__(self) -> bool:
        return self.result.decision == "pass"

    def __repr__(self) -> str:
        reasons = "; ".join(f"{check.name}: {', '.join(say_check(check))}" for check in self.result.checks if check.decision != "pass")
        return f"<gate: {self.result.decision}{': ' if reasons else ''}{reasons}>"

    def describe(self) -> str:
        """Return every check with the sentences it points to."""
        written = StringIO()
        print_gate(self.result, Console(file=written, width=100), self.view)
        return written.getvalue()


@dataclass(frozen=True, slots=True, repr=False)
class BehaviorReport:
    """How the app does on one behavior."""

    view: ReportView

    @property
    def report(self) -> Report:
        """All figures."""
        return self.view.report

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The samples behind them."""
        return tuple(self.view.samples.values())

    def __repr__(self) -> str:
        return f"<report of {self.report.behaviors[0].behavior_id}: {say_rate(self.report)}>"

    def gate(self, **at_least: float) -> GateVerdict:
        """Demand shares of metrics, e.g. `report.gate(accuracy=0.9)`. True only where the samples are enough to say that they are reached.

        Raises:
            UsageError: There is no such metric.
        """
        return GateVerdict(decide_gate(self.report, None, GateDemands(at_least=at_least)), self.view)

    def describe(self) -> str:
        """Return the report as text: what failed, where, and the sentences."""
        written = StringIO()
        print_report(self.view, Console(file=written, width=100))
        return written.getvalue()


def read_order(arguments: Sequence[object], keywords: Mapping[str, object]) -> BehaviorOrder:
    """Read what a marker says.

    Raises:
        UsageError: It says something else than a file, `accepted` and `repeats`.
    """
    given = {**dict(zip(("file", "accepted", "repeats"), arguments, strict=False)), **keywords}
    match given:
        case {"file": str(file), **rest} if rest.keys() <= {"accepted", "repeats"} and len(arguments) <= 3:
            accepted, repeats = rest.get("accepted", 200), rest.get("repeats", 1)
            if isinstance(accepted, int) and isinstance(repeats, int) and min(accepted, repeats) >= 1:
                return BehaviorOrder(file=file, accepted=accepted, repeats=repeats)
        case _:
            pass
    raise UsageError(
        'the marker reads @pytest.mark.behavior("behaviors/schedule.yaml", accepted=200, repeats=3), with whole numbers from 1 on.'
    )


def report_behavior(order: BehaviorOrder, *, near: Path, folder: Path) -> BehaviorReport:
    """Generate samples of one behavior, put them to the project's app and report.

    Answers come from the project's journal where this version of the app gave them before. The project's own samples are left alone.

    Args:
        order: What is asked for.
        near: A file in the project, or below it.
        folder: An empty folder to work in.

    Raises:
        UsageError: There is no project above `near`, or it has no such behavior.
        PortError: The app can't be reached.
    """
    project = load_project(find_project(near))
    with ExitStack() as stack:
        store = stack.enter_context(SqliteStore.open(folder / "store.sqlite"))
        setup = replace(
            _enter_when_free(stack, project),
            behaviors=(_find_behavior(project, order.file),),
            order=Order(accepted=order.accepted),
            shares=SplitShares(train=0.0, dev=1.0, holdout=0.0),
            repeats=order.repeats,
            neighbors=0,
            store=store,
            splits=MemorySplits(),
            baselines=MemoryBaselines(),
        )
        generate_samples(setup)
        report = distill_failures(setup, evaluate_app(setup))
        return BehaviorReport(view_of(report, read_open_samples(setup, "dev"), dropped=store.count_verdicts()))


def find_project(near: Path) -> Path:
    """Return the nearest folder at or above a file that holds a project.

    Raises:
        UsageError: There is none.
    """
    for folder in near.resolve().parents:
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise UsageError(
        f"there is no {PROJECT_FILE} above {near}. Fix: put the test into the project's folder, or start one with `synthloop init`."
    )


def _enter_when_free(stack: ExitStack, project: Project) -> Setup:
    """Open the project; tests that run beside each other take turns."""
    for _ in range(round(PATIENCE_S / WAIT_S)):
        try:
            return stack.enter_context(open_workspace(project, verb="pytest"))
        except ProjectLockedError:
            sleep(WAIT_S)
    return stack.enter_context(open_workspace(project, verb="pytest"))


def _find_behavior(project: Project, file: str) -> Behavior:
    wanted = Path(file).stem
    for behavior in project.behaviors:
        if behavior.id == wanted:
            return behavior
    known = ", ".join(behavior.id for behavior in project.behaviors)
    raise UsageError(f"{file}: the project {project.name} has no behavior {wanted!r}. It has: {known}.")


__all__ = ["BehaviorOrder", "BehaviorReport", "GateVerdict", "find_project", "read_order", "report_behavior"]

"""One whole turn of the loop, and where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from synthloop.core.errors import UsageError
from synthloop.core.report import Report
from synthloop.core.sample import Split
from synthloop.loop.distill import distill_failures
from synthloop.loop.evaluate import evaluate_app, find_last_report
from synthloop.loop.gate import GateRun, gate_app, read_baseline
from synthloop.loop.generate import ACTIVE_BATCH, GenerateSummary, batch_id, generate_samples
from synthloop.loop.setup import Setup

StageName = Literal["generate", "evaluate", "distill", "gate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn brought."""

    generated: GenerateSummary
    report: Report
    """On dev, with failure modes."""
    gate: GateRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where the loop stands."""

    samples: dict[Split, int]
    """All zero where nothing was generated."""
    stale: bool
    """True where the project's files describe other samples than those that were generated."""
    report: Report | None
    """The last report on open samples."""
    app_changed: bool
    """True where the app is another version than the one the last report judged."""
    app_problem: str
    """Why the app can't be loaded; empty where it can, or where nothing was evaluated yet."""
    baselines: tuple[str, ...]
    next_step: str
    """A command, and why."""


def run_turn(setup: Setup, *, baseline: str | None = None, begin: Callable[[StageName], None] = lambda _: None) -> Turn:
    """Generate, run the app, evaluate, distill and gate.

    Args:
        setup: The project.
        baseline: Name of the accepted report that the gate compares with; None: `main` where there is one.
        begin: Told the name of each stage as it begins.

    Raises:
        UsageError: The project can't be run as it is.
        PortError: The app or the store can't be reached.
    """
    accepted = baseline or find_main(setup)
    if accepted:
        read_baseline(setup, accepted)  # one that can't be read must not show only after everything else was done
    begin("generate")
    generated = generate_samples(setup)
    begin("evaluate")
    report = evaluate_app(setup)
    begin("distill")
    report = distill_failures(setup, report)
    begin("gate")
    return Turn(generated=generated, report=report, gate=gate_app(setup, baseline=accepted))


def find_main(setup: Setup) -> str | None:
    """Return `main` where a baseline of that name was accepted."""
    return "main" if "main" in setup.baselines.names() else None


def read_status(setup: Setup) -> Status:
    """Return where the loop stands and what to do next."""
    batch = setup.store.read_note(ACTIVE_BATCH)
    counts: dict[Split, int] = {
        split: setup.store.count_samples(batch=batch, split=split) if batch else 0 for split in ("train", "dev", "holdout")
    }
    stale = batch is not None and batch != batch_id(setup)
    report = find_last_report(setup.store)
    version, problem = _read_version(setup, report.app) if report else (None, "")
    changed = report is not None and version not in {None, report.app_version}
    return Status(
        samples=counts,
        stale=stale,
        report=report,
        app_changed=changed,
        app_problem=problem,
        baselines=setup.baselines.names(),
        next_step=_advise(setup, generated=batch is not None and not stale, report=report, changed=changed or bool(problem)),
    )


def _read_version(setup: Setup, app: str) -> tuple[str | None, str]:
    """Return an app's version, and what is wrong where it can't be loaded: that must not hide where the loop stands."""
    try:
        return (setup.apps[app].version if app in setup.apps else None), ""
    except UsageError as error:
        return None, str(error)


def _advise(setup: Setup, *, generated: bool, report: Report | None, changed: bool) -> str:
    if not generated:
        return "synthloop run: the samples that the files describe have not been generated yet"
    if report is None or changed:
        return "synthloop run: this version of the app has not been evaluated yet"
    confirmed = sum(1 for mode in report.failure_modes if mode.confirmed)
    if confirmed:
        return f"synthloop promote: {confirmed} confirmed failure modes can become permanent cases; then fix or retrain the app"
    if not setup.baselines.names():
        return "synthloop baseline accept main: there is no baseline yet, so the gate can't see regressions"
    return "change the app, then: synthloop gate --baseline main"


__all__ = ["StageName", "Status", "Turn", "find_main", "read_status", "run_turn"]

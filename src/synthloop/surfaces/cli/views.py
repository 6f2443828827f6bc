"""Gathers what the surfaces show from what a project keeps."""

from collections.abc import Sequence

from synthloop.core.errors import UsageError
from synthloop.core.ports import Store
from synthloop.core.report import Report
from synthloop.loop.evaluate import find_last_report
from synthloop.loop.gate import GateRun
from synthloop.loop.generate import ACTIVE_BATCH
from synthloop.loop.turn import Turn
from synthloop.surfaces.view import ReportView, view_of


def read_last_report(store: Store, app: str | None) -> Report:
    """Return the last report that anyone may look at: the holdout's belong to the gate.

    Raises:
        UsageError: Nothing was evaluated yet.
    """
    report = find_last_report(store, app)
    if report is None:
        of_app = f" of the app {app!r}" if app else ""
        raise UsageError(f"there is no report{of_app} yet. Make one: synthloop evaluate")
    return report


def view_report(store: Store, report: Report) -> ReportView:
    """Return a report with its samples and what curation dropped."""
    return view_reports(store, (report,))


def view_reports(store: Store, reports: Sequence[Report]) -> ReportView:
    """Return reports of several variants, the first with its samples, and what curation dropped."""
    batch = store.read_note(ACTIVE_BATCH)
    earlier = find_earlier(store, reports[0])
    return view_of(reports, store.read_samples(), dropped=store.count_verdicts(batch=batch), earlier=earlier)


def find_earlier(store: Store, report: Report) -> tuple[Report, ...]:
    """Return reports of earlier versions of the same app on the very same samples, one a version, the oldest first."""
    if report.talks is None:  # only conversations are shown version by version, and reports are large
        return ()
    asked = [result.sample_id for result in report.results]
    versions = {
        each.app_version: each
        for each in store.read_reports(app=report.app)
        if each.split == report.split and [result.sample_id for result in each.results] == asked
    }
    return tuple(each for version, each in versions.items() if version != report.app_version)


def view_gate(store: Store, run: GateRun) -> ReportView:
    """Return the gate's decision with the report it rests on, and only those samples that its checks point to."""
    baseline = run.baseline.report if run.baseline else None
    pointed = {sample_id for check in run.result.checks for sample_id in check.sample_ids}
    samples = (sample for sample in store.read_samples(split="holdout") if sample.id in pointed)
    return view_of(run.report, samples, gate=run.result, baseline=baseline)


def view_turn(store: Store, turn: Turn) -> ReportView:
    """Return a whole turn: the report on dev in full, and the gate's decision on the holdout."""
    batch = store.read_note(ACTIVE_BATCH)
    return view_of(
        turn.report,
        store.read_samples(),
        gate=turn.gate.result,
        gate_report=turn.gate.report,
        dropped=store.count_verdicts(batch=batch),
    )


__all__ = ["find_earlier", "read_last_report", "view_gate", "view_report", "view_reports", "view_turn"]

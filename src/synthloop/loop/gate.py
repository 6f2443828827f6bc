"""The CI decision: on the holdout, against the accepted baseline."""

from dataclasses import dataclass

from synthloop.core.errors import UsageError
from synthloop.core.ports import Judge
from synthloop.core.report import Baseline, GateCheck, GateResult, Report
from synthloop.core.sample import Sample
from synthloop.curate.holdout import check_holdout, holdout_id
from synthloop.evaluate.gate import decide_gate, demand_calibration, find_suspects
from synthloop.evaluate.gears import check_judge
from synthloop.loop.evaluate import read_results, report_on, run_app, version_of
from synthloop.loop.generate import generate_samples, read_active
from synthloop.loop.judge import version_of_gear
from synthloop.loop.setup import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRun:
    """A decision with the reports it rests on."""

    result: GateResult
    report: Report
    """How the app did on the holdout."""
    baseline: Baseline | None


def gate_app(setup: Setup, *, app: str | None = None, baseline: str | None = None) -> GateRun:
    """Judge one variant of the app on the holdout.

    Samples that passed in the baseline and fail now are put to the app once more: only what fails again counts as a regression.

    Args:
        setup: The project.
        app: Name of the variant; None: the first.
        baseline: Name of the accepted report to compare with; None: thresholds only.

    Raises:
        UsageError: The holdout is empty, or there is no such baseline or variant.
        SpentHoldoutError: The holdout has judged as many app versions as it may.
    """
    variant = app or setup.app
    accepted = read_baseline(setup, baseline) if baseline else None
    samples = open_holdout(setup, variant)
    report = report_on(setup, samples, app=variant, split="holdout")
    reruns = _rerun_suspects(setup, samples, report, accepted)
    result = decide_gate(report, accepted, setup.demands, behaviors=setup.behaviors, reruns=reruns)
    if setup.demands.calibrated_judges:
        result = demand_calibration(result, [_check_judge(setup, judge) for judge in setup.judges])
    return GateRun(result=result, report=report, baseline=accepted)


def accept_baseline(setup: Setup, name: str, *, app: str | None = None) -> Baseline:
    """Judge the app on the holdout and accept how it did as the baseline of that name.

    Raises:
        UsageError: As `gate_app`; or the name can't be one.
        SpentHoldoutError: The holdout has judged as many app versions as it may.
    """
    setup.baselines.check_name(name)  # before the holdout is read and the app is asked
    variant = app or setup.app
    report = report_on(setup, open_holdout(setup, variant), app=variant, split="holdout")
    baseline = Baseline(name=name, accepted_at=setup.clock.now(), report=report)
    setup.baselines.save(baseline)
    return baseline


def open_holdout(setup: Setup, app: str) -> list[Sample]:
    """Return the holdout's samples and write the read to the ledger; the same version of the app counts once.

    Samples that the project's files describe and that are not there yet are generated first: a fresh clone can be gated at once.

    Raises:
        UsageError: The holdout is empty, or a behavior's parameters allow nothing.
        SpentHoldoutError: The holdout has judged as many app versions as it may.
    """
    generate_samples(setup)
    samples = read_active(setup, "holdout")
    if not samples:
        raise UsageError(
            "the holdout is empty. Fix: give it a share under `split` in synthloop.yaml, or write new phrasings (authored samples or "
            "templates), then: synthloop generate"
        )
    holdout = holdout_id(samples)
    reader = f"{app}@{version_of(setup, app)}"
    readers = setup.store.read_holdout_readers(holdout)
    if reader not in readers:
        check_holdout(len(readers), setup.holdout_reads)
        setup.store.append_holdout_read(holdout, reader, setup.clock.now())
    return samples


def rotate_holdout(setup: Setup) -> int:
    """Hand a spent holdout to dev and return how many samples that were; scenarios that come later fill a new one."""
    splits = setup.splits.read()
    setup.splits.write({scenario: "dev" if split == "holdout" else split for scenario, split in splits.items()})
    return setup.store.move_split("holdout", "dev")


def read_baseline(setup: Setup, name: str) -> Baseline:
    """Return an accepted baseline.

    Raises:
        UsageError: There is none of that name.
        SchemaVersionError: Another version of synthloop wrote it, in a form that can't be read here.
        InvalidRecordError: Its file is damaged.
    """
    baseline = setup.baselines.read(name)
    if baseline is None:
        known = ", ".join(setup.baselines.names()) or "none yet"
        raise UsageError(f"there is no baseline {name!r} (there are: {known}). Accept one: synthloop baseline accept {name}")
    return baseline


def _check_judge(setup: Setup, judge: Judge) -> GateCheck:
    return check_judge(judge.name, version_of_gear(judge), setup.gears.read_report(judge.name), setup.demands.judge_kappa_at_least)


def _rerun_suspects(setup: Setup, samples: list[Sample], report: Report, baseline: Baseline | None) -> dict[str, tuple[bool | None, ...]]:
    if baseline is None:
        return {}
    suspects = set(find_suspects(report, baseline))
    again = [sample for sample in samples if sample.id in suspects]
    if not again:
        return {}
    run = run_app(setup, again, app=report.app, first_replica=setup.repeats)
    return {result.sample_id: result.passes for result in read_results(again, run)}


__all__ = ["GateRun", "accept_baseline", "gate_app", "open_holdout", "read_baseline", "rotate_holdout"]

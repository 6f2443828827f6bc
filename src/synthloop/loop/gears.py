"""The gearbox: every step that asks a model, checked on its own labelled set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.gear import GearKind, GearReport, Labelled
from synthloop.core.lineage import Lineage, chance, content_id
from synthloop.core.ports import Grader, Judge
from synthloop.core.registry import suggest_name
from synthloop.core.sample import Sample, make_sample
from synthloop.core.transcript import Transcript, Turn
from synthloop.engine.runner import Engine
from synthloop.evaluate.gears import Checked, CheckedGear, find_doubt, report_gear
from synthloop.loop.evaluate import find_last_report, read_open_samples
from synthloop.loop.setup import Setup
from synthloop.loop.write import make_model_engine

FILTER = "filter"
"""Name of the gear that grades what models wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """One gear as it is now."""

    name: str
    kind: GearKind
    version: str
    component: Judge | Grader


@dataclass(frozen=True, slots=True, kw_only=True)
class GearStatus:
    """What is known of a gear."""

    name: str
    kind: GearKind
    version: str
    labels: int
    """Labelled cases."""
    unlabelled: int
    """Cases that wait for a label."""
    report: GearReport | None
    doubt: str
    """Why its word can't be trusted as it is; empty where it can."""


def list_gears(setup: Setup) -> tuple[Gear, ...]:
    """Return the project's gears: its judges, and the filter where there is one."""
    gears = [_make_gear(judge.name, "judge", judge) for judge in setup.judges]
    if setup.grader is not None:
        gears.append(_make_gear(FILTER, "grader", setup.grader))
    return tuple(gears)


def read_gears(setup: Setup) -> tuple[GearStatus, ...]:
    """Return every gear with its last result, and why not to trust it where there is a reason.

    Raises:
        InvalidRecordError: A labelled set or report can't be read.
    """
    return tuple(_read_status(setup, gear) for gear in list_gears(setup))


def check_gear(setup: Setup, name: str, *, repeats: int = 1) -> GearReport:
    """Have a gear decide its labelled set, compare it with people, and keep the report.

    Args:
        setup: The project.
        name: Of the gear.
        repeats: How often each case is decided; two or more show how far the gear agrees with itself.

    Raises:
        UsageError: There is no such gear, or it has no labels.
        CallError: No model can be reached.
    """
    gear = _find(setup, name)
    cases = [case for case in setup.gears.read_labelled(name) if case.label is not None]
    if not cases:
        raise UsageError(
            f"gear {name!r} has no labels. Fix: `synthloop gears label {name}` writes gears/{name}.jsonl; fill in `label` there."
        )
    engine = make_model_engine(setup)
    behaviors = {behavior.id: behavior for behavior in setup.behaviors}
    decided = [_decide(engine, gear, cases, behaviors, replica) for replica in range(repeats)]
    checked = [Checked(case=case, decisions=tuple(row[at] for row in decided)) for at, case in enumerate(cases)]
    about = CheckedGear(name=name, kind=gear.kind, version=gear.version, checked_at=setup.clock.now())
    report = report_gear(about, checked)
    setup.gears.save_report(report)
    return report


def prepare_labels(setup: Setup, name: str, count: int) -> tuple[Labelled, ...]:
    """Add cases to a gear's labelled set for a person to decide, and return the whole set.

    Judges get transcripts of the last report on open samples, the filter gets samples that models wrote; both drawn by chance over
    behaviors, none that is there already.

    Raises:
        UsageError: There is no such gear, or nothing to label yet.
    """
    gear = _find(setup, name)
    known = setup.gears.read_labelled(name)
    fresh = [case for case in _list_cases(setup, gear) if case.id not in {each.id for each in known}]
    if not fresh:
        raise UsageError("there is nothing new to label. Fix: `synthloop evaluate` (or `synthloop generate`, for the filter) makes cases.")
    rng = chance(setup.seed, "loop.gears.label", name, len(known))
    chosen = rng.sample(fresh, min(count, len(fresh)))
    setup.gears.write_labelled(name, (*known, *chosen))
    return (*known, *chosen)


def _make_gear(name: str, kind: GearKind, component: Judge | Grader) -> Gear:
    return Gear(name=name, kind=kind, version=content_id("gear", component.spec)[:16], component=component)


def _find(setup: Setup, name: str) -> Gear:
    gears = {gear.name: gear for gear in list_gears(setup)}
    if name not in gears:
        known = (
            f" There are: {', '.join(gears)}."
            if gears
            else " The project has none: add `judges` to synthloop.yaml, or `writing: {filter: ...}`."
        )
        raise UsageError(f"no gear is called {name!r}.{suggest_name(name, gears)}{known}")
    return gears[name]


def _read_status(setup: Setup, gear: Gear) -> GearStatus:
    labelled = setup.gears.read_labelled(gear.name)
    report = setup.gears.read_report(gear.name)
    done = sum(case.label is not None for case in labelled)
    return GearStatus(
        name=gear.name,
        kind=gear.kind,
        version=gear.version,
        labels=done,
        unlabelled=len(labelled) - done,
        report=report,
        doubt=find_doubt(report, gear.version),
    )


def _decide(engine: Engine, gear: Gear, cases: Sequence[Labelled], behaviors: Mapping[str, Behavior], replica: int) -> list[bool | None]:
    decisions: list[bool | None] = []
    flows = (_ask(gear, case, behaviors.get(case.behavior_id) or Behavior(id=case.behavior_id, says=""), replica) for case in cases)
    engine.run(flows, sink=decisions.append, total=len(cases))
    return decisions


def _ask(gear: Gear, case: Labelled, behavior: Behavior, replica: int) -> Flow[bool | None]:
    """Have the gear decide one case. Repeats are asked under other replicas, so that they are answered anew."""
    sample = _sample_of(case)
    flow: Flow[bool | None] = _judge(gear, sample, case) if gear.kind == "judge" else _grade(gear, sample, behavior)
    try:
        asks = next(flow)
        while True:
            answers = yield tuple(msgspec.structs.replace(ask, replica=ask.replica + 1000 * replica) for ask in asks)
            asks = flow.send(answers)
    except StopIteration as stop:
        return stop.value


def _judge(gear: Gear, sample: Sample, case: Labelled) -> Flow[bool | None]:
    if not isinstance(gear.component, Judge):
        raise UsageError(f"gear {gear.name!r} is no judge.")
    turns = (*(Turn(role=message.role, text=message.text) for message in case.messages), Turn(role="app", text=case.answer))
    transcript = Transcript(
        id=case.id, sample_id=sample.id, app="labelled", app_version="1", turns=turns, output=case.answer, end_reason="answered"
    )
    return (yield from gear.component.judge(sample, transcript)).passed


def _grade(gear: Gear, sample: Sample, behavior: Behavior) -> Flow[bool | None]:
    if not isinstance(gear.component, Grader):
        raise UsageError(f"gear {gear.name!r} is no filter.")
    verdict = yield from gear.component.grade(sample, behavior)
    return None if verdict.reason == "not-graded" else verdict.keep


def _sample_of(case: Labelled) -> Sample:
    return make_sample(behavior_id=case.behavior_id, scenario_id=case.id, messages=case.messages, lineage=Lineage(origin="production"))


def _list_cases(setup: Setup, gear: Gear) -> Iterator[Labelled]:
    if gear.kind == "grader":
        for sample in read_open_samples(setup, None):
            if sample.lineage.model is not None:
                yield Labelled(id=sample.id, messages=sample.messages, behavior_id=sample.behavior_id)
        return
    report = find_last_report(setup.store)
    if report is None:
        return
    samples = {sample.id: sample for sample in read_open_samples(setup, report.split)}
    for transcript in setup.store.read_transcripts(app=report.app, app_version=report.app_version):
        sample = samples.get(transcript.sample_id)
        if sample is not None and transcript.failure is None and transcript.replica == 0:
            answer = transcript.turns[-1].text
            yield Labelled(id=transcript.id, messages=sample.messages, answer=answer, behavior_id=sample.behavior_id)


__all__ = ["FILTER", "Gear", "GearStatus", "check_gear", "list_gears", "prepare_labels", "read_gears"]

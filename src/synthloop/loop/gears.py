"""The gearbox: every step that asks a model, checked on its own labelled set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from synthloop.core.ask import Flow
from synthloop.core.behavior import Behavior
from synthloop.core.errors import UsageError
from synthloop.core.gear import FILTER, GearKind, GearReport, Labelled
from synthloop.core.lineage import Lineage, content_id
from synthloop.core.ports import Grader, Judge, Writer
from synthloop.core.registry import suggest_name
from synthloop.core.sample import Sample, make_sample
from synthloop.core.score import CriterionVerdict, Score
from synthloop.core.transcript import Transcript, Turn
from synthloop.evaluate.gears import Checked, CheckedGear, find_doubt, report_gear, report_writer
from synthloop.evaluate.judges.against_expected import AgainstExpected, read_place
from synthloop.generate.briefs import WritingSettings
from synthloop.loop.labelling import draw_cases, list_reviewed
from synthloop.loop.setup import Setup
from synthloop.loop.write import make_model_engine
from synthloop.prompting.together import ask_again


@dataclass(frozen=True, slots=True, kw_only=True)
class Gear:
    """One gear as it is now."""

    name: str
    kind: GearKind
    version: str
    component: Judge | Grader | Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a gear decides of one case."""

    passed: bool | None
    """None where it would not decide."""
    place: float | None = None
    """For pairs: how much what was shown first was favored; see `synthloop.evaluate.gears.Checked`. So is `swapped`."""
    swapped: bool | None = None


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
    """Return the project's gears: its judges, the filter where there is one, and its writers."""
    gears = [_make_gear(judge.name, "judge", judge) for judge in setup.judges]
    if setup.grader is not None:
        gears.append(_make_gear(FILTER, "grader", setup.grader))
    return (*gears, *(_make_writer(setup.writing, choice.writer) for choice in setup.writing.writers))


def read_gears(setup: Setup) -> tuple[GearStatus, ...]:
    """Return every gear with its last result, and why not to trust it where there is a reason.

    Raises:
        InvalidRecordError: A labelled set or report can't be read.
    """
    return tuple(_read_status(setup, gear) for gear in list_gears(setup))


def find_status(setup: Setup, name: str) -> GearStatus:
    """Return one gear with its last result.

    Raises:
        UsageError: There is no such gear.
    """
    return _read_status(setup, _find(setup, name))


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
    groups = group_labels((*setup.gears.read_labelled(name), *list_reviewed(setup, name, gear.kind)))
    if not groups:
        raise UsageError(
            f"gear {name!r} has no labels. Fix: `synthloop gears label {name}` writes gears/{name}.jsonl; fill in `label` there."
        )
    about = CheckedGear(name=name, kind=gear.kind, version=gear.version, checked_at=setup.clock.now())
    if gear.kind == "writer":
        report = report_writer(about, [_checked(group, ()) for group in groups])
    else:
        report = report_gear(about, _decide_all(setup, gear, groups, repeats))
    setup.gears.save_report(report)
    return report


def group_labels(cases: Iterable[Labelled]) -> tuple[tuple[Labelled, ...], ...]:
    """Return what people decided of each case, in order of first appearance; cases that nobody decided are left out."""
    groups: dict[str, dict[str, Labelled]] = {}
    for case in cases:
        if case.label is not None:
            groups.setdefault(f"{case.id} {case.criterion}", {})[case.by] = case
    return tuple(tuple(group.values()) for group in groups.values())


def prepare_labels(setup: Setup, name: str, count: int) -> tuple[Labelled, ...]:
    """Add cases to a gear's labelled set for a person to decide, and return the whole set.

    Judges get answers of the last report on open samples, all others samples that models wrote; none that is there already. See
    `synthloop.loop.labelling.draw_cases`.

    Raises:
        UsageError: There is no such gear, or nothing to label yet.
    """
    gear = _find(setup, name)
    fresh = draw_cases(setup, name, gear.kind, count)
    if not fresh:
        raise UsageError("there is nothing new to label. Fix: `synthloop evaluate` (or `synthloop generate`, for the filter) makes cases.")
    cases = (*setup.gears.read_labelled(name), *fresh)
    setup.gears.write_labelled(name, cases)
    return cases


def _make_gear(name: str, kind: GearKind, component: Judge | Grader) -> Gear:
    return Gear(name=name, kind=kind, version=content_id("gear", component.spec)[:16], component=component)


def _make_writer(writing: WritingSettings, writer: Writer) -> Gear:
    """Return a writer as a gear: another prompt, or another model that writes, makes it another one."""
    name = writer.spec.name
    prompt = writing.prompts.get(name)
    models = sorted(choice.model.version for choice in writing.models)
    version = content_id("gear", writer.spec, prompt.digest if prompt else "", models)[:16]
    return Gear(name=name, kind="writer", version=version, component=writer)


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


def _decide_all(setup: Setup, gear: Gear, groups: Sequence[Sequence[Labelled]], repeats: int) -> list[Checked]:
    behaviors = {behavior.id: behavior for behavior in setup.behaviors}
    opinions: list[Opinion] = []
    flows = [ask_again(_ask(gear, group[0], behaviors), number) for group in groups for number in range(repeats)]
    make_model_engine(setup).run(flows, sink=opinions.append, total=len(flows))
    return [_checked(group, opinions[at * repeats : (at + 1) * repeats]) for at, group in enumerate(groups)]


def _checked(group: Sequence[Labelled], opinions: Sequence[Opinion]) -> Checked:
    return Checked(
        case=group[0],
        decisions=tuple(opinion.passed for opinion in opinions),
        labels=tuple(case.label for case in group if case.label is not None),
        place=opinions[0].place if opinions else None,
        swapped=opinions[0].swapped if opinions else None,
    )


def _ask(gear: Gear, case: Labelled, behaviors: Mapping[str, Behavior]) -> Flow[Opinion]:
    """Return the flow in which a gear decides one case."""
    if isinstance(gear.component, Judge):
        return _judge(gear.component, case)
    behavior = behaviors.get(case.behavior_id) or Behavior(id=case.behavior_id, says="")
    return _grade(cast("Grader", gear.component), case, behavior)


def _judge(judge: Judge, case: Labelled) -> Flow[Opinion]:
    turns = (*(Turn(role=message.role, text=message.text) for message in case.messages), Turn(role="app", text=case.answer))
    transcript = Transcript(
        id=case.id, sample_id=case.id, app="labelled", app_version="1", turns=turns, output=case.answer, end_reason="answered"
    )
    score = yield from judge.judge(_sample_of(case), transcript)
    if case.criterion:
        decision = _find_criterion(judge, score, case).decision if score.criteria else "inconclusive"
        return Opinion(passed=None if decision == "inconclusive" else decision == "passed")
    place, swapped = read_place(score) if isinstance(judge, AgainstExpected) else (None, None)
    return Opinion(passed=score.passed, place=place, swapped=swapped)


def _find_criterion(judge: Judge, score: Score, case: Labelled) -> CriterionVerdict:
    for number, verdict in enumerate(score.criteria, start=1):
        if case.criterion.strip().casefold() in {str(number), verdict.criterion.strip().casefold()}:
            return verdict
    known = "; ".join(verdict.criterion for verdict in score.criteria)
    raise UsageError(
        f"gears/{judge.name}: case {case.id!r} is about the criterion {case.criterion!r}, which the judge does not have. "
        f"Fix: write one of its criteria, or its number. It has: {known}"
    )


def _grade(grader: Grader, case: Labelled, behavior: Behavior) -> Flow[Opinion]:
    verdict = yield from grader.grade(_sample_of(case), behavior)
    return Opinion(passed=None if verdict.reason == "not-graded" else verdict.keep)


def _sample_of(case: Labelled) -> Sample:
    return make_sample(
        behavior_id=case.behavior_id,
        scenario_id=case.scenario_id or case.id,
        messages=case.messages,
        expected=case.expected,
        lineage=Lineage(origin="production"),
    )


__all__ = ["Gear", "GearStatus", "Opinion", "check_gear", "find_status", "group_labels", "list_gears", "prepare_labels", "read_gears"]

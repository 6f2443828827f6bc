"""Cases for people to decide: drawn by chance from what the app said, or what models wrote, never by what a gear says of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec

from synthloop.core.gear import GearKind, Labelled
from synthloop.core.lineage import chance
from synthloop.core.sample import Review, Sample
from synthloop.core.transcript import Transcript
from synthloop.loop.evaluate import find_last_report, read_open_samples
from synthloop.loop.setup import Setup

GRADERS = "graders"
"""Kind of the specs of filters: what these dropped was written by a model, and people may see it otherwise."""


def draw_cases(setup: Setup, name: str, kind: GearKind, count: int) -> tuple[Labelled, ...]:
    """Return up to `count` new cases of a gear, by chance, every scenario once before any comes twice.

    What the gear said of a case plays no part: picking by that would make its errors look larger or smaller than they are. For the same
    reason filters and writers get what was dropped by the filter as well as what was kept.

    Args:
        setup: The project.
        name: Of the gear; cases that stand in its labelled set already are left out.
        kind: Judges get answers of the last run, all others samples that models wrote. The holdout is never shown.
        count: Cases wanted.
    """
    known = {case.id for case in setup.gears.read_labelled(name)}
    fresh = [case for case in list_cases(setup, name, kind) if case.id not in known]
    fresh.sort(key=lambda case: case.id)
    chance(setup.seed, "loop.labelling", name, len(known)).shuffle(fresh)
    return tuple(_spread(fresh)[:count])


def list_cases(setup: Setup, name: str, kind: GearKind) -> Iterator[Labelled]:
    """Yield everything that a gear of this kind can be checked on, without labels."""
    return _list_answers(setup, name) if kind == "judge" else map(_case_of, _read_written(setup, name, kind))


def list_reviewed(setup: Setup, name: str, kind: GearKind) -> Iterator[Labelled]:
    """Yield people's reviews of what models wrote as labels; of one reviewer the last review of a sample counts. Judges have none."""
    if kind == "judge":
        return
    written = {sample.id: sample for sample in _read_written(setup, name, kind)}
    last: dict[tuple[str, str], Review] = {(review.sample_id, review.reviewer): review for review in setup.store.read_reviews()}
    for review in last.values():
        if review.sample_id in written:
            case = _case_of(written[review.sample_id])
            yield msgspec.structs.replace(case, label="passed" if review.keep else "failed", by=review.reviewer, note=review.note)


def _list_answers(setup: Setup, judge: str) -> Iterator[Labelled]:
    """Yield what the app said in the last run to samples that this judge judges and anyone may look at."""
    report = find_last_report(setup.store)
    if report is None:
        return
    judged = {behavior.id for behavior in setup.behaviors if not behavior.scorers or judge in behavior.scorers}
    samples = {sample.id: sample for sample in read_open_samples(setup, report.split) if sample.behavior_id in judged}
    for transcript in setup.store.read_transcripts(app=report.app, app_version=report.app_version):
        sample = samples.get(transcript.sample_id)
        if sample is not None and transcript.failure is None and transcript.replica == 0:
            yield _case_of(sample, transcript)


def _read_written(setup: Setup, name: str, kind: GearKind) -> Iterator[Sample]:
    """Yield what models wrote, kept or dropped by the filter; where the gear is a writer, what that one wrote."""
    dropped = (sample for sample, verdict in setup.store.read_dropped() if verdict.by.kind == GRADERS)
    for sample in chain(setup.store.read_samples(), dropped):
        own = kind != "writer" or any(step.kind == "writers" and step.name == name for step in sample.lineage.steps)
        if own and sample.lineage.model is not None and sample.split != "holdout":
            yield sample


def _case_of(sample: Sample, transcript: Transcript | None = None) -> Labelled:
    return Labelled(
        id=transcript.id if transcript else sample.id,
        messages=sample.messages,
        answer=transcript.turns[-1].text if transcript else "",
        behavior_id=sample.behavior_id,
        scenario_id=sample.scenario_id,
        expected=sample.expected,
    )


def _spread(cases: Sequence[Labelled]) -> list[Labelled]:
    seen = Counter[str]()
    rounds: list[tuple[int, Labelled]] = []
    for case in cases:
        seen[case.scenario_id] += 1
        rounds.append((seen[case.scenario_id], case))
    return [case for _, case in sorted(rounds, key=lambda entry: entry[0])]


__all__ = ["GRADERS", "draw_cases", "list_cases", "list_reviewed"]

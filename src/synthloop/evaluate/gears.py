"""From a gear's decisions on its labelled set to its report, and what follows from that for the rates it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from synthloop.core.gear import GearKind, GearReport, Labelled
from synthloop.core.report import CorrectedRate
from synthloop.core.score import MetricValue
from synthloop.evaluate.agreement import measure_agreement, measure_bias, measure_kappa, measure_rate, measure_self_agreement
from synthloop.evaluate.corrected import correct_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a gear said of one labelled case: a decision for each repeat, None where it would not decide."""

    case: Labelled
    decisions: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedGear:
    """Which gear was checked, and when."""

    name: str
    kind: GearKind
    version: str
    checked_at: str


def report_gear(gear: CheckedGear, checked: Sequence[Checked]) -> GearReport:
    """Return how a gear did. Cases without a label are left out; of repeats the first decision counts, all of them for self-agreement.

    Args:
        gear: Which one.
        checked: What it said of each case.
    """
    labelled = [each for each in checked if each.case.label is not None]
    decided = [each for each in labelled if each.decisions and each.decisions[0] is not None]
    people = np.array([each.case.label == "passed" for each in decided], dtype=bool)
    said = np.array([bool(each.decisions[0]) for each in decided], dtype=bool)
    words = [len(each.case.answer.split()) for each in decided]
    repeats = [[one for one in each.decisions if one is not None] for each in checked]
    return GearReport(
        gear=gear.name,
        kind=gear.kind,
        version=gear.version,
        checked_at=gear.checked_at,
        n=len(decided),
        inconclusive=len(labelled) - len(decided),
        agreement=measure_agreement(people, said),
        kappa=measure_kappa(people, said),
        sensitivity=measure_rate("sensitivity", int((said & people).sum()), int(people.sum())),
        specificity=measure_rate("specificity", int((~said & ~people).sum()), int((~people).sum())),
        self_agreement=measure_self_agreement(repeats),
        bias=measure_bias(people, said, words),
        disagreements=tuple(each.case.id for each, one, other in zip(decided, people, said, strict=True) if one != other),
    )


def find_doubt(report: GearReport | None, version: str, *, kappa_at_least: float = 0.0) -> str:
    """Return why a gear's word can't be trusted as it is, for a person; empty where it can."""
    if report is None:
        return "was never checked against people's labels"
    if report.version != version:
        return "was changed since it was checked: its prompt, criteria or model"
    if report.kappa.value is None or report.kappa.low is None:
        return "was checked on too few labels"
    if report.kappa.low < kappa_at_least:
        interval = f"{report.kappa.low:.2f} to {report.kappa.high:.2f}, n = {report.n}"
        return f"agrees with people with a kappa of {report.kappa.value:.2f} ({interval}); the interval must reach {kappa_at_least:g}"
    return ""


def correct_for(judge: str, version: str, raw: MetricValue, report: GearReport | None) -> CorrectedRate:
    """Return a judge's pass rate beside the corrected one, or why there is none."""
    plain = CorrectedRate(judge=judge, raw=raw, value=None)
    doubt = find_doubt(report, version)
    if report is None or report.version != version:
        return msgspec.structs.replace(plain, warning=f"the judge {doubt}: synthloop gears check {judge}")
    corrected = correct_rate(raw, report.sensitivity, report.specificity)
    if corrected is None:
        return msgspec.structs.replace(
            plain, labels=report.n, warning="its labels do not show that the judge does better than chance; label more"
        )
    return msgspec.structs.replace(plain, value=corrected.value, low=corrected.low, high=corrected.high, labels=report.n, warning=doubt)


def correct_rates(
    raw: Mapping[str, MetricValue], versions: Mapping[str, str], reports: Mapping[str, GearReport]
) -> tuple[CorrectedRate, ...]:
    """Return the corrected rate of every judge, in the order of `raw`."""
    return tuple(correct_for(judge, versions[judge], rate, reports.get(judge)) for judge, rate in raw.items())


__all__ = ["Checked", "CheckedGear", "correct_for", "correct_rates", "find_doubt", "report_gear"]

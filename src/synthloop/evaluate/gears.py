"""From a gear's decisions on its labelled set to its report, and what follows from that for the rates it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from synthloop.core.gear import Bias, GearKind, GearReport, Label, Labelled
from synthloop.core.report import CorrectedRate, Decision, GateCheck
from synthloop.core.score import MetricValue
from synthloop.evaluate.agreement import (
    Bools,
    measure_agreement,
    measure_alpha,
    measure_bias,
    measure_cases,
    measure_kappa,
    measure_position,
    measure_self_agreement,
)
from synthloop.evaluate.corrected import correct_rate
from synthloop.evaluate.judge_bias import measure_first_shown, measure_longer
from synthloop.evaluate.thresholds import check_at_least


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a gear said of one labelled case: a decision for each repeat, None where it would not decide."""

    case: Labelled
    decisions: tuple[bool | None, ...]
    labels: tuple[Label, ...] = ()
    """What people decided, where several did; empty: the case's own label is the only one."""
    place: float | None = None
    """For pairs: how much more often what was shown first was picked than what was shown second, in [-1, 1]."""
    swapped: bool | None = None
    """For pairs: whether the orders disagree."""

    @property
    def decided(self) -> tuple[bool, ...]:
        """Whether people pass it, one entry a person."""
        own = () if self.case.label is None else (self.case.label,)
        return tuple(label == "passed" for label in self.labels or own)

    @property
    def people(self) -> bool | None:
        """What most people decided; None where nobody did, or they are evenly divided."""
        passed, total = sum(self.decided), len(self.decided)
        return None if 2 * passed == total else 2 * passed > total

    @property
    def gear(self) -> bool | None:
        """What the gear decided first, as it would in a run."""
        return self.decisions[0] if self.decisions else None

    @property
    def scenario(self) -> str:
        """What it is a near-copy with."""
        return self.case.scenario_id or self.case.id


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
    labelled = [each for each in checked if each.decided]
    decided = [each for each in labelled if each.people is not None and each.gear is not None]
    people = np.array([each.people for each in decided], dtype=bool)
    said = np.array([each.gear for each in decided], dtype=bool)
    scenarios = [each.scenario for each in decided]
    repeats = [[one for one in each.decisions if one is not None] for each in checked]
    return GearReport(
        gear=gear.name,
        kind=gear.kind,
        version=gear.version,
        checked_at=gear.checked_at,
        n=len(decided),
        inconclusive=sum(1 for each in labelled if each.gear is None),
        agreement=measure_agreement(people, said, scenarios),
        kappa=measure_kappa(people, said, scenarios),
        sensitivity=measure_cases("sensitivity", said[people], _pick(scenarios, people)),
        specificity=measure_cases("specificity", ~said[~people], _pick(scenarios, ~people)),
        **_measure_people(labelled),
        contested=sum(1 for each in labelled if each.people is None),
        self_agreement=measure_self_agreement(repeats),
        bias=_measure_bias(decided, people, said),
        disagreements=tuple(each.case.id for each in decided if each.people != each.gear),
    )


def report_writer(gear: CheckedGear, cases: Sequence[Checked]) -> GearReport:
    """Return what people say of what a writer wrote. It decides nothing itself, so nothing is compared."""
    known = [each for each in cases if each.people is not None]
    nothing = [MetricValue(name=name, value=None, n=0) for name in ("agreement", "kappa", "sensitivity", "specificity")]
    return GearReport(
        gear=gear.name,
        kind=gear.kind,
        version=gear.version,
        checked_at=gear.checked_at,
        n=len(known),
        inconclusive=0,
        agreement=nothing[0],
        kappa=nothing[1],
        sensitivity=nothing[2],
        specificity=nothing[3],
        people=_measure_people(cases).get("people"),
        contested=sum(1 for each in cases if each.decided and each.people is None),
        accepted=measure_cases("accepted", [float(bool(each.people)) for each in known], [each.scenario for each in known]),
        disagreements=tuple(each.case.id for each in known if each.people is False),
    )


def _pick(names: Sequence[str], mask: Bools) -> list[str]:
    """Return the names where the mask is true."""
    return [name for name, chosen in zip(names, mask, strict=True) if chosen]


def _measure_people(cases: Sequence[Checked]) -> dict[str, MetricValue]:
    """Return agreement among people, and of people and the gear together; empty where nobody decided the same case as another."""
    if all(len(each.decided) < 2 for each in cases):
        return {}
    scenarios = [each.scenario for each in cases]
    with_gear = [(*each.decided, *(() if each.gear is None else (each.gear,))) for each in cases]
    return {
        "alpha": measure_alpha("alpha", with_gear, scenarios),
        "people": measure_alpha("people", [each.decided for each in cases], scenarios),
    }


def _measure_bias(decided: Sequence[Checked], people: Bools, said: Bools) -> Bias:
    words = [len((each.case.answer or each.case.messages[-1].text).split()) for each in decided]
    scenarios = [each.scenario for each in decided]
    places = [(each.place, each.scenario) for each in decided if each.place is not None]
    swapped = [each.swapped for each in decided if each.swapped is not None]
    return msgspec.structs.replace(
        measure_bias(people, said, words),
        longer=measure_longer(people, said, words, scenarios),
        first_shown=measure_first_shown([place for place, _ in places], [scenario for _, scenario in places]),
        position=measure_position(swapped).position,
        position_n=len(swapped),
    )


def find_doubt(report: GearReport | None, version: str, *, kappa_at_least: float = 0.0) -> str:
    """Return why a gear's word can't be trusted as it is, for a person; empty where it can."""
    if report is None:
        return "was never checked against people's labels"
    if report.version != version:
        return "was changed since it was checked: its prompt, criteria or model"
    if report.kind == "writer":
        return ""
    if report.kappa.value is None or report.kappa.low is None:
        return "was checked on too few labels"
    if report.kappa.low < kappa_at_least:
        interval = f"{report.kappa.low:.2f} to {report.kappa.high:.2f}, n = {report.n}"
        return f"agrees with people with a kappa of {report.kappa.value:.2f} ({interval}); the interval must reach {kappa_at_least:g}"
    return ""


def check_judge(name: str, version: str, report: GearReport | None, kappa_at_least: float) -> GateCheck:
    """Return whether a judge is known well enough to rest a gate on.

    It fails where it was never checked, changed since, or surely agrees less with people than demanded; there is too little data where its
    labels don't tell.

    Args:
        name: Of the judge.
        version: Of the judge as it is now.
        report: Its last report, if any.
        kappa_at_least: What the lower bound of its kappa must reach.
    """
    demanded = f"checked against people's labels, kappa surely at least {kappa_at_least:g}"
    doubt = find_doubt(report, version, kappa_at_least=-1.0)
    if report is None or doubt:
        observed = report.kappa if report else MetricValue(name="kappa", value=None, n=0)
        decision: Decision = "too little data" if report is not None and report.version == version else "fail"
        note = f"the judge {doubt}: synthloop gears check {name}"
        return GateCheck(name=f"judge:{name}", decision=decision, demanded=demanded, observed=observed, note=note)
    check = check_at_least(f"judge:{name}", report.kappa, kappa_at_least, margin=0.0)
    return msgspec.structs.replace(check, demanded=demanded, n_needed=None, note=_explain_check(check, name))


def _explain_check(check: GateCheck, name: str) -> str:
    if check.decision == "pass":
        return ""
    if check.decision == "fail":
        return f"the judge agrees too little with people: change its criteria, prompt or model, then: synthloop gears check {name}"
    labels = check.observed.n if check.observed else 0
    more = f", about {check.n_needed} would" if check.n_needed else ""
    return f"{labels} labels don't tell{more}: synthloop gears label {name}, then: synthloop gears check {name}"


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


__all__ = ["Checked", "CheckedGear", "check_judge", "correct_for", "correct_rates", "find_doubt", "report_gear", "report_writer"]

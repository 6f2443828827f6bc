"""The order of so many accepted samples: what judges each candidate, and when to stop."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from synthloop.core.lineage import Spec
from synthloop.core.own_code import OwnCodeError, call_own
from synthloop.core.ports import Validator
from synthloop.core.sample import Sample, Verdict
from synthloop.curate.duplicates import DuplicateIndex, Twin, TwinKind
from synthloop.curate.limits import ShareLimiter
from synthloop.curate.validators.length import Length
from synthloop.curate.validators.protected import Protected
from synthloop.curate.verdicts import KEPT, drop_sample, keep_sample

StopReason = Literal["enough", "candidate-limit", "novelty-dried-up", "exhausted", "budget"]

DEFAULT_VALIDATORS: tuple[Validator, ...] = (Length(), Protected())
"""What no sample may break: it says something, and what it protects is in it."""

_REASONS: dict[TwinKind, str] = {"exact": "duplicate", "near": "near-duplicate", "conflict": "label-conflict"}


class Curator:
    """Judges one sample after the other: validators first, then duplicates and label conflicts, then shares.

    It remembers what it kept, so a repeat of it is dropped.

    Args:
        validators: Asked in this order; the first that objects decides.
        index: What new samples must not repeat; None starts empty, at the default threshold.
        max_shares: Feature -> largest share of any one value, e.g. `{"opening": 0.1}`; see `ShareLimiter`.
        planned: How many samples are wanted in the end; the shares refer to it.
    """

    def __init__(
        self,
        *,
        validators: Sequence[Validator] = DEFAULT_VALIDATORS,
        index: DuplicateIndex | None = None,
        max_shares: Mapping[str, float] | None = None,
        planned: int = 0,
    ) -> None:
        self.validators = tuple(validators)
        self.index = DuplicateIndex() if index is None else index
        self.limiter = ShareLimiter(max_shares or {}, planned)
        self._spec = Spec(kind="curators", name="curator")
        self._duplicates = Spec(kind="curators", name="duplicates", parameters={"threshold": self.index.threshold})
        self._shares = Spec(kind="curators", name="shares", parameters={"max_shares": dict(max_shares or {})})

    def remember(self, samples: Iterable[Sample]) -> None:
        """Take in samples that were accepted before (train, dev and holdout): they are not judged, only never repeated."""
        for sample in samples:
            self._keep(sample)

    def judge(self, sample: Sample) -> Verdict:
        """Return the verdict on a sample, `kept` or the first objection, and remember the sample if it is kept."""
        if objection := self.find_objection(sample):
            return objection
        self._keep(sample)
        return keep_sample(sample, self._spec)

    def find_objection(self, sample: Sample) -> Verdict | None:
        """Return the first objection to a sample, or None, and remember nothing."""
        for validator in self.validators:
            if verdict := _ask_validator(validator, sample):
                return verdict
        if sample.goal is None and (twin := self.index.find(sample)):
            return drop_sample(sample, self._duplicates, _REASONS[twin.kind], _describe(twin))
        if excess := self.limiter.find_excess(sample):
            return drop_sample(sample, self._shares, f"too-much-of-one-{excess[0]}", excess[1])
        return None

    def _keep(self, sample: Sample) -> None:
        if sample.goal is None:  # conversations differ in more than how they begin
            self.index.add(sample)
        self.limiter.add(sample)


def _ask_validator(validator: Validator, sample: Sample) -> Verdict | None:
    try:
        return call_own(validator.check, sample)
    except OwnCodeError as error:  # one sample never stops a run
        return drop_sample(sample, validator.spec, "validator-raised", f"{validator.spec.name} {error}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceSummary:
    """How an order went."""

    accepted: int
    candidates: int
    """Samples that were judged."""
    stop_reason: StopReason
    """`enough`: all that was ordered; `candidate-limit`: judged as many as allowed; `novelty-dried-up`: hardly anything was accepted
    of late; `exhausted`: no more candidates came; `budget`: the run's budget was spent."""
    reasons: dict[str, int]
    """Reason -> number of candidates, the most frequent first; `kept` among them."""


class Acceptance:
    """An order in progress: iterate over it for (sample, verdict) pairs; `summary` says how far it is."""

    def __init__(self, candidates: Iterable[Sample], curator: Curator, stop: "StopRule") -> None:
        self._candidates = iter(candidates)
        self._curator = curator
        self._stop = stop
        self._reasons: Counter[str] = Counter()
        self._window: deque[bool] = deque(maxlen=stop.patience)
        self._window_kept = 0
        self._stop_reason: StopReason | None = None

    def __iter__(self) -> Iterator[tuple[Sample, Verdict]]:
        return self

    def __next__(self) -> tuple[Sample, Verdict]:
        self._stop_reason = self._stop_reason or self._find_stop_reason()
        if self._stop_reason is not None:
            raise StopIteration
        try:
            sample = next(self._candidates)
        except StopIteration:
            self._stop_reason = "exhausted"
            raise
        verdict = self._curator.judge(sample)
        self._count(verdict)
        return sample, verdict

    @property
    def summary(self) -> AcceptanceSummary:
        """How it went so far; before its end, the stop reason is the one that would hold if no more candidates came."""
        reasons = dict(sorted(self._reasons.items(), key=lambda item: (-item[1], item[0])))
        reason = self._stop_reason or self._find_stop_reason() or "exhausted"
        return AcceptanceSummary(accepted=self._reasons[KEPT], candidates=self._reasons.total(), stop_reason=reason, reasons=reasons)

    def _count(self, verdict: Verdict) -> None:
        self._reasons[verdict.reason] += 1
        if len(self._window) == self._stop.patience:
            self._window_kept -= self._window[0]
        self._window.append(verdict.keep)
        self._window_kept += verdict.keep

    def _find_stop_reason(self) -> StopReason | None:
        if self._reasons[KEPT] >= self._stop.count:
            return "enough"
        if self._stop.candidate_limit is not None and self._reasons.total() >= self._stop.candidate_limit:
            return "candidate-limit"
        if len(self._window) == self._stop.patience and self._window_kept < self._stop.min_share * self._stop.patience:
            return "novelty-dried-up"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When an order ends."""

    count: int
    """Accepted samples that were ordered."""
    candidate_limit: int | None = None
    """Candidates that may be judged; None: no limit."""
    patience: int = 500
    """Length of the window, in candidates, over which acceptance is watched."""
    min_share: float = 0.02
    """Where less than this share of the window was accepted, novelty has dried up."""


def accept_samples(
    candidates: Iterable[Sample],
    *,
    count: int,
    curator: Curator,
    candidate_limit: int | None = None,
    patience: int = 500,
    min_share: float = 0.02,
) -> Acceptance:
    """Judge candidates, one by one as they are taken, until `count` were accepted or it makes no sense to go on.

    Args:
        candidates: A stream, possibly endless; no more is taken from it than is judged.
        count: Accepted samples that are ordered.
        curator: Judges; it also remembers, so it should hold what was accepted before.
        candidate_limit: Candidates that may be judged; None: no limit.
        patience: Length of the window, in candidates, over which acceptance is watched; above 0.
        min_share: Stop where less than this share of the window was accepted.

    Returns:
        An iterator of (sample, verdict) pairs, kept and dropped, with a `summary`.
    """
    stop = StopRule(count=count, candidate_limit=candidate_limit, patience=max(1, patience), min_share=min_share)
    return Acceptance(candidates, curator, stop)


def _describe(twin: Twin) -> str:
    where = f" ({twin.split})" if twin.split else ""
    if twin.kind == "conflict":
        return f"same text as {twin.sample_id}{where}, other label"
    return f"{twin.similarity:.2f} like {twin.sample_id}{where}"


__all__ = ["DEFAULT_VALIDATORS", "Acceptance", "AcceptanceSummary", "Curator", "StopReason", "StopRule", "accept_samples"]

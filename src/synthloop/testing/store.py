"""A store in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import msgspec

from synthloop.core.report import Report
from synthloop.core.sample import Review, Sample, Split, Verdict
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.core.writing import WritingFault


class MemoryStore:
    """A `Store` that forgets everything when it goes: for tests, notebooks and trying things out.

    It passes the same contract tests as the store on disk.

    Example:
        >>> store = MemoryStore()
        >>> store.write_note("run", "7")
        >>> store.read_note("run")
        '7'
    """

    def __init__(self) -> None:
        self._candidates: list[tuple[Sample, Verdict]] = []
        self._batches: dict[str, list[int]] = {}
        self._transcripts: dict[str, Transcript] = {}
        self._scores: dict[tuple[str, str], Score] = {}
        self._reports: dict[str, Report] = {}
        self._reviews: list[Review] = []
        self._holdout_reads: list[tuple[str, str, str]] = []
        self._notes: dict[str, str] = {}
        self._faults: dict[str, dict[WritingFault, None]] = {}

    def save_candidates(self, candidates: Iterable[tuple[Sample, Verdict]], *, batch: str | None = None) -> int:
        """Append judged samples, kept and dropped, and return how many are new."""
        if batch is not None and batch in self._batches:
            return 0
        places = {sample.id: place for place, (sample, verdict) in enumerate(self._candidates) if verdict.keep}
        members: dict[int, None] = {}
        after = list(self._candidates)  # a stream that breaks, or reads this store, must find it as it was
        for sample, verdict in candidates:
            place = places.setdefault(sample.id, len(after)) if verdict.keep else len(after)
            members[place] = None
            if place == len(after):
                after.append((sample, verdict))
            elif sample.split is not None:
                after[place] = (sample, verdict)
        new = len(after) - len(self._candidates)
        self._candidates = after
        if batch is not None:
            self._batches[batch] = list(members)
        return new

    def read_samples(self, *, split: Split | None = None, behavior_id: str | None = None, batch: str | None = None) -> Iterator[Sample]:
        """Yield accepted samples in the order in which they were accepted; of one batch where one is named."""
        for sample, verdict in self._members(batch):
            if verdict.keep and split in {None, sample.split} and behavior_id in {None, sample.behavior_id}:
                yield sample

    def read_dropped(self, *, reason: str | None = None, batch: str | None = None) -> Iterator[tuple[Sample, Verdict]]:
        """Yield dropped samples with the verdict that dropped them, in order; of one batch where one is named."""
        for sample, verdict in self._members(batch):
            if not verdict.keep and reason in {None, verdict.reason}:
                yield sample, verdict

    def count_samples(self, *, split: Split | None = None, behavior_id: str | None = None, batch: str | None = None) -> int:
        """Return how many samples were accepted; of one batch where one is named."""
        return sum(1 for _ in self.read_samples(split=split, behavior_id=behavior_id, batch=batch))

    def count_verdicts(self, *, batch: str | None = None) -> dict[str, int]:
        """Return reason -> number of samples, `kept` among them, sorted by reason; of one batch where one is named."""
        return dict(sorted(Counter(verdict.reason for _, verdict in self._members(batch)).items()))

    def _members(self, batch: str | None) -> tuple[tuple[Sample, Verdict], ...]:
        return tuple(self._candidates) if batch is None else tuple(self._candidates[place] for place in self._batches.get(batch, ()))

    def save_faults(self, faults: Iterable[WritingFault], *, batch: str) -> None:
        """Keep what models wrote in vain for a batch; the same fault of the same brief is kept once."""
        self._faults.setdefault(batch, {}).update(dict.fromkeys(faults))

    def read_faults(self, *, batch: str) -> Iterator[WritingFault]:
        """Yield what models wrote in vain for a batch, in the order of saving."""
        yield from self._faults.get(batch, {})

    def move_split(self, source: Split, destination: Split) -> int:
        """Move all accepted samples of one split into another and return how many."""
        moved = self.count_samples(split=source)
        self._candidates = [
            (msgspec.structs.replace(sample, split=destination) if verdict.keep and sample.split == source else sample, verdict)
            for sample, verdict in self._candidates
        ]
        return moved

    def save_transcripts(self, transcripts: Iterable[Transcript]) -> None:
        """Write transcripts; a newer one with the same id replaces the older one, in its place."""
        self._transcripts.update({transcript.id: transcript for transcript in tuple(transcripts)})

    def read_transcripts(self, *, app: str | None = None, app_version: str | None = None) -> Iterator[Transcript]:
        """Yield transcripts in the order in which they were saved."""
        for transcript in tuple(self._transcripts.values()):
            if app in {None, transcript.app} and app_version in {None, transcript.app_version}:
                yield transcript

    def save_scores(self, scores: Iterable[Score]) -> None:
        """Write scores; a newer score of the same transcript and scorer replaces the older one, in its place."""
        self._scores.update({(score.transcript_id, score.scorer): score for score in tuple(scores)})

    def read_scores(self, *, app: str | None = None, app_version: str | None = None) -> Iterator[Score]:
        """Yield scores in the order in which they were first given; of one app's saved transcripts where one is named."""
        named = app is not None or app_version is not None
        wanted = {transcript.id for transcript in self.read_transcripts(app=app, app_version=app_version)}
        for score in tuple(self._scores.values()):
            if not named or score.transcript_id in wanted:
                yield score

    def save_report(self, report: Report) -> None:
        """Keep a report under its id, as the latest one; it replaces an older one with that id."""
        self._reports.pop(report.id, None)
        self._reports[report.id] = report

    def read_report(self, report_id: str | None = None, *, app: str | None = None) -> Report | None:
        """Return one report; without an id the latest, of that app variant if one is named; None where there is none."""
        newest_first = reversed(self._reports.values())
        return next((report for report in newest_first if report_id in {None, report.id} and app in {None, report.app}), None)

    def read_reports(self, *, app: str) -> Iterator[Report]:
        """Yield all reports of an app variant, in the order of their last saving."""
        return (report for report in list(self._reports.values()) if report.app == app)

    def append_review(self, review: Review) -> None:
        """Append a person's verdict."""
        self._reviews.append(review)

    def read_reviews(self, sample_id: str | None = None) -> Iterator[Review]:
        """Yield reviews in the order in which they were given."""
        yield from [review for review in self._reviews if sample_id in {None, review.sample_id}]

    def append_holdout_read(self, holdout_id: str, by: str, at: str) -> None:
        """Write one line to the holdout ledger."""
        self._holdout_reads.append((holdout_id, by, at))

    def read_holdout_readers(self, holdout_id: str) -> tuple[str, ...]:
        """Return who read that holdout, each once, in the order of their first reading."""
        return tuple(dict.fromkeys(by for found, by, _ in self._holdout_reads if found == holdout_id))

    def write_note(self, key: str, value: str) -> None:
        """Keep a small fact of the project; replaces an older one."""
        self._notes[key] = value

    def read_note(self, key: str) -> str | None:
        """Return a small fact, or None."""
        return self._notes.get(key)

    def close(self) -> None:
        """Do nothing: there is nothing to release."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


__all__ = ["MemoryStore"]

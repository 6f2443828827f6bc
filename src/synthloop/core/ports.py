"""The shapes that components and adapters have. Any object that fits will do; nothing needs to be inherited."""

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from synthloop.core.ask import Answer, Ask, Flow
from synthloop.core.behavior import Behavior
from synthloop.core.conversation import AppReply, Said
from synthloop.core.lineage import Spec
from synthloop.core.report import Report, TrainingExample
from synthloop.core.sample import Review, Sample, Split, Verdict
from synthloop.core.score import Score
from synthloop.core.span import Noised, Span
from synthloop.core.transcript import Transcript
from synthloop.core.writing import Brief, WritingFault, Written


class Component(Protocol):
    """What every named component can say of itself."""

    @property
    def spec(self) -> Spec:
        """What rebuilds it."""
        ...


@runtime_checkable
class Noiser(Component, Protocol):
    """Changes how a text is said, not what it asks."""

    def noise(self, text: str, spans: tuple[Span, ...], rng: random.Random) -> Noised | None:
        """Return the changed text and its edits, or None for "nothing to change".

        Args:
            text: The text to change.
            spans: What must stay as it is, sorted by start, not overlapping.
            rng: The only source of chance; see `synthloop.core.lineage.chance`.
        """
        ...


@runtime_checkable
class Validator(Component, Protocol):
    """Decides whether one sample is good enough, by itself."""

    def check(self, sample: Sample) -> Verdict | None:
        """Return a verdict that drops the sample, or None for "no objection"."""
        ...


@runtime_checkable
class Finder(Component, Protocol):
    """Finds personal data that has no form of its own, such as names."""

    def find(self, texts: Sequence[str]) -> Iterable[Sequence[Span]]:
        """Return for each text where it stands, in any order; each span's `kind` says what it is, e.g. `name`, in letters alone."""
        ...


@runtime_checkable
class Scorer(Component, Protocol):
    """Scores one transcript."""

    @property
    def name(self) -> str:
        """Name in the project; unique there."""
        ...

    def score(self, sample: Sample, transcript: Transcript) -> Score:
        """Return the score; `unscored` with a reason where none can be given. Raises nothing."""
        ...


@runtime_checkable
class Judge(Component, Protocol):
    """A scorer that asks a model."""

    @property
    def name(self) -> str:
        """Name in the project; unique there, among scorers as well."""
        ...

    def judge(self, sample: Sample, transcript: Transcript) -> Flow[Score]:
        """Ask, and return the score; `unscored` with a reason where none can be given. Raises nothing."""
        ...


@runtime_checkable
class Grader(Component, Protocol):
    """A validator that asks a model."""

    def grade(self, sample: Sample, behavior: Behavior) -> Flow[Verdict]:
        """Ask, and return the verdict; a sample that could not be graded is dropped with the reason `not-graded`. Raises nothing."""
        ...


@runtime_checkable
class Writer(Component, Protocol):
    """Has a model write samples."""

    def suits(self, behavior: Behavior, others: Sequence[Behavior]) -> bool:
        """Tell whether it can write for a behavior of a project that has these other ones."""
        ...

    def write(self, brief: Brief) -> Flow[Written]:
        """Ask, and return what could be read of the answers and what could not. What is bad is left to curation.

        Raises:
            UsageError: A prompt has a placeholder that nothing fills.
        """
        ...


class UserTalk(Protocol):
    """A simulated user in one conversation."""

    def speak(self, heard: AppReply | None) -> Flow[Said]:
        """Say the next thing.

        Args:
            heard: What the app said since; None at the beginning, where the user speaks first.
        """
        ...


@runtime_checkable
class SimulatedUser(Component, Protocol):
    """Plays the user of a sample that has a goal."""

    def begin(self, sample: Sample, replica: int) -> UserTalk:
        """Return the user of one conversation.

        Args:
            sample: Has a goal.
            replica: Counts repeats of the conversation. A user without a model says the same in each where the app does.
        """
        ...


@runtime_checkable
class Port(Protocol):
    """Somebody who answers asks."""

    @property
    def name(self) -> str:
        """What asks are addressed to; unique in a run."""
        ...

    @property
    def version(self) -> str:
        """What its answers depend on besides the request; changes whenever its code or settings change."""
        ...

    async def answer(self, ask: Ask) -> Answer:
        """Answer one request.

        It knows no time limit of its own: whoever waits cancels it, and then it has to let go at once.

        Raises:
            CallError: It raised, refused, can't be reached or answered with something unusable.
        """
        ...

    async def close(self) -> None:
        """Release what is held. May be called more than once; the next `answer`, in whichever event loop, takes hold of it again."""
        ...


@runtime_checkable
class App(Port, Protocol):
    """The user's LLM application, or one named variant of it. Answers `AppRequest`s with any JSON value; raises `AppError`.

    One that converses answers `TurnRequest`s as well, with an `AppReply` as JSON.
    """


@runtime_checkable
class SessionApp(App, Protocol):
    """An app that may keep what it knows of a conversation itself, under the session of its `TurnRequest`s."""

    @property
    def keeps_sessions(self) -> bool:
        """Whether it does. If not, it is told all that it needs with every turn."""
        ...

    async def end_session(self, session: str) -> None:
        """Forget a conversation. Called once for each session that was begun, however it ended; raises nothing."""
        ...


@runtime_checkable
class Model(Port, Protocol):
    """A language model. Answers `ModelRequest`s with a `ModelReply` as JSON; raises `ModelError`."""

    @property
    def endpoint(self) -> str:
        """What its limits belong to: models behind one endpoint, with one key, share them. Never shows a key."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> str:
        """Wall time as ISO 8601 in UTC, for people."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump, for measuring."""
        ...


class Journal(Protocol):
    """Remembers every answer that was paid for."""

    def read(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Return what is kept under `keys`, marked as reused; a key that is not kept is left out."""
        ...

    def write(self, entries: Sequence[tuple[str, Answer]]) -> None:
        """Keep answers under their keys: once it returns, all of them survive a kill. A key that is already kept is left as it is."""
        ...

    def close(self) -> None:
        """Release what is held. May be called more than once."""
        ...


class Store(Protocol):
    """The system of record of one project.

    A call that writes is saved as a whole or not at all. A reader sees the store as it was when its reading began. Order is the order of
    saving, never that of a clock. All methods may raise `StoreError`.
    """

    def save_candidates(self, candidates: Iterable[tuple[Sample, Verdict]], *, batch: str | None = None) -> int:
        """Append judged samples, kept and dropped, in one transaction, and return how many are new.

        Args:
            candidates: Read as a stream. A kept sample that is already there keeps its place; where it has a split, its newer record
                replaces the older one (it may have become an authored case since). Dropped ones are always appended.
            batch: Name of what is saved. A batch that is already there is left alone as a whole, so that a step that is repeated after a
                kill saves nothing twice. A kept sample that was saved before belongs to the new batch as well.
        """
        ...

    def read_samples(self, *, split: Split | None = None, behavior_id: str | None = None, batch: str | None = None) -> Iterator[Sample]:
        """Yield accepted samples in the order in which they were accepted; of one batch where one is named."""
        ...

    def read_dropped(self, *, reason: str | None = None, batch: str | None = None) -> Iterator[tuple[Sample, Verdict]]:
        """Yield dropped samples with the verdict that dropped them, in order; of one batch where one is named."""
        ...

    def count_samples(self, *, split: Split | None = None, behavior_id: str | None = None, batch: str | None = None) -> int:
        """Return how many samples were accepted; of one batch where one is named."""
        ...

    def count_verdicts(self, *, batch: str | None = None) -> dict[str, int]:
        """Return reason -> number of samples, `kept` among them, sorted by reason; of one batch where one is named."""
        ...

    def save_faults(self, faults: Iterable[WritingFault], *, batch: str) -> None:
        """Keep what models wrote in vain for a batch; the same fault of the same brief is kept once."""
        ...

    def read_faults(self, *, batch: str) -> Iterator[WritingFault]:
        """Yield what models wrote in vain for a batch, in the order of saving."""
        ...

    def move_split(self, source: Split, destination: Split) -> int:
        """Move all accepted samples of one split into another (a spent holdout into dev) and return how many."""
        ...

    def save_transcripts(self, transcripts: Iterable[Transcript]) -> None:
        """Write transcripts; a newer one with the same id replaces the older one, in its place.

        The app may answer where it failed before.
        """
        ...

    def read_transcripts(self, *, app: str | None = None, app_version: str | None = None) -> Iterator[Transcript]:
        """Yield transcripts in the order in which they were saved."""
        ...

    def save_scores(self, scores: Iterable[Score]) -> None:
        """Write scores; a newer score of the same transcript and scorer replaces the older one, in its place."""
        ...

    def read_scores(self, *, app: str | None = None, app_version: str | None = None) -> Iterator[Score]:
        """Yield scores in the order in which they were first given; of one app's saved transcripts where one is named."""
        ...

    def save_report(self, report: Report) -> None:
        """Keep a report under its id, as the latest one; it replaces an older one with that id."""
        ...

    def read_report(self, report_id: str | None = None, *, app: str | None = None) -> Report | None:
        """Return one report; without an id the latest, of that app variant if one is named; None where there is none.

        Raises:
            SchemaVersionError: It was written with a schema that can't be read any more.
        """
        ...

    def read_reports(self, *, app: str) -> Iterator[Report]:
        """Yield all reports of an app variant that can still be read, in the order of their last saving."""
        ...

    def append_review(self, review: Review) -> None:
        """Append a person's verdict."""
        ...

    def read_reviews(self, sample_id: str | None = None) -> Iterator[Review]:
        """Yield reviews in the order in which they were given."""
        ...

    def append_holdout_read(self, holdout_id: str, by: str, at: str) -> None:
        """Write one line to the holdout ledger.

        Args:
            holdout_id: Content id of the holdout's sample ids.
            by: Who read it: the verb and the app's name and version.
            at: ISO 8601, UTC.
        """
        ...

    def read_holdout_readers(self, holdout_id: str) -> tuple[str, ...]:
        """Return who read that holdout, each once, in the order of their first reading."""
        ...

    def write_note(self, key: str, value: str) -> None:
        """Keep a small fact of the project, e.g. which run is unfinished; replaces an older one."""
        ...

    def read_note(self, key: str) -> str | None:
        """Return a small fact, or None."""
        ...

    def close(self) -> None:
        """Release what is held. May be called more than once."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class Export(Component, Protocol):
    """Writes samples or training examples to a file that other tools read."""

    def write(self, records: Iterable[Sample | TrainingExample], path: Path) -> int:
        """Write a stream to `path`, as a whole or not at all, and return the number of records.

        Raises:
            InvalidRecordError: A record can't be said in this format.
            StoreError: The file can't be written.
        """
        ...


__all__ = [
    "App",
    "Clock",
    "Component",
    "Export",
    "Finder",
    "Grader",
    "Journal",
    "Judge",
    "Model",
    "Noiser",
    "Port",
    "Scorer",
    "SessionApp",
    "SimulatedUser",
    "Store",
    "UserTalk",
    "Validator",
    "Writer",
]

"""The system of record in one SQLite file: narrow rows, payloads beside them, every call one transaction."""

import sqlite3
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from synthloop.adapters.stores import codec, queries
from synthloop.adapters.stores.failures import explain_failures
from synthloop.adapters.stores.migrate import back_up, load_migrations, migrate
from synthloop.core.lineage import content_id
from synthloop.core.report import REPORT_SCHEMA_VERSION, Report
from synthloop.core.sample import Review, Sample, Split, Verdict
from synthloop.core.score import Score
from synthloop.core.transcript import Transcript
from synthloop.core.writing import WritingFault

T = TypeVar("T")

_CHUNK = 1000
"""Rows that are in memory at once while a stream is saved."""


class SqliteStore:
    """A `Store` in one SQLite file.

    Writes are atomic: a call is saved as a whole or, whatever happens, not at all. Each reader has its own connection and sees the store as
    it was when its reading began. Order is the order of saving, never that of a clock. One process may write at a time (see `ProjectLock`);
    threads of one process may share a store.

    Example:
        >>> import tempfile
        >>> with SqliteStore.open(Path(tempfile.mkdtemp()) / "store.db") as store:
        ...     store.write_note("run", "7")
        ...     store.read_note("run")
        '7'
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, timeout_s: float) -> None:
        self._path = path
        self._connection = connection
        self._timeout_s = timeout_s
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path, *, timeout_s: float = 10.0) -> Self:
        """Open a store, creating it or bringing it to the newest schema (after a backup) where needed.

        Args:
            path: The database file; its folder must exist.
            timeout_s: How long to wait for another program's lock, in seconds.

        Raises:
            SchemaVersionError: A newer synthloop wrote it.
            StoreError: It can't be opened, or is damaged, locked or no store.
        """
        with explain_failures(path, timeout_s):
            connection = _connect(path, timeout_s, create=True)
            try:
                migrate(connection, path, load_migrations())
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA cache_size = -16000")  # in KiB: the index of random ids outgrows the default at 100,000 rows
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, timeout_s)

    def save_candidates(self, candidates: Iterable[tuple[Sample, Verdict]], *, batch: str | None = None) -> int:
        """Append judged samples, kept and dropped, in one transaction, and return how many are new.

        A kept sample that is already there keeps its place and belongs to the batch as well; where it has a split, it replaces what was
        there. A batch that is already there is left alone as a whole.

        Raises:
            InvalidRecordError: A sample holds something that JSON can't say.
        """
        with self._writing() as connection:
            begun = connection.execute(queries.INSERT_BATCH, (batch,)) if batch is not None else None
            if begun is not None and not begun.rowcount:
                return 0
            row = _next_row(connection, "samples")
            saved = 0
            for chunk in _split_chunks(candidates):
                saved += _insert_candidates(connection, row, chunk)
                if begun is not None:
                    _insert_members(connection, begun.lastrowid, row, chunk)
                row += len(chunk)
            return saved

    def read_samples(self, *, split: Split | None = None, behavior_id: str | None = None, batch: str | None = None) -> Iterator[Sample]:
        """Yield accepted samples in the order in which they were accepted; of one batch where one is named."""
        query = queries.ACCEPTED if batch is None else queries.BATCH_ACCEPTED
        for sample, split_now in self._read(query, split=split, behavior_id=behavior_id, batch=batch):
            yield codec.put_in_split(codec.decode(codec.SAMPLES, sample, str(self._path)), split_now)

    def read_dropped(self, *, reason: str | None = None, batch: str | None = None) -> Iterator[tuple[Sample, Verdict]]:
        """Yield dropped samples with the verdict that dropped them, in order; of one batch where one is named."""
        query = queries.DROPPED if batch is None else queries.BATCH_DROPPED
        for sample, verdict in self._read(query, reason=reason, batch=batch):
            yield codec.decode(codec.SAMPLES, sample, str(self._path)), codec.decode(codec.VERDICTS, verdict, str(self._path))

    def count_samples(self, *, split: Split | None = None, behavior_id: str | None = None, batch: str | None = None) -> int:
        """Return how many samples were accepted; of one batch where one is named."""
        query = queries.ACCEPTED_COUNT if batch is None else queries.BATCH_ACCEPTED_COUNT
        return self._find(query, split=split, behavior_id=behavior_id, batch=batch)[0]

    def count_verdicts(self, *, batch: str | None = None) -> dict[str, int]:
        """Return reason -> number of samples, `kept` among them, sorted by reason; of one batch where one is named."""
        return dict(self._read(queries.REASON_COUNTS if batch is None else queries.BATCH_REASON_COUNTS, batch=batch))

    def save_faults(self, faults: Iterable[WritingFault], *, batch: str) -> None:
        """Keep what models wrote in vain for a batch; the same fault of the same brief is kept once."""
        with self._writing() as connection:
            rows = ((batch, content_id(fault), codec.encode(fault)) for fault in faults)
            connection.executemany(queries.INSERT_WRITING_FAULT, rows)

    def read_faults(self, *, batch: str) -> Iterator[WritingFault]:
        """Yield what models wrote in vain for a batch, in the order of saving."""
        for (fault,) in self._read(queries.WRITING_FAULTS, batch=batch):
            yield codec.decode(codec.WRITING_FAULTS, fault, str(self._path))

    def move_split(self, source: Split, destination: Split) -> int:
        """Move all accepted samples of one split into another and return how many."""
        with self._writing() as connection:
            return connection.execute(queries.MOVE_SPLIT, {"source": source, "destination": destination}).rowcount

    def save_transcripts(self, transcripts: Iterable[Transcript]) -> None:
        """Write transcripts; a newer one with the same id replaces the older one, in its place."""
        with self._writing() as connection:
            row = _next_row(connection, "transcripts")
            for chunk in _split_chunks(transcripts):
                numbered = list(enumerate(chunk, start=row))
                connection.executemany(queries.UPSERT_TRANSCRIPT, [(at, found.id, found.app, found.app_version) for at, found in numbered])
                connection.executemany(queries.UPSERT_TRANSCRIPT_PAYLOAD, [(found.id, codec.encode(found)) for found in chunk])
                row += len(chunk)

    def read_transcripts(self, *, app: str | None = None, app_version: str | None = None) -> Iterator[Transcript]:
        """Yield transcripts in the order in which they were saved."""
        for (transcript,) in self._read(queries.TRANSCRIPTS, app=app, app_version=app_version):
            yield codec.decode(codec.TRANSCRIPTS, transcript, str(self._path))

    def save_scores(self, scores: Iterable[Score]) -> None:
        """Write scores; a newer score of the same transcript and scorer replaces the older one, in its place."""
        with self._writing() as connection:
            for chunk in _split_chunks(scores):
                connection.executemany(queries.UPSERT_SCORE, [(score.transcript_id, score.scorer, codec.encode(score)) for score in chunk])

    def read_scores(self, *, app: str | None = None, app_version: str | None = None) -> Iterator[Score]:
        """Yield scores in the order in which they were first given; of one app's saved transcripts where one is named."""
        named = app is not None or app_version is not None
        for (score,) in self._read(queries.SCORES_OF_APP if named else queries.SCORES, app=app, app_version=app_version):
            yield codec.decode(codec.SCORES, score, str(self._path))

    def save_report(self, report: Report) -> None:
        """Keep a report under its id, as the latest one; it replaces an older one with that id."""
        with self._writing() as connection:
            connection.execute(queries.DELETE_REPORT, (report.id,))
            connection.execute(queries.INSERT_REPORT, (report.id, report.app, REPORT_SCHEMA_VERSION, codec.encode(report)))

    def read_report(self, report_id: str | None = None, *, app: str | None = None) -> Report | None:
        """Return one report; without an id the latest, of that app variant if one is named; None where there is none.

        Raises:
            SchemaVersionError: It was written with a schema that can't be read any more.
        """
        found = self._find(queries.REPORT, id=report_id, app=app)
        if found is None:
            return None
        source = f"{self._path}: report {report_id or 'saved last'}"
        codec.check_report_version(found[0], source)
        return codec.decode(codec.REPORTS, found[1], source)

    def read_reports(self, *, app: str) -> Iterator[Report]:
        """Yield all reports of an app variant that can still be read, in the order of their last saving."""
        for version, report in self._read(queries.REPORTS, app=app):
            if version == REPORT_SCHEMA_VERSION:
                yield codec.decode(codec.REPORTS, report, str(self._path))

    def append_review(self, review: Review) -> None:
        """Append a person's verdict; the database itself refuses to change or delete one."""
        with self._writing() as connection:
            connection.execute(queries.INSERT_REVIEW, (review.sample_id, codec.encode(review)))

    def read_reviews(self, sample_id: str | None = None) -> Iterator[Review]:
        """Yield reviews in the order in which they were given."""
        for (review,) in self._read(queries.REVIEWS, sample_id=sample_id):
            yield codec.decode(codec.REVIEWS, review, str(self._path))

    def append_holdout_read(self, holdout_id: str, by: str, at: str) -> None:
        """Write one line to the holdout ledger; the database itself refuses to change or delete one."""
        with self._writing() as connection:
            connection.execute(queries.INSERT_HOLDOUT_READ, (holdout_id, by, at))

    def read_holdout_readers(self, holdout_id: str) -> tuple[str, ...]:
        """Return who read that holdout, each once, in the order of their first reading."""
        return tuple(by for (by,) in self._read(queries.HOLDOUT_READERS, holdout_id=holdout_id))

    def write_note(self, key: str, value: str) -> None:
        """Keep a small fact of the project; replaces an older one."""
        with self._writing() as connection:
            connection.execute(queries.UPSERT_NOTE, (key, value))

    def read_note(self, key: str) -> str | None:
        """Return a small fact, or None."""
        found = self._find(queries.NOTE, key=key)
        return None if found is None else found[0]

    def back_up(self) -> Path:
        """Copy the store to a file beside it and return that file's path."""
        with self._lock, explain_failures(self._path, self._timeout_s):
            return back_up(self._connection, self._path, load_migrations()[-1].version)

    def close(self) -> None:
        """Release what is held. May be called more than once."""
        with self._lock, explain_failures(self._path, self._timeout_s):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        with self._lock, explain_failures(self._path, self._timeout_s):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some failures, such as a full disk.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _read(self, query: str, **parameters: str | None) -> Iterator[Any]:
        with explain_failures(self._path, self._timeout_s), closing(_connect(self._path, self._timeout_s)) as connection:
            connection.execute("PRAGMA query_only = 1")
            yield from connection.execute(query, parameters)

    def _find(self, query: str, **parameters: str | None) -> Any:
        with self._lock, explain_failures(self._path, self._timeout_s):
            return self._connection.execute(query, parameters).fetchone()


def _connect(path: Path, timeout_s: float, *, create: bool = False) -> sqlite3.Connection:
    # Autocommit: transactions are begun and ended in one place only.
    uri = f"{path.resolve().as_uri()}?mode={'rwc' if create else 'rw'}"
    return sqlite3.connect(uri, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False)


def _next_row(connection: sqlite3.Connection, table: str) -> int:
    return connection.execute(f"SELECT coalesce(max(row), 0) + 1 FROM {table}").fetchone()[0]  # noqa: S608 - the name is ours


def _insert_candidates(connection: sqlite3.Connection, row: int, chunk: list[tuple[Sample, Verdict]]) -> int:
    numbered = list(enumerate(chunk, start=row))
    saved = connection.executemany(
        queries.INSERT_SAMPLE,
        [(at, sample.id, verdict.keep, verdict.reason, sample.behavior_id, sample.split) for at, (sample, verdict) in numbered],
    ).rowcount
    connection.executemany(
        queries.INSERT_SAMPLE_PAYLOAD if saved == len(chunk) else queries.INSERT_SAMPLE_PAYLOAD_OF_ROW,
        [(at, codec.encode(sample), codec.encode(verdict)) for at, (sample, verdict) in numbered],
    )
    if saved < len(chunk):
        _replace_candidates(connection, [(sample, verdict) for sample, verdict in chunk if verdict.keep and sample.split is not None])
    return saved


def _replace_candidates(connection: sqlite3.Connection, chunk: list[tuple[Sample, Verdict]]) -> None:
    connection.executemany(queries.REPLACE_SPLIT, [(sample.id, sample.split) for sample, _ in chunk])
    connection.executemany(
        queries.REPLACE_SAMPLE_PAYLOAD, [(sample.id, codec.encode(sample), codec.encode(verdict)) for sample, verdict in chunk]
    )


def _insert_members(connection: sqlite3.Connection, batch: int | None, row: int, chunk: list[tuple[Sample, Verdict]]) -> None:
    numbered = list(enumerate(chunk, start=row))
    kept = [(batch, at, sample.id) for at, (sample, verdict) in numbered if verdict.keep]
    connection.executemany(queries.INSERT_KEPT_MEMBER, kept)
    connection.executemany(queries.INSERT_DROPPED_MEMBER, [(batch, at) for at, (_, verdict) in numbered if not verdict.keep])


def _split_chunks(stream: Iterable[T]) -> Iterator[list[T]]:
    left = iter(stream)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


__all__ = ["SqliteStore"]

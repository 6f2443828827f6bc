-- Narrow rows are what counting, filtering and ordering read; payloads are fetched only when a record is wanted.
-- `row` is the order of saving: a clock that jumps can't change it.

CREATE TABLE samples (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    kept INTEGER NOT NULL,
    reason TEXT NOT NULL,
    behavior_id TEXT NOT NULL,
    split TEXT
) STRICT;

-- A dropped exact duplicate has the id of the sample that was kept: only kept ids are unique.
CREATE UNIQUE INDEX kept_samples ON samples (id) WHERE kept = 1;
CREATE INDEX sample_counters ON samples (reason, kept, split, behavior_id);

CREATE TABLE sample_payloads (
    row INTEGER PRIMARY KEY REFERENCES samples (row),
    sample BLOB NOT NULL,
    verdict BLOB NOT NULL
) STRICT;

CREATE TABLE batches (
    row INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A sample that was accepted before belongs to a later batch as well, without being saved again.
CREATE TABLE batch_members (
    batch INTEGER NOT NULL REFERENCES batches (row),
    place INTEGER NOT NULL,
    row INTEGER NOT NULL REFERENCES samples (row),
    PRIMARY KEY (batch, place),
    UNIQUE (batch, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE transcripts (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    app TEXT NOT NULL,
    app_version TEXT NOT NULL
) STRICT;

CREATE TABLE transcript_payloads (
    row INTEGER PRIMARY KEY REFERENCES transcripts (row),
    transcript BLOB NOT NULL
) STRICT;

CREATE TABLE scores (
    row INTEGER PRIMARY KEY,
    transcript_id TEXT NOT NULL,
    scorer TEXT NOT NULL,
    score BLOB NOT NULL,
    UNIQUE (transcript_id, scorer)
) STRICT;

CREATE TABLE reports (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    app TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    report BLOB NOT NULL
) STRICT;

CREATE TABLE reviews (
    row INTEGER PRIMARY KEY,
    sample_id TEXT NOT NULL,
    review BLOB NOT NULL
) STRICT;

CREATE INDEX reviews_of_sample ON reviews (sample_id);

CREATE TRIGGER reviews_keep_their_text BEFORE UPDATE ON reviews
BEGIN
    SELECT RAISE(ABORT, 'reviews are only ever appended');
END;

CREATE TRIGGER reviews_stay BEFORE DELETE ON reviews
BEGIN
    SELECT RAISE(ABORT, 'reviews are only ever appended');
END;

CREATE TABLE holdout_reads (
    row INTEGER PRIMARY KEY,
    holdout_id TEXT NOT NULL,
    by TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

CREATE INDEX reads_of_holdout ON holdout_reads (holdout_id);

CREATE TRIGGER holdout_reads_keep_their_text BEFORE UPDATE ON holdout_reads
BEGIN
    SELECT RAISE(ABORT, 'the holdout ledger is only ever appended to');
END;

CREATE TRIGGER holdout_reads_stay BEFORE DELETE ON holdout_reads
BEGIN
    SELECT RAISE(ABORT, 'the holdout ledger is only ever appended to');
END;

CREATE TABLE notes (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

"""The store's SQL. A unary `+` keeps a filter from choosing an index: rows are read in their order, without sorting payloads."""

ACCEPTED = """
    SELECT sample, split FROM samples JOIN sample_payloads USING (row)
    WHERE +kept = 1 AND (:split IS NULL OR split = :split) AND (:behavior_id IS NULL OR behavior_id = :behavior_id)
    ORDER BY samples.row
"""
ACCEPTED_COUNT = """
    SELECT count(*) FROM samples
    WHERE +kept = 1 AND (:split IS NULL OR split = :split) AND (:behavior_id IS NULL OR behavior_id = :behavior_id)
"""
DROPPED = """
    SELECT sample, verdict FROM samples JOIN sample_payloads USING (row)
    WHERE +kept = 0 AND (:reason IS NULL OR +reason = :reason)
    ORDER BY samples.row
"""
REASON_COUNTS = "SELECT reason, count(*) FROM samples GROUP BY reason ORDER BY reason"
MOVE_SPLIT = "UPDATE samples SET split = :destination WHERE split = :source AND +kept = 1"

INSERT_BATCH = "INSERT OR IGNORE INTO batches (name) VALUES (?)"
INSERT_SAMPLE = "INSERT OR IGNORE INTO samples (row, id, kept, reason, behavior_id, split) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_SAMPLE_PAYLOAD = "INSERT INTO sample_payloads (row, sample, verdict) VALUES (?, ?, ?)"
# Slower: for chunks of which some rows were ignored.
INSERT_SAMPLE_PAYLOAD_OF_ROW = """
    INSERT INTO sample_payloads (row, sample, verdict) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM samples WHERE row = ?1)
"""

TRANSCRIPTS = """
    SELECT transcript FROM transcripts JOIN transcript_payloads USING (row)
    WHERE (:app IS NULL OR app = :app) AND (:app_version IS NULL OR app_version = :app_version)
    ORDER BY transcripts.row
"""
INSERT_TRANSCRIPT = "INSERT OR IGNORE INTO transcripts (row, id, app, app_version) VALUES (?, ?, ?, ?)"
INSERT_TRANSCRIPT_PAYLOAD = """
    INSERT INTO transcript_payloads (row, transcript) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM transcripts WHERE row = ?1)
"""

SCORES = "SELECT score FROM scores ORDER BY row"
SCORES_OF_APP = """
    SELECT score FROM scores JOIN transcripts ON transcripts.id = transcript_id
    WHERE (:app IS NULL OR app = :app) AND (:app_version IS NULL OR app_version = :app_version)
    ORDER BY scores.row
"""
UPSERT_SCORE = """
    INSERT INTO scores (transcript_id, scorer, score) VALUES (?, ?, ?)
    ON CONFLICT (transcript_id, scorer) DO UPDATE SET score = excluded.score
"""

DELETE_REPORT = "DELETE FROM reports WHERE id = ?"
INSERT_REPORT = "INSERT INTO reports (id, app, schema_version, report) VALUES (?, ?, ?, ?)"
REPORT = """
    SELECT schema_version, report FROM reports WHERE (:id IS NULL OR id = :id) AND (:app IS NULL OR app = :app)
    ORDER BY row DESC LIMIT 1
"""

INSERT_REVIEW = "INSERT INTO reviews (sample_id, review) VALUES (?, ?)"
REVIEWS = "SELECT review FROM reviews WHERE (:sample_id IS NULL OR sample_id = :sample_id) ORDER BY row"

INSERT_HOLDOUT_READ = "INSERT INTO holdout_reads (holdout_id, by, at) VALUES (?, ?, ?)"
HOLDOUT_READS = "SELECT count(*) FROM holdout_reads WHERE holdout_id = :holdout_id"

UPSERT_NOTE = "INSERT OR REPLACE INTO notes (key, value) VALUES (?, ?)"
NOTE = "SELECT value FROM notes WHERE key = :key"

__all__ = [
    "ACCEPTED",
    "ACCEPTED_COUNT",
    "DELETE_REPORT",
    "DROPPED",
    "HOLDOUT_READS",
    "INSERT_BATCH",
    "INSERT_HOLDOUT_READ",
    "INSERT_REPORT",
    "INSERT_REVIEW",
    "INSERT_SAMPLE",
    "INSERT_SAMPLE_PAYLOAD",
    "INSERT_SAMPLE_PAYLOAD_OF_ROW",
    "INSERT_TRANSCRIPT",
    "INSERT_TRANSCRIPT_PAYLOAD",
    "MOVE_SPLIT",
    "NOTE",
    "REASON_COUNTS",
    "REPORT",
    "REVIEWS",
    "SCORES",
    "SCORES_OF_APP",
    "TRANSCRIPTS",
    "UPSERT_NOTE",
    "UPSERT_SCORE",
]

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

_OF_BATCH = """
    FROM batches CROSS JOIN batch_members ON batch_members.batch = batches.row CROSS JOIN samples ON samples.row = batch_members.row
"""
BATCH_ACCEPTED = f"""
    SELECT sample, split {_OF_BATCH} CROSS JOIN sample_payloads ON sample_payloads.row = samples.row
    WHERE batches.name = :batch AND kept = 1
        AND (:split IS NULL OR split = :split) AND (:behavior_id IS NULL OR behavior_id = :behavior_id)
    ORDER BY place
"""
BATCH_ACCEPTED_COUNT = f"""
    SELECT count(*) {_OF_BATCH}
    WHERE batches.name = :batch AND kept = 1
        AND (:split IS NULL OR split = :split) AND (:behavior_id IS NULL OR behavior_id = :behavior_id)
"""
BATCH_DROPPED = f"""
    SELECT sample, verdict {_OF_BATCH} CROSS JOIN sample_payloads ON sample_payloads.row = samples.row
    WHERE batches.name = :batch AND kept = 0 AND (:reason IS NULL OR reason = :reason)
    ORDER BY place
"""
BATCH_REASON_COUNTS = f"SELECT reason, count(*) {_OF_BATCH} WHERE batches.name = :batch GROUP BY reason ORDER BY reason"

INSERT_WRITING_FAULT = "INSERT OR IGNORE INTO writing_faults (batch, id, fault) VALUES (?, ?, ?)"
WRITING_FAULTS = "SELECT fault FROM writing_faults WHERE batch = :batch ORDER BY row"

MOVE_SPLIT = "UPDATE samples SET split = :destination WHERE split = :source AND +kept = 1"

INSERT_BATCH = "INSERT OR IGNORE INTO batches (name) VALUES (?)"
INSERT_KEPT_MEMBER = """
    INSERT OR IGNORE INTO batch_members (batch, place, row)
    SELECT ?1, ?2, row FROM samples INDEXED BY kept_samples WHERE id = ?3 AND kept = 1
"""
INSERT_DROPPED_MEMBER = "INSERT INTO batch_members (batch, place, row) VALUES (?1, ?2, ?2)"
INSERT_SAMPLE = "INSERT OR IGNORE INTO samples (row, id, kept, reason, behavior_id, split) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_SAMPLE_PAYLOAD = "INSERT INTO sample_payloads (row, sample, verdict) VALUES (?, ?, ?)"
# Slower: for chunks of which some rows were ignored.
INSERT_SAMPLE_PAYLOAD_OF_ROW = """
    INSERT INTO sample_payloads (row, sample, verdict) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM samples WHERE row = ?1)
"""
# What was saved first keeps its row, and with it its place in every batch.
REPLACE_SAMPLE_PAYLOAD = """
    UPDATE sample_payloads SET sample = ?2, verdict = ?3
    WHERE row = (SELECT row FROM samples INDEXED BY kept_samples WHERE id = ?1 AND kept = 1)
"""
REPLACE_SPLIT = "UPDATE samples INDEXED BY kept_samples SET split = ?2 WHERE id = ?1 AND kept = 1"

TRANSCRIPTS = """
    SELECT transcript FROM transcripts JOIN transcript_payloads USING (row)
    WHERE (:app IS NULL OR app = :app) AND (:app_version IS NULL OR app_version = :app_version)
    ORDER BY transcripts.row
"""
UPSERT_TRANSCRIPT = """
    INSERT INTO transcripts (row, id, app, app_version) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET app = excluded.app, app_version = excluded.app_version
"""
UPSERT_TRANSCRIPT_PAYLOAD = """
    INSERT OR REPLACE INTO transcript_payloads (row, transcript) SELECT row, ?2 FROM transcripts WHERE id = ?1
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

REPORTS = "SELECT schema_version, report FROM reports WHERE app = :app ORDER BY row"

INSERT_REVIEW = "INSERT INTO reviews (sample_id, review) VALUES (?, ?)"
REVIEWS = "SELECT review FROM reviews WHERE (:sample_id IS NULL OR sample_id = :sample_id) ORDER BY row"

INSERT_HOLDOUT_READ = "INSERT INTO holdout_reads (holdout_id, by, at) VALUES (?, ?, ?)"
HOLDOUT_READERS = "SELECT by FROM holdout_reads WHERE holdout_id = :holdout_id GROUP BY by ORDER BY min(row)"

UPSERT_NOTE = "INSERT OR REPLACE INTO notes (key, value) VALUES (?, ?)"
NOTE = "SELECT value FROM notes WHERE key = :key"

__all__ = [
    "ACCEPTED",
    "ACCEPTED_COUNT",
    "BATCH_ACCEPTED",
    "BATCH_ACCEPTED_COUNT",
    "BATCH_DROPPED",
    "BATCH_REASON_COUNTS",
    "DELETE_REPORT",
    "DROPPED",
    "HOLDOUT_READERS",
    "INSERT_BATCH",
    "INSERT_DROPPED_MEMBER",
    "INSERT_HOLDOUT_READ",
    "INSERT_KEPT_MEMBER",
    "INSERT_REPORT",
    "INSERT_REVIEW",
    "INSERT_SAMPLE",
    "INSERT_SAMPLE_PAYLOAD",
    "INSERT_SAMPLE_PAYLOAD_OF_ROW",
    "MOVE_SPLIT",
    "NOTE",
    "REASON_COUNTS",
    "REPLACE_SAMPLE_PAYLOAD",
    "REPLACE_SPLIT",
    "REPORT",
    "REVIEWS",
    "SCORES",
    "SCORES_OF_APP",
    "TRANSCRIPTS",
    "UPSERT_NOTE",
    "UPSERT_SCORE",
    "UPSERT_TRANSCRIPT",
    "UPSERT_TRANSCRIPT_PAYLOAD",
]

-- What models wrote in vain: it was paid for, so it is kept. `id` is the hash of the fault, so that a repeated run keeps it once.

CREATE TABLE writing_faults (
    row INTEGER PRIMARY KEY,
    batch TEXT NOT NULL,
    id TEXT NOT NULL,
    fault BLOB NOT NULL,
    UNIQUE (batch, id)
) STRICT;

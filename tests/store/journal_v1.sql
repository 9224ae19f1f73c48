-- SPDX-License-Identifier: GPL-3.0-or-later
-- The journal as version 1 wrote it, with a finished run and one that waits for a retry.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    flow TEXT NOT NULL,
    trigger TEXT NOT NULL,
    UNIQUE (flow, trigger)
) STRICT;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    state INTEGER NOT NULL,
    received INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    created INTEGER NOT NULL,
    live INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    flow_version TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX run_event ON run (source, event_id);
CREATE INDEX run_open ON run (id) WHERE state = 0;

CREATE TABLE body (
    run INTEGER PRIMARY KEY,
    sum BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE step (
    run INTEGER NOT NULL,
    step TEXT NOT NULL,
    item INTEGER NOT NULL,
    lineage INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    retry_at INTEGER,
    note TEXT NOT NULL,
    outputs TEXT NOT NULL,
    error_kind TEXT,
    error_code TEXT,
    error_message TEXT,
    error_place TEXT,
    error_evidence TEXT,
    sum BLOB NOT NULL,
    PRIMARY KEY (run, step, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE letter (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    step TEXT NOT NULL,
    lineage INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    error_kind TEXT NOT NULL,
    error_code TEXT NOT NULL,
    error_message TEXT NOT NULL,
    error_place TEXT NOT NULL,
    error_evidence TEXT NOT NULL,
    input TEXT NOT NULL,
    UNIQUE (run, step, lineage)
) STRICT;

CREATE TABLE claim (
    flow TEXT NOT NULL,
    step TEXT NOT NULL,
    key TEXT NOT NULL,
    run INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (flow, step, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_until ON claim (until);

INSERT INTO source VALUES (1, 'payments', 'charges');
INSERT INTO run VALUES (1, 1, 1, 1790000000000, 1790000001000, 1790000000000, 1, 7,
    'evt_1', 'charge.succeeded', '1.0.0');
INSERT INTO run VALUES (2, 1, 0, 1790000000000, 1790000000000, 1790000000000, 1, 7,
    'evt_2', 'charge.succeeded', '1.0.0');
-- The sum covers "2/0/5/1/3", the step's name, outputs and note.
INSERT INTO step VALUES (2, 'upsert', 0, 5, 1, 3, 1790000000000, 1790000009000, '', '',
    'transient', 'net.timeout', 'No answer.', '', '', x'616727e68946756a5c45aafd2b9f01d1');

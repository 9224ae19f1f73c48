// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteSchema.h"

#include <array>
#include <string>

namespace tw::sqlite {
namespace {

// Bodies stand apart from runs: closing a run then rewrites a hundred bytes, not four thousand, and
// old bodies go without touching the keys that recognise repeats.
constexpr const char *kVersion1 = R"sql(
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
)sql";

// The key and the size of an open run stand in its index: to know what waits, nothing else is read.
// SQLite 3.40 answers from a partial index alone only when the column of its condition is in it.
constexpr const char *kVersion2 = R"sql(
ALTER TABLE run ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
DROP INDEX run_open;
CREATE INDEX run_open ON run (id, source, key, bytes, state) WHERE state = 0;

ALTER TABLE step ADD COLUMN unknown INTEGER NOT NULL DEFAULT 0;
CREATE INDEX step_waiting ON step (run, retry_at, state) WHERE state = 1;

ALTER TABLE letter ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letter_holds ON letter (run) WHERE holds = 1;
)sql";

// A replay is a run of its own for the same event; desk columns follow what people decide.
constexpr const char *kVersion3 = R"sql(
DROP INDEX run_event;
ALTER TABLE run ADD COLUMN replay INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN ids TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN entry_step TEXT;
ALTER TABLE run ADD COLUMN entry_item INTEGER;
ALTER TABLE run ADD COLUMN entry_lineage INTEGER;
CREATE UNIQUE INDEX run_event ON run (source, event_id, replay);
CREATE INDEX run_origin ON run (origin) WHERE origin <> 0;
DROP INDEX run_open;
CREATE INDEX run_open ON run (id, source, key, bytes, origin, state) WHERE state = 0;
ALTER TABLE body ADD COLUMN input BLOB;

CREATE TABLE flow (
    flow TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (flow, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE keep (
    area TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (area, name)
) STRICT, WITHOUT ROWID;

ALTER TABLE letter ADD COLUMN item INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN edited TEXT;
ALTER TABLE letter ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN decided_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE letter ADD COLUMN replay_run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE letter ADD COLUMN escalated INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letter_status ON letter (status, cause);
CREATE INDEX letter_replay ON letter (replay_run) WHERE replay_run <> 0;

CREATE TABLE review (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    step TEXT NOT NULL,
    item INTEGER NOT NULL,
    lineage INTEGER NOT NULL,
    status INTEGER NOT NULL,
    question TEXT NOT NULL,
    input TEXT NOT NULL,
    proposal TEXT NOT NULL,
    candidates TEXT NOT NULL,
    cause TEXT NOT NULL,
    owner TEXT NOT NULL,
    asked INTEGER NOT NULL,
    due INTEGER NOT NULL,
    timeout_exit TEXT NOT NULL,
    escalate_at INTEGER NOT NULL,
    escalate_to TEXT NOT NULL,
    escalated INTEGER NOT NULL DEFAULT 0,
    exit TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '',
    decided_at INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    UNIQUE (run, step, lineage)
) STRICT;
CREATE INDEX review_open ON review (due, escalate_at) WHERE status = 0;

CREATE TABLE remembered (
    flow TEXT NOT NULL,
    step TEXT NOT NULL,
    cause TEXT NOT NULL,
    exit TEXT NOT NULL,
    answer TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (flow, step, cause)
) STRICT, WITHOUT ROWID;

CREATE TABLE newest (
    guard TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
)sql";

// Whose the newest time of a guard is, and what it was before: a refused write counts no more.
constexpr const char *kVersion4 = R"sql(
ALTER TABLE newest ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE newest ADD COLUMN before INTEGER NOT NULL DEFAULT 0;
)sql";

// Every row that people rely on has a sum. Texts of the audit log stand beside fingerprints of them, and
// can go while the chain holds.
constexpr const char *kVersion5 = R"sql(
ALTER TABLE source ADD COLUMN sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE run ADD COLUMN sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE letter ADD COLUMN sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE review ADD COLUMN sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE remembered ADD COLUMN sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE flow ADD COLUMN sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE keep ADD COLUMN sum BLOB NOT NULL DEFAULT x'';

ALTER TABLE audit ADD COLUMN salts TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN prints TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
)sql";

// What runs are found by, written behind the work (SqliteIds.cpp); what was given to somebody has time.
// Rows that matched their sum get the sum with the new column; others stay as they are.
constexpr const char *kVersion6 = R"sql(
CREATE TABLE known (
    id TEXT NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (id, run)
) STRICT, WITHOUT ROWID;

ALTER TABLE letter ADD COLUMN escalate_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE review ADD COLUMN escalate_from INTEGER NOT NULL DEFAULT 0;

UPDATE letter SET sum = row_sum(id, run, step, lineage, attempts, at, keep_until, error_kind,
    error_code, error_message, error_place, error_evidence, input, holds, item, cause, owner, due,
    status, edited, decided_by, decided_at, reason, replay_run, escalated, escalate_from)
WHERE sum = row_sum(id, run, step, lineage, attempts, at, keep_until, error_kind,
    error_code, error_message, error_place, error_evidence, input, holds, item, cause, owner, due,
    status, edited, decided_by, decided_at, reason, replay_run, escalated);
UPDATE review SET sum = row_sum(id, run, step, item, lineage, status, question, input, proposal,
    candidates, cause, owner, asked, due, timeout_exit, escalate_at, escalate_to, escalated, exit,
    answer, decided_by, decided_at, reason, escalate_from)
WHERE sum = row_sum(id, run, step, item, lineage, status, question, input, proposal,
    candidates, cause, owner, asked, due, timeout_exit, escalate_at, escalate_to, escalated, exit,
    answer, decided_by, decided_at, reason);
)sql";

constexpr std::array<const char *, 6> kSteps{kVersion1, kVersion2, kVersion3,
                                             kVersion4, kVersion5, kVersion6};

static_assert(kSteps.size() == kFormVersion);

} // namespace

Result<void> migrate(Database &database)
{
    auto version = database.number("PRAGMA user_version");
    if (!version)
        return std::move(version).error();
    if (*version > static_cast<std::int64_t>(kSteps.size()))
        return configError("store.newer_format",
                           "The journal was written by a newer version of Tidewire. Use that one, "
                           "or another data folder.");
    for (auto done = static_cast<std::size_t>(*version); done < kSteps.size(); ++done) {
        const std::string sql = std::string("BEGIN IMMEDIATE;") + kSteps[done]
            + "PRAGMA user_version = " + std::to_string(done + 1) + ";COMMIT;";
        if (auto migrated = database.execute(sql.c_str()); !migrated) {
            if (database.inTransaction())
                (void)database.execute("ROLLBACK");
            return migrated;
        }
    }
    return {};
}

} // namespace tw::sqlite

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

constexpr std::array<const char *, 2> kSteps{kVersion1, kVersion2};

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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/SqliteSums.h"

#include <array>
#include <cstring>
#include <sqlite3.h>

namespace tw::sqlite {
namespace {

constexpr std::array<SummedTable, 7> kTables{{
    {"source", "trigger", "id", "id, flow, trigger"},
    {"run", "run", "id",
     "id, source, state, received, finished, created, live, seed, event_id, event_type,"
     " flow_version, key, bytes, replay, origin, generation, ids, entry_step, entry_item,"
     " entry_lineage"},
    {"letter", "dead letter", "id",
     "id, run, step, lineage, attempts, at, keep_until, error_kind, error_code, error_message,"
     " error_place, error_evidence, input, holds, item, cause, owner, due, status, edited,"
     " decided_by, decided_at, reason, replay_run, escalated, escalate_from"},
    {"review", "review", "id",
     "id, run, step, item, lineage, status, question, input, proposal, candidates, cause, owner,"
     " asked, due, timeout_exit, escalate_at, escalate_to, escalated, exit, answer, decided_by,"
     " decided_at, reason, escalate_from"},
    {"remembered", "remembered decision", "flow, step, cause",
     "flow, step, cause, exit, answer, decided_by, decided_at, reason"},
    {"flow", "flow version", "flow, version", "flow, version, text, at"},
    {"keep", "kept value", "area, name", "area, name, value, at"},
}};

/// Covers types and lengths, too: 1 is not '1'.
void rowSum(sqlite3_context *context, int count, sqlite3_value **values)
{
    auto &sum = *static_cast<RowSum *>(sqlite3_user_data(context));
    sum.begin();
    for (int at = 0; at < count; ++at) {
        sqlite3_value *value = values[at];
        const int type = sqlite3_value_type(value);
        if (type == SQLITE_INTEGER) {
            char bytes[9] = {'i'};
            const std::int64_t number = sqlite3_value_int64(value);
            std::memcpy(bytes + 1, &number, sizeof number);
            sum.add({bytes, sizeof bytes});
        } else if (type == SQLITE_NULL) {
            sum.add("n");
        } else {
            sum.add(type == SQLITE_BLOB ? "b" : "t");
            const auto *bytes = static_cast<const char *>(sqlite3_value_blob(value));
            sum.add({bytes ? bytes : "", static_cast<std::size_t>(sqlite3_value_bytes(value))});
        }
    }
    const std::string result = sum.end();
    sqlite3_result_blob(context, result.data(), static_cast<int>(result.size()), SQLITE_TRANSIENT);
}

/// "id, flow" as "new.id, new.flow", or as "id = new.id AND flow = new.flow".
std::string each(const std::string &columns, const std::string &row, bool compared = false)
{
    std::string out;
    for (std::size_t from = 0; from < columns.size();) {
        const std::size_t end = std::min(columns.find(", ", from), columns.size());
        const std::string column = columns.substr(from, end - from);
        out += out.empty() ? "" : compared ? " AND " : ", ";
        out += (compared ? column + " = " : "") + row + '.' + column;
        from = end + 2;
    }
    return out;
}

std::string sumOf(const SummedTable &table, const std::string &row)
{
    return "row_sum(" + each(table.columns, row) + ')';
}

} // namespace

std::span<const SummedTable> summedTables()
{
    return kTables;
}

void addRowSum(Database &database, RowSum &sum)
{
    sqlite3_create_function_v2(database.handle(), "row_sum", -1,
                               SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, &sum, rowSum,
                               nullptr, nullptr, nullptr);
}

Result<void> keepSums(Database &database)
{
    for (const SummedTable &table : kTables) {
        const std::string name = table.name;
        const std::string sumUp = " BEGIN UPDATE " + name + " SET sum = " + sumOf(table, "new") +
                                  " WHERE " + each(table.key, "new", true) + "; END;";
        const std::string both =
            "CREATE TEMP TRIGGER sum_added_" + name + " AFTER INSERT ON main." + name + sumUp +
            "CREATE TEMP TRIGGER sum_changed_" + name + " AFTER UPDATE OF " + table.columns +
            " ON main." + name + " WHEN old.sum = " + sumOf(table, "old") + sumUp;
        if (auto made = database.execute(both.c_str()); !made)
            return made;
    }
    return {};
}

std::string isChanged(const std::string &table)
{
    for (const SummedTable &one : kTables) {
        if (table == one.name)
            return "(" + table + ".sum <> x'' AND " + table + ".sum <> " + sumOf(one, table) + ")";
    }
    return "0";
}

} // namespace tw::sqlite

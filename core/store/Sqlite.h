// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace tw::sqlite {

/// A prepared statement. Bound texts must live until it was run. Not to be used after its Database.
class Statement
{
public:
    Statement() = default;

    Statement &bind(int index, std::int64_t value);
    Statement &bind(int index, int value) { return bind(index, static_cast<std::int64_t>(value)); }
    Statement &bind(int index, Instant value) { return bind(index, value.msSinceEpoch); }
    Statement &bind(int index, std::string_view text);
    Statement &bindBlob(int index, std::string_view bytes);
    void clear(); ///< All parameters become null.

    enum class Row { There, Done };
    Result<Row> step();
    /// Runs it to its end and resets it.
    Result<void> run();
    void reset();

    std::int64_t integer(int column) const;
    std::string text(int column) const; ///< Of blobs, too: any bytes.
    Instant instant(int column) const { return {integer(column)}; }
    bool isNull(int column) const;

private:
    friend class Database;
    struct Finalizer
    {
        void operator()(sqlite3_stmt *statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalizer> m_statement;
};

/// Resets a statement at the end of a scope, whatever happened in it.
class Reset
{
public:
    explicit Reset(Statement &statement) : m_statement(statement) {}
    ~Reset() { m_statement.reset(); }
    Reset(const Reset &) = delete;
    Reset &operator=(const Reset &) = delete;

private:
    Statement &m_statement;
};

/// Calls `row(statement)` for each row of what was bound, and resets it.
template <typename Row>
Result<void> eachRow(Statement &statement, Row &&row)
{
    const Reset atEnd(statement);
    for (;;) {
        auto next = statement.step();
        if (!next)
            return std::move(next).error();
        if (*next == Statement::Row::Done)
            return {};
        row(statement);
    }
}

enum class Access { ReadWrite, ReadOnly };

/// One connection, for one thread at a time. Errors are typed by what the caller can do.
class Database
{
public:
    static Result<std::unique_ptr<Database>> open(const std::string &file, Access access);

    Result<void> execute(const char *sql);
    Result<Statement> prepare(const char *sql);
    /// First column of the first row.
    Result<std::int64_t> number(const char *sql);
    Result<std::string> word(const char *sql);
    bool inTransaction() const;
    std::int64_t lastRowId() const;
    int changes() const;
    sqlite3 *handle() const { return m_handle.get(); }

private:
    struct Closer
    {
        void operator()(sqlite3 *handle) const;
    };
    std::unique_ptr<sqlite3, Closer> m_handle;
};

/// An empty file that only its owner can read, where there is none: what SQLite puts beside it is alike.
void makePrivate(const std::string &file);

Error errorOf(sqlite3 *handle);

} // namespace tw::sqlite

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/Sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace tw::sqlite {

void makePrivate(const std::string &file)
{
    // Never an existing one: to close it would take away SQLite's locks.
    const int handle = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (handle >= 0)
        ::close(handle);
}

Error errorOf(sqlite3 *handle)
{
    const int extended = sqlite3_extended_errcode(handle);
    const std::string detail = sqlite3_errmsg(handle);
    switch (extended & 0xff) {
    case SQLITE_FULL:
        return transientError("store.full",
                              "The disk or the quota of the journal is full. Free some space; "
                              "events are refused until then.");
    case SQLITE_IOERR:
        // What a failed fsync left on the disk is unknown, and asking again would say "fine".
        if (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC)
            return transientError("store.stopped",
                                  "The disk did not confirm a write, so the journal stopped. "
                                  "Check the disk and start again.");
        return transientError("store.io", "The journal could not be read or written: " + detail
                                              + ". Check the disk.");
    case SQLITE_NOMEM:
        return transientError("store.io", "There was no memory for a write of the journal.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return transientError("store.busy", "Another program is writing to the journal.");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return transientError("store.io", "The journal cannot be opened for writing: " + detail
                                              + ". Check the folder and its rights.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return internalError("store.damaged",
                             "The journal file is damaged (" + detail
                                 + "). It was left as it is. Set it aside and go on with a backup or "
                                   "an empty one.");
    default:
        return internalError("store.sql", "The journal refused a statement: " + detail + ".");
    }
}

void Statement::Finalizer::operator()(sqlite3_stmt *statement) const
{
    sqlite3_finalize(statement);
}

Statement &Statement::bind(int index, std::int64_t value)
{
    sqlite3_bind_int64(m_statement.get(), index, value);
    return *this;
}

Statement &Statement::bind(int index, std::string_view text)
{
    sqlite3_bind_text(m_statement.get(), index, text.data() ? text.data() : "",
                      static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
}

Statement &Statement::bindBlob(int index, std::string_view bytes)
{
    sqlite3_bind_blob(m_statement.get(), index, bytes.data() ? bytes.data() : "",
                      static_cast<int>(bytes.size()), SQLITE_STATIC);
    return *this;
}

void Statement::clear()
{
    sqlite3_clear_bindings(m_statement.get());
}

Result<Statement::Row> Statement::step()
{
    switch (sqlite3_step(m_statement.get())) {
    case SQLITE_ROW:
        return Row::There;
    case SQLITE_DONE:
        return Row::Done;
    default:
        return errorOf(sqlite3_db_handle(m_statement.get()));
    }
}

Result<void> Statement::run()
{
    const Reset atEnd(*this);
    for (;;) {
        auto row = step();
        if (!row)
            return std::move(row).error();
        if (*row == Row::Done)
            return {};
    }
}

void Statement::reset()
{
    sqlite3_reset(m_statement.get());
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

std::string Statement::text(int column) const
{
    const auto *bytes = static_cast<const char *>(sqlite3_column_blob(m_statement.get(), column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column));
    return bytes ? std::string(bytes, size) : std::string();
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

void Database::Closer::operator()(sqlite3 *handle) const
{
    sqlite3_close_v2(handle);
}

Result<std::unique_ptr<Database>> Database::open(const std::string &file, Access access)
{
    // Nobody asks SQLite how much memory it holds; to count it costs a lock at each allocation.
    [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (access == Access::ReadWrite)
        makePrivate(file);
    auto database = std::make_unique<Database>();
    sqlite3 *handle = nullptr;
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        | (access == Access::ReadOnly ? SQLITE_OPEN_READONLY
                                      : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    const int result = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
    database->m_handle.reset(handle);
    if (result != SQLITE_OK)
        return errorOf(handle).at(file);
    sqlite3_busy_timeout(handle, 5000);
    return database;
}

Result<void> Database::execute(const char *sql)
{
    if (sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return errorOf(m_handle.get());
    return {};
}

Result<Statement> Database::prepare(const char *sql)
{
    Statement statement;
    sqlite3_stmt *raw = nullptr;
    const int result
        = sqlite3_prepare_v3(m_handle.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    statement.m_statement.reset(raw);
    if (result != SQLITE_OK)
        return errorOf(m_handle.get());
    return statement;
}

Result<std::int64_t> Database::number(const char *sql)
{
    auto statement = prepare(sql);
    if (!statement)
        return std::move(statement).error();
    auto row = statement->step();
    if (!row)
        return std::move(row).error();
    return *row == Statement::Row::There ? statement->integer(0) : 0;
}

Result<std::string> Database::word(const char *sql)
{
    auto statement = prepare(sql);
    if (!statement)
        return std::move(statement).error();
    auto row = statement->step();
    if (!row)
        return std::move(row).error();
    return *row == Statement::Row::There ? statement->text(0) : std::string();
}

bool Database::inTransaction() const
{
    return sqlite3_get_autocommit(m_handle.get()) == 0;
}

std::int64_t Database::lastRowId() const
{
    return sqlite3_last_insert_rowid(m_handle.get());
}

int Database::changes() const
{
    return sqlite3_changes(m_handle.get());
}

} // namespace tw::sqlite

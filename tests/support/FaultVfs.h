// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

struct sqlite3_file;
struct sqlite3_vfs;

namespace tw::test {

/// SQLite's way to the disk with a switch in it: while one lives it is the default VFS of the process.
///
/// Counts the calls that reach a file and makes chosen ones fail. Beside the real files it keeps what a
/// disk would hold: bytes as of the last fsync that was confirmed, and the writes since. powerCut()
/// writes an image of that into another folder, with any part of the writes since, in any order, torn
/// at sectors. Calls come from any thread.
class FaultVfs
{
public:
    enum class Call { Open, Read, Write, Sync, Truncate, Delete };
    static constexpr int kCalls = 6;
    enum class Fault {
        IoError,
        Full,       ///< Writes only; others get IoError.
        ShortWrite, ///< Half of it reaches the file, then Full.
    };
    struct Plan
    {
        std::int64_t from = 0; ///< The first call that fails, from 1; 0: none.
        std::int64_t count = 1;
        Fault fault = Fault::IoError;
        std::array<bool, kCalls> kinds{true, true, true, true, true, true}; ///< That are counted.
    };

    FaultVfs();
    ~FaultVfs();
    FaultVfs(const FaultVfs &) = delete;
    FaultVfs &operator=(const FaultVfs &) = delete;

    static Plan only(Call call, std::int64_t from, Fault fault = Fault::IoError);

    void plan(const Plan &plan); ///< Counts anew.
    void heal() { plan({}); }
    std::int64_t calls() const; ///< Counted since the plan.
    std::int64_t failed() const;

    /// Called once, on the thread of the n-th counted call, before that call is made.
    void atCall(std::int64_t number, std::function<void()> action);

    /// From now on fsync says yes and does nothing.
    void lie(bool on);
    /// What a disk would have of all files that were opened since the last forget(), in `folder`.
    void powerCut(const std::string &folder, Random &random) const;
    void forget();

private:
    friend struct FaultFile;
    struct Change
    {
        bool truncate = false;
        std::int64_t at = 0;
        std::string bytes;
    };
    struct Disk
    {
        std::string synced;
        bool everSynced = false;
        std::vector<Change> since;
    };

    bool fails(Call call, Fault &fault);
    Disk &disk(const std::string &file);
    static int open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *outFlags);
    static int remove(sqlite3_vfs *vfs, const char *name, int syncFolder);

    mutable std::mutex m_mutex;
    Plan m_plan;
    std::int64_t m_calls = 0;
    std::int64_t m_failed = 0;
    bool m_lying = false;
    std::int64_t m_actionAt = 0;
    std::function<void()> m_action;
    std::map<std::string, Disk> m_disks;
    sqlite3_vfs *m_below = nullptr;
    sqlite3_vfs *m_vfs = nullptr;
};

} // namespace tw::test

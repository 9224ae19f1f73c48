// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"

#include <QThread>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tw::test {

/// An org that counts: it takes upserts (one record or a collection), writes down in which order they
/// took effect, and misbehaves: refuses, answers 500 after the effect, cuts the line before or after it,
/// answers rubbish, asks to wait (429 and 503 with Retry-After), or takes its time, the effect coming at
/// the end of it. A writer that was killed meanwhile cannot call the late effect back.
///
/// Works on a thread of its own: it goes on while the test waits for a program. Members are for the
/// thread of the test.
class ChaosOrg final
{
public:
    struct Report
    {
        /// The numbers written to each record, in the order in which they took effect.
        std::map<std::string, std::vector<int>> written;
        int calls = 0;
        int records = 0;  ///< Different ones.
        int faults = 0;
        int early = 0;    ///< Calls for a record before the time that Retry-After asked for.
        int late = 0;     ///< Answers still to come.
        std::int64_t slowestMs = 0; ///< From the arrival of a call until it took effect.
    };

    ChaosOrg(std::uint64_t seed, int faultyPercent);
    ~ChaosOrg();

    std::string url() const { return m_url; }
    Report report() const;
    std::map<std::string, std::vector<int>> written() const { return report().written; }
    int calls() const { return report().calls; }
    bool isQuiet() const { return report().late == 0; }

private:
    class Desk;
    mutable std::mutex m_mutex;
    Report m_report; ///< Guarded by m_mutex.
    std::string m_url;
    QThread m_thread;
    Desk *m_desk = nullptr; ///< Goes with the thread.
};

} // namespace tw::test

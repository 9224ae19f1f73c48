// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Random.h"
#include "core/data/Value.h"
#include "core/net/HttpReply.h"
#include "core/net/HttpServer.h"

#include <QObject>
#include <map>
#include <string>
#include <vector>

namespace tw::test {

/// An org that counts: it takes upserts (one record or a collection), writes down in which order they
/// took effect, and misbehaves: refuses, answers 500 after the effect, cuts the line after it, or
/// takes its time, the effect coming at the end of it. A writer that was killed meanwhile cannot
/// call the late effect back. Lives in the process of the test, which nobody kills.
class ChaosOrg final : public QObject
{
public:
    ChaosOrg(std::uint64_t seed, int faultyPercent);

    std::string url() const { return m_server.url(); }
    /// The numbers written to each record, in the order in which they took effect.
    const std::map<std::string, std::vector<int>> &written() const { return m_written; }
    int calls() const { return m_calls; }
    int records() const { return m_records; }
    int faults() const { return m_faults; }
    bool isQuiet() const { return m_late == 0; }
    void setFaultyPercent(int percent) { m_faulty = percent; }

private:
    void handle(HttpRequest request, HttpReply reply);
    HttpResponse apply(const HttpRequest &request);
    void write(const std::string &key, const Value &fields);

    Random m_random;
    int m_faulty;
    SystemClock m_clock;
    std::map<std::string, std::vector<int>> m_written;
    int m_calls = 0;
    int m_records = 0;
    int m_faults = 0;
    int m_late = 0;
    HttpServer m_server;
};

} // namespace tw::test

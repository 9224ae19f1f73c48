// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "EventPlan.h"

#include "core/base/Random.h"
#include "core/connector/Connection.h"
#include "core/connector/Descriptor.h"
#include "core/connector/Step.h"

#include <QObject>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tw::test {

/// A place with records that answers after a while, in virtual time, and can be out for a time.
/// Outlives the engines that write to it.
///
/// "crm.entry" adds an entry, once for each idempotency key; "crm.state" overwrites the state of an
/// object, up to twenty in a call, and knows no keys. While it is out a call gets 503 with or
/// without Retry-After, or no answer at all, and some of those that got none land later all the
/// same. Before that it becomes slow: what is on its way when the trouble begins lands, and its
/// answer is lost.
class CrmDouble final : public QObject
{
public:
    static constexpr int kConcurrency = 20;

    CrmDouble(ManualClock &clock, std::uint64_t seed) : m_clock(clock), m_random(seed) {}

    /// Also when it is well, one call in so many gets no answer; every other one of those lands
    /// late.
    void loses(int oneIn) { m_losesOneIn = oneIn; }
    /// Its caller dies now and hears of no wait any more; one of this moment was not written down.
    void callerDies();
    void isOut(Instant from, Instant until) { m_outFrom = from, m_outUntil = until; }
    ConnectorDescriptor descriptor();
    static std::shared_ptr<Connection> connection();

    Records records() const; ///< Entries as often as they were made.
    Order entryOrder;        ///< As they landed,
    Order stateOrder;        ///< repeats of the same state in a row left out.
    std::map<std::string, std::set<std::string>> keys; ///< By step and event.

    struct Counts
    {
        int calls = 0;
        int whileOut = 0;
        int early = 0;       ///< Before the end of the wait that it had asked for.
        int unavailable = 0; ///< 503
        int unanswered = 0;
        int late = 0;        ///< Records that landed after their caller had given up,
        int lostAnswers = 0; ///< or whose answer did not arrive.
        int repeats = 0;     ///< Records that it had already.
        int underWay = 0;    ///< Records that are not answered yet, or only just.
    };
    const Counts &counts() const { return m_counts; }

private:
    class WriteStep;
    struct Exchange
    {
        std::vector<StepCall> calls;
        std::vector<StepReply> replies;
        int caller = 0; ///< How many died before it.
    };
    using Shared = std::shared_ptr<Exchange>;

    void take(const Shared &exchange);
    void takeWhileOut(const Shared &exchange);
    void keepSilent(const Shared &exchange, bool lands);
    void after(std::chrono::milliseconds span, std::function<void()> action);
    void land(const Exchange &exchange);
    void landEntry(const StepCall &call);
    void landState(const StepCall &call);
    void answer(Exchange &exchange, const std::optional<Error> &failure = {});
    bool isOutAt(Instant at) const { return at >= m_outFrom && at < m_outUntil; }

    ManualClock &m_clock;
    Random m_random;
    int m_losesOneIn = 0;
    Instant m_outFrom;
    Instant m_outUntil;
    Instant m_notBefore;
    int m_deadCallers = 0;
    Instant m_waitToldAt;
    Instant m_notBeforeThat; ///< What m_notBefore was then.
    Counts m_counts;
    std::map<std::string, std::string> m_states;
    std::map<std::string, std::vector<std::string>> m_entries;
    std::set<std::string> m_knownKeys;
};

} // namespace tw::test

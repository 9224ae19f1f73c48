// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"
#include "core/connector/CallReport.h"
#include "core/engine/ConcurrencyLimit.h"
#include "core/engine/DayBudget.h"
#include "core/engine/GateStatus.h"
#include "core/engine/OutageWatch.h"
#include "core/engine/TokenBucket.h"

#include <map>
#include <string>

namespace tw {

/// Decides when a call to one connection may leave.
///
/// Four things may keep it back: a person's pause; a block (an outage, a refused sign-in, a day that
/// is used up), which ends when one call that was let through to look comes back well, and lasts
/// longer each time it does not; the wait that the other side asked for; and the limits on calls per
/// second and calls on their way. What is learnt is not forgotten over a restart: text() and
/// restore(). A state machine of values, for the engine's thread; waits for nothing itself.
class Gate
{
public:
    struct Verdict
    {
        bool go = false;
        std::optional<Instant> at; ///< Ask again then; none: after ended(), told() or resume().
    };

    Gate(std::string connection, const ConnectionLimits &limits, const Clock &clock,
         std::uint64_t seed);

    /// Whether a call of this class may leave now. Every call that leaves is begin() and ended().
    Verdict ask(const std::string &endpoint) const;
    void begin(const std::string &endpoint);
    void ended();
    /// The same for one more call of a step that is on its way: an outage does not keep it, its place
    /// is taken already.
    Verdict askFurther(const std::string &endpoint) const;
    void beginFurther(const std::string &endpoint);
    /// Whether a call that was begun and has not left yet is still welcome.
    bool mayStillLeave(const std::string &endpoint) const;
    void told(const CallReport &report);

    void pause(std::string who, std::string why);
    /// Ends a pause; a block is looked at with the next call.
    void resume();

    /// Nothing may leave for now, however few calls there are: a record that comes is to wait
    /// outside. While one call looks, too.
    bool isShut() const;
    /// The connection itself is in trouble: a failure now says nothing about the record.
    bool isBlocked() const { return m_block.cause != GateCause::None; }
    bool isLooking() const; ///< Shut, but for one call.

    const std::string &connection() const { return m_connection; }
    int inFlight() const { return m_inFlight; }
    /// Changes whenever something has to wait longer than before, for the connection or a class of calls.
    std::uint64_t waits() const { return m_longer; }
    GateView view() const;
    GateStatus status() const; ///< Without `queued`.

    /// JSON: pause, block, waits, refusals, concurrency, day. Times are moved by `shift`.
    std::string text(std::chrono::milliseconds shift = {}) const;
    /// What text() said when a process before this one kept it, and when that was. When the clock was
    /// set meanwhile, what was left to wait then is left now.
    void restore(std::string_view text, Instant at, bool clockMoved = false);

private:
    struct Block
    {
        GateCause cause = GateCause::None;
        std::string why;
        Instant since;
        Instant until;
        int times = 0;
    };
    struct Pause
    {
        std::string who;
        std::string why;
        Instant since;
    };
    struct Wait
    {
        std::string why;
        Instant since;
        Instant until;
    };

    void fine();
    void block(GateCause cause, const CallReport &report);
    void unblock();
    void slowDown(const CallReport &report);
    void prolong(Instant &until, Instant to);
    std::optional<Instant> waitUntil(const std::string &endpoint, Instant now) const;
    std::optional<Instant> tokensAt(const std::string &endpoint, Instant now) const;
    TokenBucket *bucketOf(const std::string &endpoint);
    const TokenBucket *bucketOf(const std::string &endpoint) const;

    std::string m_connection;
    const Clock &m_clock;
    Random m_random;
    double m_perEndpoint;
    std::map<std::string, TokenBucket> m_buckets; ///< By class of calls; "" is for all.
    OutageWatch m_watch;
    ConcurrencyLimit m_concurrency;
    DayBudget m_day;
    std::optional<Pause> m_pause;
    Block m_block;
    Instant m_unblockedAt; ///< A block soon after goes on where the last one was.
    int m_lastTimes = 0;
    GateCause m_lastCause = GateCause::None;
    std::map<std::string, Wait> m_waits; ///< Asked for by the other side; "" is for all.
    int m_refusals = 0;                  ///< "Too many" without a time, in a row.
    int m_inFlight = 0;
    std::uint64_t m_longer = 0;
};

} // namespace tw

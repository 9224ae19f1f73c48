// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/Gate.h"

#include <algorithm>

namespace tw {
namespace {

using Health = CallReport::Health;
using Milliseconds = std::chrono::milliseconds;

struct Patience
{
    Milliseconds first;
    Milliseconds longest;
};

// An outage is often over within seconds. Signing in again and again may lock an account, and a day
// has room again after hours.
Patience patienceFor(GateCause cause)
{
    switch (cause) {
    case GateCause::SignIn:
        return {std::chrono::seconds(30), std::chrono::minutes(15)};
    case GateCause::DayBudget:
        return {std::chrono::minutes(15), std::chrono::hours(1)};
    default:
        return {std::chrono::seconds(1), std::chrono::minutes(5)};
    }
}

constexpr Patience kTooMany{Milliseconds(500), std::chrono::seconds(60)};
constexpr std::chrono::seconds kRelapse{30};

/// Half of it is certain, so that the other side gets its rest; half is chance, so that not all come
/// back together.
Milliseconds grown(const Patience &patience, int times, Random &random)
{
    double wait = static_cast<double>(patience.first.count());
    const auto longest = static_cast<double>(patience.longest.count());
    for (int i = 0; i < times && wait < longest; ++i)
        wait *= 2;
    wait = std::min(wait, longest);
    return Milliseconds(static_cast<std::int64_t>(wait / 2 + wait / 2 * random.unit()));
}

} // namespace

std::string_view toString(GateState state)
{
    static constexpr std::string_view kNames[] = {"closed", "open", "half-open", "paused"};
    return kNames[static_cast<std::size_t>(state)];
}

std::string_view wordOf(GateState state)
{
    static constexpr std::string_view kWords[] = {"flowing", "held", "trying", "held"};
    return kWords[static_cast<std::size_t>(state)];
}

std::string_view toString(GateCause cause)
{
    static constexpr std::string_view kNames[] = {"none",       "outage",     "sign_in",
                                                  "day_budget", "rate_limit", "person"};
    return kNames[static_cast<std::size_t>(cause)];
}

Gate::Gate(std::string connection, const ConnectionLimits &limits, const Clock &clock,
           std::uint64_t seed)
    : m_connection(std::move(connection)), m_clock(clock), m_random(seed),
      m_perEndpoint(limits.perEndpoint), m_concurrency(limits.concurrency),
      m_day(limits.dailyReserve)
{
    for (const RateLimit &rate : limits.rates)
        m_buckets.emplace(rate.endpoint,
                          TokenBucket(rate.perSecond, rate.burst > 0 ? rate.burst : rate.perSecond,
                                      clock.now()));
}

const TokenBucket *Gate::bucketOf(const std::string &endpoint) const
{
    const auto found = m_buckets.find(endpoint);
    return found == m_buckets.end() ? nullptr : &found->second;
}

TokenBucket *Gate::bucketOf(const std::string &endpoint)
{
    const auto found = m_buckets.find(endpoint);
    if (found != m_buckets.end())
        return &found->second;
    if (endpoint.empty() || m_perEndpoint <= 0)
        return nullptr;
    return &m_buckets.emplace(endpoint, TokenBucket(m_perEndpoint, m_perEndpoint, m_clock.now()))
                .first->second;
}

std::optional<Instant> Gate::waitUntil(const std::string &endpoint, Instant now) const
{
    std::optional<Instant> until;
    for (const auto &[name, wait] : m_waits) {
        if ((name.empty() || name == endpoint) && wait.until > now)
            until = std::max(until.value_or(now), wait.until);
    }
    return until;
}

std::optional<Instant> Gate::tokensAt(const std::string &endpoint, Instant now) const
{
    std::optional<Instant> at;
    for (const TokenBucket *bucket : {bucketOf({}), endpoint.empty() ? nullptr : bucketOf(endpoint)}) {
        if (bucket && !bucket->mayTake(now))
            at = std::max(at.value_or(now), bucket->readyAt(now));
    }
    return at;
}

Gate::Verdict Gate::ask(const std::string &endpoint) const
{
    const Instant now = m_clock.now();
    if (m_pause)
        return {};
    if (const auto until = waitUntil(endpoint, now))
        return {false, until};
    if (isBlocked()) {
        if (m_block.until > now)
            return {false, m_block.until};
        if (m_inFlight > 0)
            return {};
    } else if (m_inFlight >= m_concurrency.now() || !m_day.hasRoom(m_inFlight)) {
        return {};
    }
    if (const auto at = tokensAt(endpoint, now))
        return {false, at};
    return {true, std::nullopt};
}

Gate::Verdict Gate::askFurther(const std::string &endpoint) const
{
    const Instant now = m_clock.now();
    if (m_pause)
        return {};
    if (const auto until = waitUntil(endpoint, now))
        return {false, until};
    if (const auto at = tokensAt(endpoint, now))
        return {false, at};
    return {true, std::nullopt};
}

void Gate::begin(const std::string &endpoint)
{
    ++m_inFlight;
    beginFurther(endpoint);
}

void Gate::beginFurther(const std::string &endpoint)
{
    const Instant now = m_clock.now();
    if (TokenBucket *all = bucketOf({}))
        all->take(now);
    TokenBucket *own = endpoint.empty() ? nullptr : bucketOf(endpoint);
    if (own)
        own->take(now);
}

void Gate::ended()
{
    --m_inFlight;
}

bool Gate::mayStillLeave(const std::string &endpoint) const
{
    const Instant now = m_clock.now();
    return !m_pause && !waitUntil(endpoint, now) && !(isBlocked() && m_block.until > now);
}

void Gate::told(const CallReport &report)
{
    const Instant now = m_clock.now();
    if (report.day)
        m_day.seen(*report.day, now);
    switch (report.health) {
    case Health::Fine:
        m_watch.succeeded(now);
        return fine();
    case Health::TooMany:
        m_watch.succeeded(now); // It is there, and busy.
        return slowDown(report);
    case Health::DayUsedUp:
        m_watch.succeeded(now);
        return block(GateCause::DayBudget, report);
    case Health::SignedOut:
        m_watch.succeeded(now);
        return block(GateCause::SignIn, report);
    case Health::NoAnswer:
    case Health::Failing:
        break;
    }
    if (report.health == Health::Failing)
        m_concurrency.refused(now);
    const bool outage = m_watch.failed(now);
    if (outage || isBlocked())
        return block(GateCause::Outage, report);
    if (report.retryAfter)
        slowDown(report);
}

void Gate::fine()
{
    m_refusals = 0;
    m_concurrency.succeeded();
    if (!m_day.hasRoom(0)) {
        CallReport full;
        full.why = "The flows' part of the day's calls is used up; the rest is left to people.";
        return block(GateCause::DayBudget, full);
    }
    if (isBlocked() && m_block.until <= m_clock.now())
        unblock();
}

/// A call that left before the trouble and comes back later does not make the block longer, unless it
/// brings the wait that the other side asks for.
void Gate::block(GateCause cause, const CallReport &report)
{
    const Instant now = m_clock.now();
    const Instant asked = now + report.retryAfter.value_or(Milliseconds(0));
    if (isBlocked() && m_block.until > now) {
        prolong(m_block.until, asked);
        return;
    }
    const bool relapse = !isBlocked() && m_lastCause == cause && now - m_unblockedAt < kRelapse;
    if (m_block.cause != cause)
        m_block = {cause, {}, now, {}, relapse ? m_lastTimes : 0};
    m_block.why = report.why;
    prolong(m_block.until,
            std::max(asked, now + grown(patienceFor(cause), m_block.times++, m_random)));
}

void Gate::unblock()
{
    if (m_block.cause == GateCause::Outage)
        m_concurrency.restart();
    m_lastCause = m_block.cause;
    m_lastTimes = m_block.times;
    m_unblockedAt = m_clock.now();
    m_block = {};
    m_watch.forget();
}

void Gate::slowDown(const CallReport &report)
{
    const Instant now = m_clock.now();
    m_concurrency.refused(now);
    Wait &wait = m_waits[report.endpoint];
    const bool begins = wait.until <= now;
    if (!report.retryAfter && !begins)
        return; // Of the same volley.
    if (begins)
        wait.since = now;
    wait.why = report.why;
    prolong(wait.until, now
                            + (report.retryAfter ? *report.retryAfter
                                                 : grown(kTooMany, m_refusals++, m_random)));
}

void Gate::prolong(Instant &until, Instant to)
{
    if (to <= until)
        return;
    until = to;
    ++m_longer;
}

void Gate::pause(std::string who, std::string why)
{
    m_pause = Pause{std::move(who), std::move(why), m_clock.now()};
}

void Gate::resume()
{
    m_pause.reset();
    if (isBlocked())
        m_block.until = std::min(m_block.until, m_clock.now());
}

bool Gate::isShut() const
{
    return m_pause || isBlocked() || !m_day.hasRoom(0) || waitUntil({}, m_clock.now());
}

bool Gate::isLooking() const
{
    return !m_pause && isBlocked() && m_block.until <= m_clock.now();
}

GateView Gate::view() const
{
    const Instant now = m_clock.now();
    if (m_pause)
        return {GateState::Paused, GateCause::Person, m_pause->since, std::nullopt};
    if (isBlocked()) {
        const GateState state = m_block.until <= now ? GateState::HalfOpen
            : m_block.cause == GateCause::Outage     ? GateState::Open
                                                     : GateState::Paused;
        return {state, m_block.cause, m_block.since, m_block.until};
    }
    const auto wait = m_waits.find({});
    if (wait != m_waits.end() && wait->second.until > now)
        return {GateState::Paused, GateCause::RateLimit, wait->second.since, wait->second.until};
    return {};
}

GateStatus Gate::status() const
{
    const Instant now = m_clock.now();
    GateStatus status;
    static_cast<GateView &>(status) = view();
    status.connection = m_connection;
    if (status.cause == GateCause::Person) {
        status.why = m_pause->why;
        status.by = m_pause->who;
    } else if (status.cause != GateCause::None) {
        status.why = isBlocked() ? m_block.why : m_waits.find({})->second.why;
    }
    status.inFlight = m_inFlight;
    status.concurrency = m_concurrency.now();
    status.callsLastMinute = m_watch.calls(now);
    status.failuresLastMinute = m_watch.failures(now);
    if (const TokenBucket *all = bucketOf({}); all && all->isLimited())
        status.tokens = all->tokens(now);
    if (m_day.isKnown()) {
        status.dayUsed = m_day.used();
        status.dayLimit = m_day.limit();
        status.dayReserve = m_day.reserved();
        status.dayUsedUpAt = m_day.forecast(now);
    }
    return status;
}

} // namespace tw

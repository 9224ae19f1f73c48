// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>

class QObject;

namespace tw {

/// A moment in UTC, in milliseconds since 1970. Never local time.
struct Instant
{
    std::int64_t msSinceEpoch = 0;

    static Instant fromSeconds(std::int64_t unixSeconds) { return {unixSeconds * 1000}; }
    std::int64_t seconds() const { return msSinceEpoch / 1000; }
    auto operator<=>(const Instant &) const = default;
};

inline Instant operator+(Instant at, std::chrono::milliseconds span)
{
    return {at.msSinceEpoch + span.count()};
}

inline std::chrono::milliseconds operator-(Instant later, Instant earlier)
{
    return std::chrono::milliseconds(later.msSinceEpoch - earlier.msSinceEpoch);
}

/// The only source of time in core, so that tests can hold it. Use from the thread that owns it.
class Clock
{
public:
    virtual ~Clock() = default;

    virtual Instant now() const = 0;

    /// Since the machine was started, sleep included: what nobody sets. Only differences mean something.
    virtual std::chrono::milliseconds upTime() const = 0;

    /// Calls `action` once after `delay` on the caller's thread, through its event loop, unless
    /// `context` is gone by then. A null context always fires.
    virtual void callAfter(std::chrono::milliseconds delay, QObject *context,
                           std::function<void()> action) = 0;
};

/// Wall clock and event-loop timers.
class SystemClock final : public Clock
{
public:
    Instant now() const override;
    std::chrono::milliseconds upTime() const override;
    void callAfter(std::chrono::milliseconds delay, QObject *context,
                   std::function<void()> action) override;
};

/// Stands still until it is told to move. Due actions run inside advance(), in order of time.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(Instant start = Instant::fromSeconds(1'790'000'000)) : m_now(start) {}

    Instant now() const override { return m_now; }
    std::chrono::milliseconds upTime() const override
    {
        return std::chrono::milliseconds(m_now.msSinceEpoch) - m_setBy;
    }
    void callAfter(std::chrono::milliseconds delay, QObject *context,
                   std::function<void()> action) override;
    void advance(std::chrono::milliseconds span);
    /// Somebody sets it: it shows another time, and what waits still waits as long as before.
    void jump(std::chrono::milliseconds span);
    bool hasPending() const { return !m_pending.empty(); }
    /// How long until the next action is due; 0 when it is overdue. Only when hasPending().
    std::chrono::milliseconds untilNext() const;

private:
    Instant m_now;
    std::chrono::milliseconds m_setBy{0};
    std::multimap<Instant, std::function<void()>> m_pending;
};

/// The time of another clock, without the jumps when somebody sets that one: for whatever has to wait
/// so long and no shorter. Both show the same until then. `wall` must outlive it.
class SteadyClock final : public Clock
{
public:
    explicit SteadyClock(Clock &wall) : m_wall(wall), m_start(wall.now()), m_startedAt(wall.upTime()) {}

    Instant now() const override { return m_start + (m_wall.upTime() - m_startedAt); }
    std::chrono::milliseconds upTime() const override { return m_wall.upTime(); }
    void callAfter(std::chrono::milliseconds delay, QObject *context,
                   std::function<void()> action) override
    {
        m_wall.callAfter(delay, context, std::move(action));
    }

    /// A moment of this clock as the other one showed or will show it, and the way back.
    Instant toWall(Instant at) const { return at + m_setBy; }
    Instant fromWall(Instant at) const { return at + -m_setBy; }
    /// By how much the other one was set since this was asked last; toWall() counts with it from now
    /// on. Less than a second or so is left alone.
    std::chrono::milliseconds follow();

private:
    Clock &m_wall;
    Instant m_start;
    std::chrono::milliseconds m_startedAt;
    std::chrono::milliseconds m_setBy{0};
};

} // namespace tw

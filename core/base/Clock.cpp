// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Clock.h"

#include "core/base/FaultPoint.h"

#include <algorithm>
#include <ctime>

#include <QCoreApplication>
#include <QPointer>
#include <QTimer>

namespace tw {
namespace {

constexpr std::chrono::milliseconds kSameClock{1500};

} // namespace

Instant SystemClock::now() const
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
#ifdef TIDEWIRE_FAULT_POINTS
    return {now + faultClockMs()};
#else
    return {now};
#endif
}

std::chrono::milliseconds SystemClock::upTime() const
{
    timespec up{};
    ::clock_gettime(CLOCK_BOOTTIME, &up);
    return std::chrono::milliseconds(std::int64_t(up.tv_sec) * 1000 + up.tv_nsec / 1'000'000);
}

void SystemClock::callAfter(std::chrono::milliseconds delay, QObject *context,
                            std::function<void()> action)
{
    if (context)
        QTimer::singleShot(delay, context, std::move(action));
    else
        QTimer::singleShot(delay, std::move(action));
}

void ManualClock::callAfter(std::chrono::milliseconds delay, QObject *context,
                            std::function<void()> action)
{
    if (!context) {
        m_pending.emplace(m_now + delay, std::move(action));
        return;
    }
    m_pending.emplace(m_now + delay,
                      [guard = QPointer<QObject>(context), action = std::move(action)] {
                          if (guard)
                              action();
                      });
}

std::chrono::milliseconds ManualClock::untilNext() const
{
    return std::max(std::chrono::milliseconds(0), m_pending.begin()->first - m_now);
}

void ManualClock::advance(std::chrono::milliseconds span)
{
    const Instant target = m_now + span;
    while (!m_pending.empty() && m_pending.begin()->first <= target) {
        auto due = m_pending.extract(m_pending.begin());
        m_now = due.key();
        due.mapped()();
    }
    m_now = target;
}

void ManualClock::jump(std::chrono::milliseconds span)
{
    m_now = m_now + span;
    m_setBy += span;
    std::multimap<Instant, std::function<void()>> moved;
    for (auto &[at, action] : m_pending)
        moved.emplace(at + span, std::move(action));
    m_pending = std::move(moved);
}

std::chrono::milliseconds SteadyClock::follow()
{
    const auto moved = m_wall.now() - toWall(now());
    if (moved > -kSameClock && moved < kSameClock)
        return {};
    m_setBy += moved;
    return moved;
}

} // namespace tw

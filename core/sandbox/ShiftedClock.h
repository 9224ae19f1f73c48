// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <QObject>
#include <QPointer>
#include <functional>
#include <map>
#include <unordered_map>

namespace tw::sandbox {

/// The clock of a double: another clock, and as much more as it was told to move on. What waits for
/// a time is done on the way there, in order. Thread of the double; `base` must outlive it.
class ShiftedClock final : public QObject, public Clock
{
public:
    explicit ShiftedClock(Clock &base) : m_base(base) {}

    Instant now() const override { return m_base.now() + m_shift; }
    std::chrono::milliseconds upTime() const override { return m_base.upTime() + m_shift; }
    void callAfter(std::chrono::milliseconds delay, QObject *context,
                   std::function<void()> action) override;
    void advance(std::chrono::milliseconds span);
    std::chrono::milliseconds shift() const { return m_shift; }

private:
    struct Waiting
    {
        std::uint64_t number = 0;
        bool guarded = false;
        QPointer<QObject> context;
        std::function<void()> action;
    };
    using Queue = std::multimap<Instant, Waiting>;
    void fire(Queue::iterator at);

    Clock &m_base;
    std::chrono::milliseconds m_shift{0};
    Queue m_waiting;
    std::unordered_map<std::uint64_t, Queue::iterator> m_places;
    std::uint64_t m_last = 0;
};

} // namespace tw::sandbox

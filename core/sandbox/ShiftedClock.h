// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <QObject>
#include <QPointer>
#include <functional>
#include <map>

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
        bool guarded = false;
        QPointer<QObject> context;
        std::function<void()> action;
    };
    void fire(std::multimap<Instant, Waiting>::iterator at);
    void fireDue();

    Clock &m_base;
    std::chrono::milliseconds m_shift{0};
    std::multimap<Instant, Waiting> m_waiting;
};

} // namespace tw::sandbox

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/data/Value.h"

#include <QTime>
#include <QTimeZone>
#include <optional>

namespace tw::logic {

/// By whose clocks days and times of day are read.
struct WallClock
{
    QTimeZone zone = QTimeZone::utc();
    std::optional<QTime> at; ///< Time of day for what names a day; none: midnight.
};

/// What a value says about a time: milliseconds since 1970, an ISO 8601 time, or a day, which means
/// the time of day of `clock`. A time without an offset is read by the clocks of its zone. Error:
/// Rejected `logic.no_time`.
Result<Instant> dueTime(const Value &value, const WallClock &clock);

/// The first time at or after `earliest` that shows the time of day of `clock`; `earliest` itself when
/// it names none.
Instant nextTimeOfDay(Instant earliest, const WallClock &clock);

/// "09:00"; error Config `logic.no_time`.
Result<QTime> timeOfDay(const std::string &text);
/// "Europe/Berlin"; error Config `logic.unknown_zone`.
Result<QTimeZone> zoneNamed(const std::string &name);

} // namespace tw::logic

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tw {

/// Words of an electric breaker: closed lets calls pass, open lets none, half-open lets one look.
enum class GateState { Closed, Open, HalfOpen, Paused };

/// What keeps calls back.
enum class GateCause {
    None,
    Outage,    ///< It does not answer, or says that it is broken.
    SignIn,    ///< It does not know us any more.
    DayBudget, ///< The flows' part of the day's allowance is used up.
    RateLimit, ///< It asked for fewer calls.
    Person,    ///< Somebody paused the connection.
};

std::string_view toString(GateState state);
std::string_view toString(GateCause cause);
/// What calls do, in the words of people: flowing, held, trying.
std::string_view wordOf(GateState state);

/// The gist of a gate: what is worth telling when it changes.
struct GateView
{
    GateState state = GateState::Closed;
    GateCause cause = GateCause::None;
    std::optional<Instant> since; ///< Not closed.
    std::optional<Instant> until; ///< Then the next call looks; none: until somebody acts.
};

/// One connection as people see it. A plain value; may cross threads.
struct GateStatus : GateView
{
    std::string connection;
    std::string why; ///< What the other side or the person said.
    std::string by;  ///< Cause Person: who.

    std::size_t queued = 0;       ///< Runs that wait in front of it.
    int inFlight = 0;             ///< Calls on their way,
    int concurrency = 0;          ///< of so many that may be.
    int callsLastMinute = 0;
    int failuresLastMinute = 0;
    std::optional<double> tokens; ///< Of the limit for all calls; none: no such limit.

    std::optional<std::int64_t> dayUsed; ///< By everybody, as the other side last said.
    std::optional<std::int64_t> dayLimit;
    std::optional<std::int64_t> dayReserve;
    std::optional<Instant> dayUsedUpAt;  ///< When flows will have used up their part at this pace.

    std::uint64_t readsThisMonth = 0; ///< Reads of steps and triggers together.
    std::uint64_t readAllowance = 0;  ///< What the other side allows in a month; 0: not known.
};

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tw {

/// What one call told about the other side as a whole, whatever became of the records it carried.
///
/// A connection hands one to its engine after each call, before the step that made the call answers.
/// From these the engine decides when the next call may leave, and whether any may.
struct CallReport
{
    enum class Health {
        Fine,      ///< It answered; the refusal of a record is an answer.
        NoAnswer,  ///< Not reached, no answer, or half of one.
        Failing,   ///< It says that it is broken: 5xx.
        TooMany,   ///< It wants fewer calls: 429. They wait, one by one they go on.
        DayUsedUp, ///< Nothing goes before the other side's day has room again.
        SignedOut, ///< It does not know us. Nothing goes before that changed; a try now and then looks.
    };
    /// An allowance that everybody shares who uses the account.
    struct Day
    {
        std::int64_t used = 0;
        std::int64_t limit = 0;
    };

    Health health = Health::Fine;
    std::optional<std::chrono::milliseconds> retryAfter; ///< Nothing more before that.
    std::string endpoint;   ///< TooMany: of this class of calls; empty: of all.
    std::optional<Day> day; ///< What the answer said, also a good one.
    std::string why;        ///< For people, one sentence; not for Fine.
};

struct StepAnswer;

/// What a step's failure says about its connection, for connections that make no reports.
CallReport callReportOf(const Error &error);
CallReport callReportOf(const StepAnswer &answer);

/// How many calls the other side takes.
struct RateLimit
{
    std::string endpoint; ///< Class of calls (Step::endpoint()); empty: all.
    double perSecond = 0;
    double burst = 0; ///< At once; 0: what a second has.
};

/// What a connection declares, out of its settings and what is known of the other side.
struct ConnectionLimits
{
    std::vector<RateLimit> rates;
    double perEndpoint = 0;  ///< A second, of each class without a line above; 0: no limit.
    int concurrency = 32;    ///< Calls on their way at most; fewer while it says "too many".
    double dailyReserve = 0; ///< Share of the day's allowance that is left to people.
};

} // namespace tw

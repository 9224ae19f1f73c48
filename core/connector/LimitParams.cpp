// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connector/LimitParams.h"

#include <algorithm>

namespace tw {

Param rateParam()
{
    return number("rate", "Calls per second")
        .help("At most so many leave in a second, a few together after a rest. Empty: what the other "
              "side is known to take.")
        .range(0.01, 10'000)
        .example("10")
        .advanced();
}

Param concurrencyParam(const char *fallback)
{
    return integer("concurrency", "Calls at a time")
        .help("At most so many are on their way; fewer by themselves while the other side says that "
              "it is too busy.")
        .range(1, 500)
        .fallback(fallback)
        .advanced();
}

Param dailyReserveParam(const char *percent)
{
    return integer("daily_reserve", "Reserve of the day, in percent")
        .help("This share of the day's calls is left to people and other programs: flows stop before "
              "it and go on by themselves when there is room again.")
        .range(0, 95)
        .fallback(percent)
        .advanced();
}

ConnectionLimits limitsFrom(const Settings &settings, ConnectionLimits known)
{
    if (settings.has("concurrency"))
        known.concurrency = static_cast<int>(settings.integer("concurrency"));
    if (settings.has("daily_reserve"))
        known.dailyReserve = static_cast<double>(settings.integer("daily_reserve")) / 100;
    if (settings.has("rate")) {
        std::erase_if(known.rates, [](const RateLimit &rate) { return rate.endpoint.empty(); });
        known.rates.push_back({{}, settings.number("rate"), 0});
    }
    return known;
}

} // namespace tw

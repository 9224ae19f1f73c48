// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>

namespace tw {

/// What a client of our HTTP server may ask for before it is refused. The defaults suit webhooks.
struct HttpLimits
{
    std::size_t headBytes = 16 * 1024;                ///< Request line and fields; above it 431.
    std::size_t headerCount = 100;                    ///< Fields; above it 431.
    std::size_t bodyBytes = 1024 * 1024;              ///< After decoding chunks; above it 413.
    std::size_t connections = 1000;                   ///< At once; above it 503 and close.
    std::chrono::milliseconds headTimeout{10'000};    ///< First byte to end of head, else 408.
    std::chrono::milliseconds requestTimeout{30'000}; ///< First byte to end of body, else 408.
    std::chrono::milliseconds idleTimeout{60'000};    ///< Kept-alive without a request: closed.
    std::chrono::milliseconds writeTimeout{30'000};   ///< No progress while we answer: dropped.
    std::chrono::milliseconds lingerTimeout{2'000};   ///< Reading on after a final answer.
};

} // namespace tw

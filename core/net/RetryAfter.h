// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace tw {

/// The wait of a Retry-After field: seconds, or an HTTP date of which `now` is taken away. A date
/// that has passed is no wait. None for anything else; never negative, never above a week.
std::optional<std::chrono::milliseconds> parseRetryAfter(std::string_view value, Instant now);

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/RetryAfter.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace tw {

namespace {

constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 7);

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

std::optional<std::chrono::milliseconds> parseRetryAfter(std::string_view value, Instant now)
{
    value = trimmed(value);
    if (value.empty())
        return std::nullopt;
    if (value.find_first_not_of("0123456789") == std::string_view::npos) {
        std::int64_t seconds = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
        const std::int64_t longest = kLongest.count() / 1000;
        return std::chrono::seconds(read.ec == std::errc() ? std::min(seconds, longest) : longest);
    }
    // All three forms of RFC 9110 section 5.6.7 start with the name of a day.
    if ((value.front() | 0x20) < 'a' || (value.front() | 0x20) > 'z')
        return std::nullopt;
    const time_t at = curl_getdate(std::string(value).c_str(), nullptr);
    if (at < 0)
        return std::nullopt;
    return std::clamp(Instant::fromSeconds(at) - now, std::chrono::milliseconds(0), kLongest);
}

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Error.h"

#include <chrono>
#include <string>

#include <curl/curl.h>

namespace tw {

/// What is known about a transfer that brought no answer.
struct HttpFailure
{
    CURLcode code = CURLE_OK;
    std::string host;     ///< For the person; never path or query, which may hold data.
    std::string detail;   ///< libcurl's words.
    bool wasSent = false; ///< At least one byte of the request went out.
    bool addressRefused = false;
    bool tooLarge = false;
    std::chrono::milliseconds timeout{};
    std::size_t maxBytes = 0;
};

/// The error whose kind is the right reaction.
Error toError(const HttpFailure &failure);

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Error.h"

#include <map>
#include <string>
#include <utility>

namespace tw {

/// What the door turned away, as warnings of the log: whoever knocks a thousand times fills no
/// disk. Of one place and code a line a minute is written; the next one says how many were left
/// out. Lives on the runtime's thread; `clock` must outlive it.
class RefusalLog
{
public:
    explicit RefusalLog(Clock &clock) : m_clock(clock) {}

    /// `flow` and `trigger` are empty where no step was meant.
    void write(const std::string &flow, const std::string &trigger, const Error &why);

private:
    struct Told
    {
        Instant at;
        int leftOut = 0;
    };

    Clock &m_clock;
    std::map<std::pair<std::string, std::string>, Told> m_told; ///< By place and code: a few.
};

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/LogIds.h"

#include <optional>
#include <string>
#include <string_view>

namespace tw {
class Redactor;
}

namespace tw::log {

enum class Level { Error, Warning, Info, Debug }; ///< What an operator should do, see Log.h.
enum class Form { Text, Json };

std::string_view toString(Level level);
std::optional<Level> levelFromString(std::string_view text);

struct Line
{
    Instant time;
    Level level = Level::Info;
    std::string_view area; ///< "engine", "net".
    std::string_view message;
    Ids::Known ids;
    bool rehearsal = false;
};

/// One line with its end, redacted in every part. Control characters, marks that turn the direction
/// of writing, and what is not UTF-8 are escaped: nobody writes a second line, or another
/// terminal's colours, through a message. Messages beyond 16 KiB are cut.
std::string written(const Line &line, Form form, const Redactor &redactor);

} // namespace tw::log

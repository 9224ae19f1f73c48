// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace tw {

/// What a step must be allowed to do through its connection: "Customers", to read or to write.
struct Right
{
    std::string resource; ///< In the other side's own words, as its forms for permissions name it.
    bool write = false;
    bool operator==(const Right &) const = default;
};

/// One line of what trying a connection showed.
struct ProbeFinding
{
    enum class Kind {
        Fact,    ///< "Mode: test".
        Fine,    ///< A right that is there.
        Warning, ///< It works, and something about it is worth a look.
        Failed,
    };
    Kind kind = Kind::Fact;
    std::string what; ///< "Account", "Customers".
    std::string text;
    std::string fix;  ///< What to do; empty when nothing is.
};

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tw {

/// What a look through the rows of a journal found.
struct RowReport
{
    std::map<std::string, std::int64_t> sound; ///< "dead letter" -> how many match their sums.
    std::int64_t uncovered = 0;                ///< Rows of earlier builds, which have no sum.
    std::int64_t locked = 0;                   ///< Sealed, and the key is not there.
    bool sealed = false;
    bool isOlderForm = false; ///< Of an earlier build that nothing was written to since; its rows were not looked at.
    std::int64_t damaged = 0;
    std::vector<std::string> names; ///< Of damaged rows, the first hundred: "dead letter 2".

    void found(const std::string &name)
    {
        if (++damaged <= 100)
            names.push_back(name);
    }
};

} // namespace tw

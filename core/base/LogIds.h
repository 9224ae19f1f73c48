// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace tw::log {

/// What the log lines of a scope are about, on this thread: an object on the stack around a piece
/// of work. Ids that are empty are those of the enclosing scope. The texts must outlive the scope.
class Ids
{
public:
    struct Known
    {
        std::string_view flow, run, step, delivery;
    };

    explicit Ids(const Known &more);
    ~Ids();
    Ids(const Ids &) = delete;
    Ids &operator=(const Ids &) = delete;

    static const Known &current();

private:
    Known m_before;
};

} // namespace tw::log

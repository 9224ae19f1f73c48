// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace tw::test {

/// Bytes of one connection and what a strict server answers to each request in them. An error
/// status is always the last one: the connection is closed after it.
struct WireCase
{
    const char *name;
    std::string bytes;
    std::vector<int> statuses;
    std::string lastBody; ///< Of the last accepted request.
};

/// Read with head 512 bytes, body 64 bytes, 20 fields.
std::vector<WireCase> wireCases();

} // namespace tw::test

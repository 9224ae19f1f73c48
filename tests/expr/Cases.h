// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Expression.h"

#include <optional>
#include <string>

namespace tw::test {

/// The folder of reference data, or empty when it is not on this machine.
std::string sharedFolder();
std::optional<std::string> readFile(const std::string &path);
/// The JSON document of a file; throws nothing, gives undefined for a broken one.
std::optional<Document> readJson(const std::string &path);

/// Deep equality as the suite means it: key order free, numbers by value (a relative difference of
/// 1e-15 is what printing and reading back may cost).
bool sameResult(const Value &actual, const Value &expected, bool unordered = false);

} // namespace tw::test

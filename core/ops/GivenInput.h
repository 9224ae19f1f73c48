// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <string>
#include <vector>

namespace tw::ops {

/// Whether what a person wrote can stand in the place of a record's input: the same kind of JSON, and,
/// unless `newFields`, none but its fields. Error: Rejected `ops.bad_argument`.
Result<void> fitsInput(const std::string &given, const std::string &original, bool newFields);

/// Whether it can be the answer of a review: of the kind of one of these texts, which are JSON or
/// empty; a group has at least one field of theirs. Error: Rejected `ops.bad_argument`.
Result<void> fitsAnswer(const std::string &given, const std::vector<std::string> &expected);

} // namespace tw::ops

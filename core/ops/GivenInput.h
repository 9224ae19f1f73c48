// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/schema/Shape.h"

#include <string>
#include <vector>

namespace tw::ops {

/// What a person says of an input besides the input.
struct GivenRules
{
    bool newFields = false; ///< It may have fields that the original has not.
    /// It is held against nothing but its kind as a whole: the step's declaration may be out of date.
    bool asIs = false;
};

/// Whether what a person wrote can stand in the place of a record's input: each field that was changed
/// is what the step says it takes (`declared`; none: unknown), or else of the kind that the original
/// has; a field that says which record is written stays. Error: Rejected `ops.bad_argument`.
Result<void> fitsInput(const std::string &given, const std::string &original,
                       const std::vector<Shape> &declared, const GivenRules &rules);

/// Whether it can be the answer of a review: like one of these texts, which are JSON or empty, field by
/// field, and what the steps behind take. Error: Rejected `ops.bad_argument`.
Result<void> fitsAnswer(const std::string &given, const std::vector<std::string> &expected,
                        const std::vector<Shape> &declared, bool asIs);

} // namespace tw::ops

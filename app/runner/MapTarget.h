// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/schema/Shape.h"

#include <string>

namespace tw::runner {

/// What a target takes, from a file: a JSON Schema of an object, or a Salesforce describe result.
/// Error: Config `runner.no_target` for anything else.
Result<Shape> readTarget(const std::string &path);

} // namespace tw::runner

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <string>

namespace tw::runner {

/// The bytes of a file, or of standard input for "-". Error Transient `runner.cannot_read`.
Result<std::string> readInput(const std::string &path);

/// Without slashes at its end.
std::string folderName(std::string path);

} // namespace tw::runner

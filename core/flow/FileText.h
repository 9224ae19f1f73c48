// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <string>

namespace tw {

/// Reads a whole text file of the project. Errors: Transient `flow.no_such_file`, `flow.cannot_read`,
/// `flow.file_too_large` (over 4 MiB).
Result<std::string> readTextFile(const std::string &path);

/// Replaces a file in one step: a temporary beside it, fsync, rename; a reader sees the old bytes
/// or the new ones. Keeps the mode of the file and follows a link. Error: Config
/// `flow.cannot_write`; the old file is untouched then.
Result<void> writeTextFile(const std::string &path, const std::string &text);

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <optional>
#include <string>

namespace tw {

/// Small files for their owner alone (mode 0600). Errors are Transient `vault.cannot_read` and
/// `vault.cannot_write`, or Config `vault.readable_by_others`.

/// Nothing when there is no such file.
Result<std::optional<std::string>> readOwnFile(const std::string &path);
/// The same for a file that holds a key in the clear: refused when others may read it.
Result<std::optional<std::string>> readSecretFile(const std::string &path);

enum class OnExisting { Replace, Keep };
/// Writes in one step (a temporary beside it, fsync, rename or link). False when it was there
/// already and is kept.
Result<bool> writeOwnFile(const std::string &path, const std::string &bytes, OnExisting existing);
/// Makes the folder and those above it, for the owner alone.
Result<void> makeOwnFolder(const std::string &path);

} // namespace tw

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/vault/Masker.h"

#include <string>

namespace tw::privacy_file {

/// The project's `privacy:` rules, kept in its data folder as privacy.json, so that who looks into
/// the folder later masks as the project asks. Written at each start; without rules the file goes.
/// Error Transient `runtime.data_folder`.
Result<void> write(const std::string &file, const PrivacyRules &rules);

/// No file: no rules of the project's own. Error Transient `runtime.data_folder` when it cannot be
/// read: then nobody knows what to mask.
Result<PrivacyRules> read(const std::string &file);

} // namespace tw::privacy_file

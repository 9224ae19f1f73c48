// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Sqlite.h"

namespace tw::sqlite {

/// Brings the file to the form that this build writes: one step per `user_version`, each in a
/// transaction of its own. Error Config `store.newer_format` for a file of a later build.
/// What migrate() brings a file to: its `user_version`.
inline constexpr std::int64_t kFormVersion = 5;

Result<void> migrate(Database &database);

} // namespace tw::sqlite

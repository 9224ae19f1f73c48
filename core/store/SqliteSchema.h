// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/Sqlite.h"

namespace tw::sqlite {

/// What migrate() brings a file to: its `user_version`.
inline constexpr std::int64_t kFormVersion = 6;
inline constexpr std::int64_t kFirstWithSums = 5;

/// Brings the file to the form that this build writes: one step per `user_version`, each in a
/// transaction of its own; the connection knows row_sum() (addRowSum()). Error Config
/// `store.newer_format` for a file of a later build.
Result<void> migrate(Database &database);

} // namespace tw::sqlite

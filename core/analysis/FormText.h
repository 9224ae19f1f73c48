// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Recognition.h"

namespace tw::analysis {

/// What $fromMillis writes without a picture, and a date alone.
constexpr std::string_view kIsoPicture = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";
constexpr std::string_view kDatePicture = "[Y0001]-[M01]-[D01]";

/// How a table that fails for unknown values does so.
std::string unknownEntryText(const SourcePath &source);

} // namespace tw::analysis

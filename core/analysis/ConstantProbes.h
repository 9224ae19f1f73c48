// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tw::analysis {

/// A call that fails exactly when the text of one argument can never be right, whatever the other
/// arguments are: "$sfDate(0, \"Europe/Berln\")". Nothing for arguments that are judged by the
/// others. `parameter` counts from 0; the call has `parameters`.
std::optional<std::string> probeOf(std::string_view function, std::size_t parameter,
                                   std::size_t parameters, std::string_view argument);

} // namespace tw::analysis

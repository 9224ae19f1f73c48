// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace tw::analysis {

/// Whether a call with these arguments gets the context as its first one: `$uppercase()`,
/// `$substring(0, 3)`. `signature` is in JSONata's notation, "<s-nn?:s>"; `letters` are the types
/// of the arguments as far as the text tells (s n b l f o a, 0 = may be anything).
bool takesContext(std::string_view signature, const std::vector<char> &letters);

} // namespace tw::analysis

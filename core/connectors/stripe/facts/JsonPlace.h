// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace tw::stripe {

/// "12:7" of "Line 12, column 7: …", as parseJson() says it; empty where no place is said.
std::string placeIn(std::string_view message);

} // namespace tw::stripe

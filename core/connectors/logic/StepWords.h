// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace tw::logic {

/// A condition in few words for a card: paths show their last name ("amount > 0").
std::string conditionWords(std::string_view expression);
/// A text made by an expression: what stands in quotes, the rest as dots ("Payment … is written").
std::string messageWords(std::string_view expression);
/// "30 days", "1 hour", "90 seconds".
std::string spanWords(std::chrono::milliseconds span);
/// One line of at most `length` characters for a card.
std::string shortened(std::string_view text, std::size_t length = 40);

} // namespace tw::logic

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Step.h"
#include "core/expr/Expression.h"

#include <chrono>
#include <string>
#include <string_view>

namespace tw::logic {

/// Compiles what a setting holds. Error: Config `expr.…`, naming the setting.
Result<Expression> compileSetting(const std::string &text, std::string_view setting);

/// What expressions of a step see besides `$`: `$event`, the start of the run as `$now()`.
Environment environmentOf(const StepCall &call);

/// Evaluates on the input of `call`. The value lives in `arena`, the input and the expression.
Result<Value> evaluate(const Expression &expression, Arena &arena, const StepCall &call);

/// JSONata's reading of a value as yes or no; a missing value is no.
bool isTrue(const Value &value);

/// Strings as they are, anything else as JSON; nothing for a missing value or null.
std::string plainText(const Value &value);

/// A condition in few words for a card: paths show their last name ("amount > 0").
std::string conditionWords(std::string_view expression);
/// A text made by an expression: what stands in quotes, the rest as dots ("Payment … is written").
std::string messageWords(std::string_view expression);
/// "30 days", "1 hour", "90 seconds".
std::string spanWords(std::chrono::milliseconds span);
/// One line of at most `length` characters for a card.
std::string shortened(std::string_view text, std::size_t length = 40);

} // namespace tw::logic

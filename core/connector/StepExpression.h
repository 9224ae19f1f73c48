// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Step.h"
#include "core/expr/Expression.h"

#include <string>
#include <string_view>

namespace tw {

/// Compiles what a setting holds. Error: Config `expr.…`, naming the setting.
Result<Expression> compileSetting(const std::string &text, std::string_view setting);

/// What one expression of a step may cost.
Budget stepBudget();

/// What expressions of a step see besides `$`: `$event`, the start of the run as `$now()`.
Environment environmentOf(const StepCall &call);

/// Evaluates on the input of `call`. The value lives in `arena`, the input and the expression.
Result<Value> evaluate(const Expression &expression, Arena &arena, const StepCall &call);

/// JSONata's reading of a value as yes or no; a missing value is no.
bool isTrue(const Value &value);

/// Strings as they are, anything else as JSON; nothing for a missing value or null.
std::string plainText(const Value &value);

} // namespace tw

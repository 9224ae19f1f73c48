// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Functions.h"

#include <string>
#include <string_view>

namespace tw::expr::fn {

/// Stripe sends null for what is not there: null stays null (clear the field), absent stays absent.
inline bool isMissing(const Value &value)
{
    return value.isUndefined() || value.isNull();
}

/// Fails with one of our own codes (X10..). Always undefined, so that callers can return it.
inline Value refuse(Call &call, std::string_view code, std::string message, int argument)
{
    ExpressionError error;
    error.code = code;
    error.message = std::move(message);
    error.argument = argument;
    return call.run.failWith(std::move(error));
}

} // namespace tw::expr::fn

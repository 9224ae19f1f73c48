// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/runner/Output.h"
#include "core/base/Result.h"
#include "core/expr/Expression.h"

#include <string>
#include <string_view>

namespace tw::runner {

/// "2:5" and the line of `text` with carets under the bytes from `start` to `end` (an empty part
/// gets one). Tabs, wide and combining characters keep the carets in place on a terminal; control
/// characters are not printed; long lines are cut around the part.
std::string markedPlace(std::string_view text, int start, int end);

/// The JSON form that scripts rely on: {"code","position","message"}.
Value errorValue(Arena &arena, const ExpressionError &error, bool withToken);

/// Tells a person (place, carets, what to do) or, with --json, a script. Always kNotRight.
int reportExpressionError(Output &out, std::string_view text, const ExpressionError &error);

/// What an error suggests to do, or empty.
std::string fixFor(const ExpressionError &error);

/// The expression itself, or the content of `file` when that is not empty.
Result<std::string> expressionText(const std::string &expression, const std::string &file);
/// An empty path gives an undefined root.
Result<Document> readDocument(const std::string &path);
int reportUnreadable(Output &out, const Error &error);

} // namespace tw::runner

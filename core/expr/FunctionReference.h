// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/FunctionTable.h"

#include <string>

namespace tw {

/// The function table as people read it. Pure functions; the page is resources/help/functions.md.
std::string_view titleOf(FunctionKind kind); ///< "Text", "Numbers", …
std::string_view idOf(FunctionKind kind);    ///< "text", "higher_order": stable.

/// "$substring(text, start, length?)"
std::string callForm(const FunctionInfo &function);
/// "text: a text (without it: the context); start: a number; length (optional): a number. Gives a
/// text." Empty parts are left out.
std::string signatureInWords(const FunctionInfo &function);

/// What one parameter takes, from 0: "text", "number or null"; empty when there is no such one.
std::string parameterInWords(const FunctionInfo &function, std::size_t index);

/// The whole reference page as Markdown, chapter by chapter.
std::string functionPage();

} // namespace tw

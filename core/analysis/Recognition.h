// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Lineage.h"
#include "core/data/Value.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tw::analysis {

/// The shapes that the mapper draws and edits without text. writeForm(recognise(e)) means the same
/// as e; recognise(writeForm(f)) is f for every f that recognise() gives. Expressions inside a form
/// are texts without outer parentheses; writeForm() adds those that are needed.
namespace form {

struct Copy
{
    SourcePath source;
};
struct Constant
{
    DocumentPtr value;
};
/// A function around one source: `$toMajor(amount, currency)`, `$uppercase(name)`, `amount / 100`.
struct Convert
{
    std::string function; ///< "toMajor", without the dollar; or one of + - * / % with one number.
    SourcePath source;
    std::vector<std::string> arguments; ///< Further arguments as expression texts.
};
/// A value table: `$mapValue(status, {…}, default)` or `$lookup({…}, status) ?? default`. Failing
/// for unknown values is written `… ?? $error("No entry for " & status)`.
struct LookupTable
{
    SourcePath source;
    std::vector<std::pair<std::string, DocumentPtr>> rows;
    DocumentPtr otherwise; ///< Null: no default.
    bool failsWhenUnknown = false;
    bool portable = false; ///< Written with $lookup, which takes nothing but texts.
};
/// A time: `$sfDateTime(created)`, `$sfDate(created, "Europe/Berlin")`, `$fromMillis(created *
/// 1000, …)`.
struct Date
{
    SourcePath source;
    bool dateOnly = false;
    std::string zone;    ///< Empty: UTC.
    std::string picture; ///< Empty: what Salesforce takes.
    int unit =
        1; ///< Milliseconds in one unit of the source: 1000 for Unix seconds, 1 for milliseconds.
};
/// Texts and sources side by side: `first & " " & last`.
struct Join
{
    struct Part
    {
        std::string text; ///< Used when `source` has no steps and no root.
        SourcePath source;
    };
    std::vector<Part> parts;
};
/// First case that holds: `a ? b : c ? d : e`. Texts are expressions.
struct Condition
{
    std::vector<std::pair<std::string, std::string>> cases;
    std::string otherwise; ///< Empty: missing.
};
/// Anything else: shown as an expression.
struct Free
{
    std::string text;
};

} // namespace form

using MapperForm = std::variant<form::Copy, form::Constant, form::Convert, form::LookupTable,
                                form::Date, form::Join, form::Condition, form::Free>;

/// What the mapper may draw for an expression. Never fails: what it does not know is Free, and so
/// is a text with comments, which a drawing would lose.
MapperForm recognise(std::string_view text);
/// The canonical text of a form.
std::string writeForm(const MapperForm &mapperForm);

} // namespace tw::analysis

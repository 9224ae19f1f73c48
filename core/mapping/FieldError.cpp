// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Errors.h"
#include "core/mapping/CompiledMapping.h"

#include <algorithm>
#include <array>

namespace tw {
namespace {

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// What kind of thing a value in an error is, without the thing.
std::string kindOf(std::string_view value)
{
    if (isOneOf(value, {"null", "nothing", "a function", "an array", "an object"}) ||
        value.starts_with("an array of ") || value.starts_with("an object of "))
        return std::string(value);
    if (value == "true" || value == "false")
        return "true or false";
    if (value.starts_with('"'))
        return "a text";
    if (value.starts_with('[') || value.starts_with('{'))
        return value.starts_with('[') ? "an array" : "an object";
    const bool digit = !value.empty() && value.find_first_not_of("0123456789.eE+-") == value.npos;
    return digit ? "a number" : "the given value";
}

/// The sentence of an evaluation error, with kinds in place of values: values may be personal.
std::string discreet(const FieldError &failed)
{
    ExpressionError error = failed.error;
    const bool isCompile = error.phase == ExpressionError::Phase::Compile;
    if (isCompile || error.code.starts_with("map.") || error.code.starts_with("expr."))
        return error.message;
    if (isOneOf(error.code, {"D3137", "D3141"})) {
        const bool isWritten = failed.part.find(error.message) != std::string::npos;
        return isWritten ? error.message : "The expression refused the record.";
    }
    const std::string whole = std::exchange(error.message, {});
    if (!isOneOf(error.code, {"T0412", "D2014", "D3130", "D3132", "D3133"}))
        error.value = kindOf(error.value);
    expr::describe(error);
    if (error.message.empty())
        return whole; // our own functions: their sentences have no payload
    if (!error.token.empty() && error.message.starts_with(error.token))
        return '$' + error.message; // the name of a function, as T1005 and T1006 tell it
    char &first = error.message.front();
    if (first >= 'a' && first <= 'z')
        first = static_cast<char>(first - 'a' + 'A');
    return error.message;
}

/// The part of the expression on one short line; the text of a flow, so nothing personal.
std::string placed(const std::string &part)
{
    constexpr std::size_t kLongest = 60;
    std::string text;
    for (const char c : part) {
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!blank || (!text.empty() && text.back() != ' '))
            text += blank ? ' ' : c;
    }
    if (text.size() > kLongest) {
        std::size_t cut = kLongest;
        while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
            --cut;
        text = text.substr(0, cut) + "…";
    }
    return text.empty() ? text : " (`" + text + "`)";
}

} // namespace

Error FieldError::toError() const
{
    Error failed = error.toError();
    if (error.code.starts_with("map.") || error.code.starts_with("expr."))
        failed.code = error.code;
    const bool isCompile = error.phase == ExpressionError::Phase::Compile;
    failed.message = "The field " + target +
                     (isCompile ? " cannot be mapped" : " could not be filled") + placed(part) +
                     ": " + discreet(*this);
    return std::move(failed).at(target);
}

bool MappingOutcome::failed() const
{
    return std::any_of(fields.begin(), fields.end(), [](const FieldOutcome &field) {
        return field.state == FieldOutcome::State::Failed;
    });
}

} // namespace tw

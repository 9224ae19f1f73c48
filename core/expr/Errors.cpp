// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Errors.h"

#include "core/data/Json.h"
#include "core/expr/Ast.h"
#include "core/expr/FunctionReference.h"
#include "core/expr/RegexProblem.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <algorithm>

namespace tw::expr {
namespace {

struct Sentence
{
    std::string_view code;
    std::string_view text; ///< %t token, %v value, %i argument.
};

constexpr Sentence kSentences[] = {
    {"S0101", "The string has no closing quote."},
    {"S0102", "The number %t is too large."},
    {"S0103", "The escape sequence \\%t is not known."},
    {"S0104", "\\u must be followed by four hexadecimal digits."},
    {"S0105", "The field name has no closing backquote (`)."},
    {"S0106", "The comment has no closing */."},
    {"S0201", "\"%t\" is not expected here."},
    {"S0202", "Expected \"%v\" but found \"%t\"."},
    {"S0203", "Expected \"%v\" before the end of the expression."},
    {"S0204", "\"%t\" is not an operator."},
    {"S0205", "\"%t\" is not expected here."},
    {"S0206", "\"%t\" is no kind of expression."},
    {"S0207", "The expression ends too early."},
    {"S0208", "Parameter %i of a function must be a variable name (beginning with $)."},
    {"S0209", "A predicate cannot stand behind a grouping in one step."},
    {"S0210", "A step can have only one grouping."},
    {"S0211", "\"%t\" cannot begin an expression."},
    {"S0212", "The left side of := must be a variable name (beginning with $)."},
    {"S0213", "The literal %v cannot be a step of a path."},
    {"S0214", "The right side of %t must be a variable name (beginning with $)."},
    {"S0215", "A variable binding with @ must stand before the predicates of its step."},
    {"S0216", "A variable binding with @ must stand before the sorting of its step."},
    {"S0217", "What % means here cannot be derived from the expression."},
    {"S0301", "The regular expression is empty."},
    {"S0302", "The regular expression has no closing /."},
    {"S0401", "Only functions and arrays in a signature take a type parameter, not %v."},
    {"S0402", "A choice in a signature cannot hold types with parameters: %v."},
    {"T0410", "Argument %i of $%t does not have a type that the function takes."},
    {"T0411", "The context value cannot stand in for argument %i of $%t: it has the wrong type."},
    {"T0412", "Argument %i of $%t must be an array of %v."},
    {"T1003", "The key of an object must be a string, but is %v."},
    {"T1005", "%t is not a function. Did you mean $%t?"},
    {"T1006", "%t is not a function."},
    {"T1007", "%t cannot be applied partially: it is not a function. Did you mean $%t?"},
    {"T1008", "%t cannot be applied partially: it is not a function."},
    {"T1010", "A matcher must return an object with match, start, end, groups and next."},
    {"T2001", "The left side of \"%t\" must be a number, but is %v."},
    {"T2002", "The right side of \"%t\" must be a number, but is %v."},
    {"T2003", "The left side of .. must be a whole number, but is %v."},
    {"T2004", "The right side of .. must be a whole number, but is %v."},
    {"T2006", "The right side of ~> must be a function, but is %v."},
    {"T2007", "Sorting needs values of one type, but %v is of another."},
    {"T2008", "Sorting needs numbers or strings, but found %v."},
    {"T2009", "The two sides of \"%t\" must have the same type, but one is %v."},
    {"T2010", "Both sides of \"%t\" must be numbers or strings, but one is %v."},
    {"T2011", "The update of a transform must be an object, but is %v."},
    {"T2012", "The delete of a transform must be a string or an array of strings, but is %v."},
    {"T2013", "The value to transform cannot be copied."},
    {"D1001", "The number is not finite: there was a division by zero or an overflow."},
    {"D1002", "Only numbers can be negated, not %v."},
    {"D1004", "The regular expression matches nothing, which would never end."},
    {"D1009", "Two keys of the object are %v."},
    {"D1011", "Calls are nested too deeply. Is there a recursion that does not end?"},
    {"D1012",
     "The evaluation takes too many steps or too long. Is there a loop that does not end?"},
    {"D2014", "The range .. would have %v items; ten million are allowed."},
    {"D2015", "The evaluation needs more memory than is allowed."},
    {"U1001", "The evaluation does not end within its limits of depth or time."},
    {"D3001", "$string cannot write infinity or NaN."},
    {"D3010", "The second argument of $replace must not be an empty string."},
    {"D3011", "The fourth argument of $replace must not be negative, but is %v."},
    {"D3012", "The function given to $replace must return a string, but returned %v."},
    {"D3020", "The third argument of $split must not be negative, but is %v."},
    {"D3030", "%v cannot be read as a number."},
    {"D3040", "The third argument of $match must not be negative, but is %v."},
    {"D3050", "The function given to $reduce must have at least two parameters."},
    {"D3060", "$sqrt is not defined for the negative number %v."},
    {"D3061", "$power has no finite result for these arguments: %v."},
    {"D3070", "$sort without a function needs an array of numbers or of strings."},
    {"D3080", "A number picture can have at most two sub-pictures."},
    {"D3081", "A sub-picture can have only one decimal separator."},
    {"D3082", "A sub-picture can have only one percent sign."},
    {"D3083", "A sub-picture can have only one per-mille sign."},
    {"D3084", "A sub-picture cannot have both a percent and a per-mille sign."},
    {"D3085", "A sub-picture must have at least one digit place."},
    {"D3086", "A sub-picture cannot have passive characters between active ones."},
    {"D3087", "A grouping separator cannot stand beside the decimal separator."},
    {"D3088", "A grouping separator cannot end the integer part."},
    {"D3089", "A sub-picture cannot have two grouping separators side by side."},
    {"D3090", "Mandatory digits must stand behind optional ones in the integer part."},
    {"D3091", "Mandatory digits must stand before optional ones in the fraction."},
    {"D3092", "A sub-picture with an exponent cannot have a percent or per-mille sign."},
    {"D3093", "The exponent of a sub-picture must consist of digit places only."},
    {"D3100", "The base of $formatBase must be between 2 and 36, but is %v."},
    {"D3110", "%v is not a timestamp in ISO 8601 form."},
    {"D3120", "$eval could not read its text: %v"},
    {"D3121", "$eval could not evaluate its text: %v"},
    {"D3130", "The numbering of the picture is not supported: %v."},
    {"D3131", "A decimal picture must use digits of one family."},
    {"D3132", "The date picture has an unknown component: %v."},
    {"D3133", "The component %v of a date picture cannot be a name."},
    {"D3134", "The timezone of a date picture can have at most four digits."},
    {"D3135", "The date picture has no closing bracket."},
    {"D3136", "The date picture lacks components to determine the moment."},
    {"D3137", "%v"},
    {"D3138", "$single matched more than one value."},
    {"D3139", "$single matched no value."},
    {"D3140", "Malformed URL passed to $%t(): %v"},
    {"D3141", "$assert() statement failed"},
    {"X1001", "$eval is not allowed here."},
    {"X1002", "The expression is nested too deeply; %v levels are allowed."},
    {"X1003", "The regular expression cannot be used: %v"},
};

std::string filled(std::string_view text, const ExpressionError &error)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] == '%' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (c != 't' && c != 'v' && c != 'i') {
            out += text[i];
            continue;
        }
        out += c == 't' ? error.token : c == 'v' ? error.value : std::to_string(error.argument);
        ++i;
    }
    return out;
}

/// "text" for the first of "text, pattern, limit".
std::string parameterAt(std::string_view names, int index)
{
    for (; index > 1 && !names.empty(); --index) {
        const std::size_t comma = names.find(", ");
        names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 2);
    }
    return std::string(names.substr(0, names.find(", ")));
}

/// What a call with wrong, too few or too many arguments is told; empty when nobody knows.
std::string argumentProblem(const ExpressionError &error)
{
    if (error.code != "T0410" || error.token.empty())
        return {};
    const auto table = functionTable();
    const auto found = std::ranges::find(table, error.token, &FunctionInfo::name);
    const bool isKnown = found != table.end();
    const std::string parameter =
        isKnown ? parameterAt(found->arguments, error.argument) : std::string();
    const std::string form = isKnown ? ": " + callForm(*found) + "." : ".";
    const std::string name = parameter.empty() ? "" : " (" + parameter + ")";
    const std::string argument =
        "Argument " + std::to_string(error.argument) + name + " of $" + error.token;
    if (error.value.empty())
        return argument + " is missing" + form;
    if (isKnown && parameter.empty())
        return "$" + error.token + " takes no argument " + std::to_string(error.argument) + form;
    if (!isKnown || error.argument < 1)
        return {};
    const auto index = static_cast<std::size_t>(error.argument - 1);
    const std::string shown = error.value == kSomeValue ? "" : ", but is " + error.value;
    return argument + " must be: " + parameterInWords(*found, index) + shown + ".";
}

} // namespace

void describe(ExpressionError &error)
{
    if (error.message.empty())
        error.message = argumentProblem(error);
    if (!error.message.empty())
        return;
    for (const Sentence &sentence : kSentences) {
        if (sentence.code == error.code)
            error.message = filled(sentence.text, error);
    }
}

ExpressionError compileError(std::string_view code, int position, int start, int end,
                             std::string token, std::string value)
{
    ExpressionError error;
    error.code = code;
    error.position = position;
    error.start = start;
    error.end = end;
    error.token = std::move(token);
    error.value = std::move(value);
    error.phase = ExpressionError::Phase::Compile;
    return error;
}

ExpressionError regexError(const Ast &regex, const RegexProblem &problem)
{
    const int begin = regex.start + 1; // behind the slash
    return compileError("X1003", regex.position, begin + static_cast<int>(problem.start),
                        begin + static_cast<int>(problem.end), std::string(regex.text),
                        problem.sentence());
}

std::string shortText(const Value &value)
{
    constexpr std::size_t kLongest = 80;
    if (value.isUndefined())
        return "nothing";
    if (value.isFunction())
        return "a function";
    if (value.isArray() && value.size() > 20)
        return "an array of " + std::to_string(value.size()) + " items";
    if (value.isObject() && value.size() > 20)
        return "an object of " + std::to_string(value.size()) + " members";
    if (value.isString() && value.size() > kLongest) {
        const std::size_t cut = utf8::offsetOf(value.text(), kLongest);
        return toJson(Value::string(value.text().substr(0, cut))) + "...";
    }
    if (value.isArray() || value.isObject()) {
        const bool isShort = sizeUpTo(value, kLongest) <= kLongest;
        return isShort ? toJson(value) : value.isArray() ? "an array" : "an object";
    }
    return toJson(value);
}

} // namespace tw::expr

namespace tw {

Error ExpressionError::toError() const
{
    const std::string where =
        position < 0 ? std::string() : "character " + std::to_string(position);
    const bool compiling = phase == Phase::Compile;
    Error error =
        compiling ? configError("expr." + code, message) : rejectedError("expr." + code, message);
    error.where = where;
    return error;
}

} // namespace tw

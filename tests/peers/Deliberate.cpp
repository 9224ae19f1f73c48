// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/peers/Deliberate.h"

#include "core/expr/FunctionTable.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

namespace tw::test {
namespace {

struct Difference
{
    std::string_view expression;
    const Outcome &own;
    const Outcome &reference;

    bool says(std::string_view text) const
    {
        return expression.find(text) != std::string_view::npos;
    }
    bool saysAny(std::initializer_list<std::string_view> texts) const
    {
        return std::any_of(texts.begin(), texts.end(), [this](auto text) { return says(text); });
    }
    bool gives(std::string_view text) const
    {
        return reference.result.find(text) != std::string::npos;
    }
    bool bothGive() const { return own.code.empty() && reference.code.empty(); }
    /// `second` stands somewhere behind `first`.
    bool saysInOrder(std::string_view first, std::string_view second) const
    {
        const std::size_t at = expression.find(first);
        return at != std::string_view::npos &&
               expression.find(second, at) != std::string_view::npos;
    }
};

/// `$builtin(?, 1)`, and not `$own(?, 1)`.
bool appliesBuiltinPartially(std::string_view text)
{
    const auto letter = [](char c) { return std::isalnum(c & 0x7F) != 0; };
    for (std::size_t at = text.find('?'); at != std::string_view::npos;
         at = text.find('?', at + 1)) {
        int depth = 0;
        std::size_t open = at;
        while (open > 0 && depth >= 0) {
            const char c = text[--open];
            depth += c == ')' || c == ']' || c == '}' ? 1 : 0;
            depth -= c == '(' || c == '[' || c == '{' ? 1 : 0;
        }
        std::size_t start = open;
        while (start > 0 && letter(text[start - 1]))
            --start;
        const auto table = functionTable();
        const std::string_view name = text.substr(start, open - start);
        if (depth < 0 && text[open] == '(' &&
            std::ranges::find(table, name, &FunctionInfo::name) != table.end())
            return true;
    }
    return false;
}

bool isOf(const std::string &code, std::initializer_list<std::string_view> codes)
{
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

/// With every number cut to thirteen digits.
std::string rounded(const std::string &text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        char *end = nullptr;
        const double number =
            std::isdigit(text[at] & 0x7F) ? std::strtod(text.c_str() + at, &end) : 0;
        if (!end) {
            out += text[at++];
            continue;
        }
        char digits[40];
        std::snprintf(digits, sizeof digits, "%.13g", number);
        out += digits;
        at = static_cast<std::size_t>(end - text.c_str());
    }
    return out;
}

std::string withoutMarks(std::string text)
{
    std::erase_if(text, [](char c) { return c == '.' || c == ','; });
    return text;
}

/// An error of evaluating, not of reading the text.
bool isLate(const std::string &code)
{
    return !code.empty() && (code[0] == 'T' || code[0] == 'D');
}

struct Rule
{
    std::string_view reason;
    bool (*applies)(const Difference &difference);
};

constexpr Rule kRules[] = {
    {"A bare JavaScript exception is an accident of the reference, not a meaning.",
     [](const Difference &d) { return d.reference.code == "js"; }},
    {"What a budget stops differs by how the engines count.",
     [](const Difference &d) {
         return isOf(d.reference.code, {"D1011", "D1012", "D2015"}) ||
                (isOf(d.own.code, {"D1011", "D1012", "D2015"}) && !d.reference.code.empty());
     }},
    {"We name the innermost place of an error. The reference names `and`, `or` or the call that "
     "hands a function over, and for built-in functions used as values the place of an earlier "
     "evaluation.",
     [](const Difference &d) {
         return d.own.code == d.reference.code && isLate(d.own.code) &&
                d.saysAny({"~>", " and ", " or ", ":=", "function", "\u03bb", "$map(", "$filter(",
                           "$each(", "$sift(", "$single(", "$reduce(", "$sort("});
     }},
    {"The reference evaluates the items of an array, and the arguments of some calls, at the same "
     "time; which of two errors comes first is chance.",
     [](const Difference &d) {
         return isLate(d.own.code) && isLate(d.reference.code) && d.says(",") &&
                d.own.position != d.reference.position;
     }},
    {"The reference cannot apply a built-in partially when its JavaScript has default values, and "
     "forgets the signature of one that it can.",
     [](const Difference &d) {
         const bool own = d.own.code.substr(0, 3) == "T04";
         return (d.reference.code == "S0208" && d.saysAny({"(?", "?)", "?,"})) ||
                (appliesBuiltinPartially(d.expression) &&
                 (d.bothGive() || isLate(d.own.code) || d.reference.code == "S0208")) ||
                (own && d.saysAny({"(?", ",?", ", ?"}));
     }},
    {"Nothing comes of dates and zones that do not exist: we raise D3110 or X1016 where the "
     "reference answers NaN.",
     [](const Difference &d) {
         return d.saysAny({"$toMillis(", "$fromMillis("}) &&
                (d.gives("NaN") || d.gives("aN") ||
                 (d.own.code == "D3110" && d.own.token == "fromMillis") ||
                 (d.own.code == "X1016" && d.reference.code.empty()) ||
                 (d.bothGive() && d.says(", 'Z')")));
     }},
    {"Zones west of Greenwich with minutes are right here; the reference is an hour off.",
     [](const Difference &d) {
         return d.bothGive() && d.saysAny({"'-0530'", "'-0930'", "'-0030'"});
     }},
    {"A prefix in front of a number picture with an exponent makes the reference look for the "
     "exponent in the wrong place.",
     [](const Difference &d) {
         return d.says("$formatNumber(") && d.says("e") &&
                (isOf(d.reference.code, {"D3091", "D3093"}) ||
                 (d.bothGive() && d.says("e0") &&
                  d.saysAny({"'$", "'-", "'x ", "'USD ", ";(", ";-", ";neg "})));
     }},
    {"A picture without decimals but with an exponent loses its fraction in the reference.",
     [](const Difference &d) {
         return d.says("$formatNumber(") && d.bothGive() &&
                (d.gives(".e") || (d.says("-separator") && (d.gives("!e") || d.gives(",e"))));
     }},
    {"Numbers from 1e21 on are written out by pictures here, as decimals rather than 1e+21.",
     [](const Difference &d) {
         return d.says("$format") && d.bothGive() &&
                (d.gives("e+") || d.gives("e,+") || d.gives("e.+") || d.saysAny({"1e21", "1e300"}));
     }},
    {"`[%]` alone: a parent is something, so every item stays; the reference drops all.",
     [](const Difference &d) { return d.says("[%]"); }},
    {"Predicates behind a sort see what @ and # have bound; the reference has lost it there.",
     [](const Difference &d) {
         return d.saysAny({"#$", "@$"}) && (d.saysInOrder("^(", "[") || d.saysInOrder("^(", ")^("));
     }},
    {"Characters stay whole; the reference cuts those beyond U+FFFF into surrogates.",
     [](const Difference &d) {
         return d.gives("\\ud8") || d.gives("\\ude") || d.gives("\\udc") ||
                (d.bothGive() && d.says("\xF0\x9F") && d.saysAny({"/./", ".*/", ".+/"}));
     }},
    {"$round to a fraction of a digit, or to a thousand digits, is no NaN here.",
     [](const Difference &d) { return d.says("$round(") && (d.gives("NaN") || d.gives("null")); }},
    {"A part of a date picture that is not known is reported even when it has a presentation.",
     [](const Difference &d) { return d.own.code == "D3132" && d.reference.code.empty(); }},
    {"A day of the year begins that day and may be followed by a time.",
     [](const Difference &d) {
         return d.says("$toMillis(") && d.says("[d") &&
                (d.bothGive() || d.own.code == "D3136" || d.reference.code == "D3136");
     }},
    {"pm alone among parts of a date is not put together.",
     [](const Difference &d) {
         return d.says("$toMillis(") && d.says("[P") &&
                (d.bothGive() || d.own.code == "D3136" || d.reference.code == "D3136");
     }},
    {"Letters that a picture of $parseInteger does not have give NaN, not a number by accident.",
     [](const Difference &d) {
         return d.says("$parseInteger(") && d.own.result.find("NaN") != std::string::npos;
     }},
    {"$formatBase writes numbers exactly, and no infinity.",
     [](const Difference &d) {
         return d.says("$formatBase(") && (d.bothGive() || d.own.code == "D1001");
     }},
    {"Not a number is no operand, whatever stands on the other side; the code differs.",
     [](const Difference &d) {
         return d.says("%") &&
                (d.own.code == "D1001" || isOf(d.reference.code, {"T2001", "T2002", "D1002"}));
     }},
    {"A regular expression handed to a function takes the item alone; in the reference it begins "
     "to search at the item's index.",
     [](const Difference &d) {
         const bool called = d.saysAny({"/(", "/i("});
         const bool handed =
             d.saysAny({"/)", "/i)"}) &&
             d.saysAny({"$map(", "$filter(", "$each(", "$sift(", "$single(", "$reduce(", "$sort("});
         return called || handed;
     }},
    {"A function within a value that a transform copies is dropped, not made an empty text.",
     [](const Difference &d) {
         return d.saysAny({"|", "$clone("}) && d.gives("\"\"");
     }},
    {"Not quite a number is no number: D3030 rather than NaN.",
     [](const Difference &d) { return d.own.code == "D3030" && d.gives("NaN"); }},
    {"The last digit of a power depends on the machine's library.",
     [](const Difference &d) {
         return d.says("$power(") && d.own.code.empty() &&
                rounded(d.own.result) == rounded(d.reference.result);
     }},
    {"What is not Base64 is passed over, byte by byte.",
     [](const Difference &d) { return d.says("$base64decode(") && d.bothGive(); }},
    {"An array that begins a path binds nothing by @ and #, but goes on with its items.",
     [](const Difference &d) {
         return (d.says("]@$") || d.says("]#$")) && (d.bothGive() || isLate(d.reference.code));
     }},
    {"One item of an array that begins a path goes on; the reference loses it, or takes a text "
     "letter by letter.",
     [](const Difference &d) {
         return (d.saysInOrder("][", "].") || d.saysInOrder("]{", "}.")) &&
                d.reference.code.empty() && (d.own.code.empty() || isLate(d.own.code));
     }},
    {"A \\u at the very end of a text is a broken escape before it is an unfinished string.",
     [](const Difference &d) { return d.own.code == "S0104" && d.reference.code == "S0101"; }},
    {"A zone that is Z needs no presentation.",
     [](const Difference &d) { return d.reference.code == "D3134" && d.own.code.empty(); }},
    {"The token of a number is its text; the reference gives the value.",
     [](const Difference &d) {
         return d.own.code == d.reference.code && d.own.position == d.reference.position &&
                !d.own.token.empty() && std::isdigit(d.own.token[0] & 0x7F) &&
                std::atof(d.own.token.c_str()) == std::atof(d.reference.token.c_str());
     }},
    {"A function made by $eval ends with it.",
     [](const Difference &d) { return d.says("$eval(") && d.gives("function"); }},
    {"Nothing has no items: a predicate on a missing value keeps nothing, whereas the reference "
     "asks it once and may go on with an item that is undefined.",
     [](const Difference &d) {
         return d.gives("[undefined") || d.gives(",undefined") || d.says("missing[") ||
                d.gives(",null") || d.gives("[null]") ||
                (d.saysAny({"].[", "].(", "]^(", "].{", "]{", "][", "[[", "[true]", "[false]",
                            "[*]", "[1 in [1,2]]", "[]", "[\"", "['"}) &&
                 (isOf(d.own.result, {"undefined", "{}", "[]", "false", "\"0\""}) ||
                  (d.bothGive() && isOf(d.reference.result, {"undefined", "{}"})) ||
                  (d.own.code.empty() && isLate(d.reference.code))));
     }},
    {"An infinity counts as true in conditions, $filter, `and` and `or`; $boolean and $not report "
     "D1001 as the reference does everywhere.",
     [](const Difference &d) { return d.reference.code == "D1001" && d.says("/0"); }},
    {"A function where a text is due is no text; the reference writes its source out.",
     [](const Difference &d) { return d.gives("async function"); }},
    {"Pictures take no infinity.",
     [](const Difference &d) {
         return d.own.code == "D1001" && d.says("$format") && d.says("/") &&
                d.reference.code.empty();
     }},
    {"A function behind ~> has a context like any other; in the reference it has none.",
     [](const Difference &d) {
         return d.reference.code == "T0411" && d.says("~>") && d.own.code.empty();
     }},
    {"A fraction that ends before its grouping separator has none.",
     [](const Difference &d) {
         return d.says("$formatNumber(") && d.says("-separator") &&
                withoutMarks(d.own.result) == withoutMarks(d.reference.result);
     }},
    {"Of two mistakes in one date picture, another may be told first.",
     [](const Difference &d) {
         return isOf(d.own.code, {"D3130", "D3132", "D3133", "D3134"}) &&
                isOf(d.reference.code, {"D3130", "D3132", "D3133", "D3134"});
     }},
    {"Names that no month has are no date; the reference takes the present.",
     [](const Difference &d) {
         return d.says("$toMillis(") && d.reference.result == "1790000000000";
     }},
    {"What RE2 cannot do is refused when the text is compiled, with the place.",
     [](const Difference &d) { return d.own.code == "X1003"; }},
};

} // namespace

bool agree(const Outcome &own, const Outcome &reference)
{
    if (own.code != reference.code)
        return false;
    if (own.code.empty())
        return own.result == reference.result;
    return (reference.position < 0 || own.position == reference.position) &&
           (reference.token.empty() || own.token == reference.token);
}

std::string_view whyDeliberate(std::string_view expression, const Outcome &own,
                               const Outcome &reference)
{
    const Difference difference{expression, own, reference};
    const auto rule =
        std::ranges::find_if(kRules, [&](const Rule &one) { return one.applies(difference); });
    return rule == std::end(kRules) ? std::string_view() : rule->reason;
}

} // namespace tw::test

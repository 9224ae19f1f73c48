// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/peers/ExpressionGenerator.h"

namespace tw::test {

namespace {

struct Shape
{
    std::string_view name;
    std::string_view arguments;
};

constexpr Shape kShapes[] = {
    {"string", "xb"},
    {"substring", "tnn"},
    {"substringBefore", "tt"},
    {"substringAfter", "tt"},
    {"lowercase", "t"},
    {"uppercase", "t"},
    {"length", "t"},
    {"trim", "t"},
    {"pad", "tnt"},
    {"contains", "tp"},
    {"split", "tpn"},
    {"join", "at"},
    {"match", "tqn"},
    {"replace", "tprn"},
    {"base64encode", "t"},
    {"base64decode", "t"},
    {"encodeUrl", "t"},
    {"encodeUrlComponent", "t"},
    {"decodeUrl", "t"},
    {"decodeUrlComponent", "t"},
    {"number", "x"},
    {"abs", "n"},
    {"floor", "n"},
    {"ceil", "n"},
    {"round", "nn"},
    {"power", "nn"},
    {"sqrt", "n"},
    {"formatBase", "nn"},
    {"sum", "a"},
    {"max", "a"},
    {"min", "a"},
    {"average", "a"},
    {"boolean", "x"},
    {"not", "x"},
    {"exists", "x"},
    {"count", "a"},
    {"append", "ax"},
    {"sort", "ag"},
    {"reverse", "a"},
    {"distinct", "a"},
    {"zip", "aaa"},
    {"keys", "o"},
    {"lookup", "ot"},
    {"spread", "o"},
    {"merge", "a"},
    {"each", "og"},
    {"sift", "og"},
    {"type", "x"},
    {"error", "t"},
    {"assert", "bt"},
    {"map", "ag"},
    {"filter", "ag"},
    {"single", "ag"},
    {"reduce", "agx"},
    {"eval", "ex"},
    {"clone", "o"},
    {"fromMillis", "mPz"},
    {"toMillis", "DP"},
    {"formatInteger", "iI"},
    {"parseInteger", "tI"},
    {"formatNumber", "nN"},
    {"now", "9"},
    {"random", ""},
};

} // namespace

std::string ExpressionGenerator::argument(char kind, int depth)
{
    if (chance(12))
        return any(depth);
    switch (kind) {
    case 't':
        return text(depth);
    case 'n':
        return number(depth);
    case 'b':
        return truth(depth);
    case 'a':
        return array(depth);
    case 'o':
        return object(depth);
    case 'g':
        return function(depth, 1 + static_cast<int>(below(3)));
    case 'p':
        return chance(50) ? text(0) : regex();
    case 'q':
        return regex();
    case 'r':
        return chance(60) ? pick({"'$1'", "'[$0]'", "'$$'", "''", "'$2$1'", "'$10'", "'-'", "'$'",
                                  "'$x'", "'$12'", "s"})
                          : pick({"function($m){$m.match & '!'}", "function($m){$string($m)}",
                                  "$uppercase", "function($m){$m.groups[0]}",
                                  "function($m){$m.start}", "function($m){$string($keys($m))}"});
    case 'e':
        return pick({"'1+1'", "'[1,2,3]'", "'a.b'", "'$sum([1,2])'", "'1+'", "'{\"a\":1}'", "'$x'",
                     "'\"a\"+1'", "'null'", "'missing'", "'$'", "'function($x){$x}'",
                     "'[1..3].($*2)'", "''", "'n'", "'%'"});
    case 'm':
        return pick({"0", "1509380732935", "-1", "1204405500000", "951782400000", "253402300800000",
                     "1e15", "-59000000000000", "1483228799999", "1230768000000.7",
                     "-59000000000001", "4102444800000", "9e15", "1"});
    case 'P':
        return datePicture();
    case 'z':
        return pick({"'+0000'", "'-0500'", "'+0530'", "'+1400'", "'-0930'", "'0100'", "''", "'Z'",
                     "'+01:00'", "'-0030'", "'+5'"});
    case 'D':
        return dateText();
    case 'i':
        return pick({"0",           "1",       "12",
                     "-3",          "123",     "1999",
                     "21",          "1000000", "3.7",
                     "-0.5",        "99",      "1e6",
                     "4000",        "26",      "27",
                     "702",         "703",     "100",
                     "101",         "1234567", "1e9",
                     "1e12",        "1e15",    "111",
                     "113",         "40",      "1000000000000000",
                     "12345678901", "3999"});
    case 'I':
        return integerPicture();
    case 'N':
        return numberPicture();
    case '9':
        return "'[Y]' = 1";
    default:
        return any(depth);
    }
}

std::string ExpressionGenerator::call(int depth)
{
    const Shape &shape = kShapes[below(std::size(kShapes))];
    std::size_t given = shape.arguments.size();
    if (shape.name == "random")
        return "$type($random())";
    if (shape.name == "now")
        return "$type($now())";
    if (given > 1 && chance(40))
        --given;
    if (given > 0 && chance(8))
        --given;
    const bool partial = chance(4);
    std::string out = "$" + std::string(shape.name) + "(";
    for (std::size_t i = 0; i < given; ++i) {
        out += i > 0 ? ", " : "";
        out += partial && chance(50) ? "?" : argument(shape.arguments[i], depth - 1);
    }
    if (chance(4))
        out += (given > 0 ? ", " : "") + any(0);
    return out + ")";
}

std::string ExpressionGenerator::broken(std::string expression)
{
    constexpr std::string_view kBits[] = {"(",
                                          ")",
                                          "[",
                                          "]",
                                          "{",
                                          "}",
                                          ".",
                                          "..",
                                          ",",
                                          ";",
                                          ":",
                                          ":=",
                                          "?",
                                          "@",
                                          "#",
                                          "%",
                                          "*",
                                          "**",
                                          "^",
                                          "~>",
                                          "|",
                                          "!",
                                          "!=",
                                          "=",
                                          "<",
                                          ">",
                                          "&",
                                          "'",
                                          "\"",
                                          "`",
                                          "/",
                                          "/*",
                                          "*/",
                                          "$",
                                          "$x",
                                          "1",
                                          "1.",
                                          ".5",
                                          "1e",
                                          "1e999",
                                          "\\",
                                          " and ",
                                          " or ",
                                          " in ",
                                          "function",
                                          "a",
                                          "??",
                                          "?:",
                                          "~",
                                          "\xC3\xA9",
                                          "\xF0\x9F\x98\x80",
                                          "\n",
                                          "\t",
                                          "0",
                                          "-",
                                          "+",
                                          "1.2.3",
                                          "'\\x'",
                                          "'\\u12'",
                                          "null",
                                          "function($x){",
                                          "function(x){1}",
                                          "^(",
                                          "<n:n>",
                                          "<a<n>",
                                          "<(a<n>)>",
                                          "1 := 2",
                                          "@$v",
                                          "#$i",
                                          "@x",
                                          "#1",
                                          "[]",
                                          "{'a':1}",
                                          "%.",
                                          "/a/i",
                                          "/(/",
                                          "//",
                                          " "};
    for (std::size_t times = 1 + below(2); times-- > 0;) {
        const auto inside = [&expression](std::size_t place) {
            return place < expression.size() && (expression[place] & 0xC0) == 0x80;
        };
        std::size_t at = below(expression.size() + 1);
        while (inside(at))
            --at;
        std::size_t length = std::min(1 + below(3), expression.size() - at);
        while (inside(at + length))
            ++length;
        switch (below(3)) {
        case 0:
            expression.insert(at, kBits[below(std::size(kBits))]);
            break;
        case 1:
            expression.erase(at, length);
            break;
        default:
            expression.erase(at, length);
            expression.insert(std::min(at, expression.size()), kBits[below(std::size(kBits))]);
        }
    }
    return expression;
}

} // namespace tw::test

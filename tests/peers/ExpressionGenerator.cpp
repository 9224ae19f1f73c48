// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/peers/ExpressionGenerator.h"

namespace tw::test {

std::string ExpressionGenerator::pick(Choices choices)
{
    return std::string(choices.begin()[below(choices.size())]);
}

std::string ExpressionGenerator::count(int from, int to)
{
    return std::to_string(from + static_cast<int>(below(static_cast<std::size_t>(to - from + 1))));
}

std::string ExpressionGenerator::next()
{
    const int depth = 1 + static_cast<int>(below(4));
    const std::size_t kind = below(100);
    if (kind < 30)
        return any(depth);
    if (kind < 42)
        return path(depth);
    if (kind < 62)
        return call(depth > 2 ? 2 : depth);
    if (kind < 78)
        return pictureCall();
    if (kind < 83)
        return join(depth);
    if (kind < 88)
        return block(depth);
    return broken(chance(50) ? any(depth) : path(depth));
}

std::string ExpressionGenerator::any(int depth)
{
    if (depth <= 0) {
        const std::size_t kind = below(10);
        return kind < 2   ? number(0)
               : kind < 4 ? text(0)
               : kind < 5 ? truth(0)
               : kind < 8 ? path(0)
                          : weird();
    }
    switch (below(16)) {
    case 0:
        return number(depth);
    case 1:
        return text(depth);
    case 2:
        return truth(depth);
    case 3:
        return array(depth);
    case 4:
        return object(depth);
    case 5:
        return block(depth);
    case 6:
    case 7:
    case 8:
        return path(depth);
    case 9:
    case 10:
        return call(depth);
    case 11:
        return "(" + truth(depth - 1) + " ? " + any(depth - 1) +
               (chance(70) ? " : " + any(depth - 1) : "") + ")";
    case 12:
        return any(depth - 1) + pick({" ?: ", " ?? "}) + any(depth - 1);
    case 13:
        return any(depth - 1) + " ~> " +
               (chance(50) ? pick({"$sum", "$count", "$string", "$uppercase", "$reverse", "$keys",
                                   "$distinct", "$exists", "$type", "$spread", "$not"})
                           : function(depth - 1, 1));
    case 14:
        return any(depth - 1) + " ~> |" + path(0) + "|" + object(1) +
               (chance(40)
                    ? "," + (chance(70) ? pick({"'a'", "['b','id']", "'name'", "[]"}) : any(0))
                    : "") +
               "|";
    default:
        return weird();
    }
}

std::string ExpressionGenerator::weird()
{
    return pick({"null",
                 "[]",
                 "{}",
                 "[[]]",
                 "[[1]]",
                 "[null]",
                 "\"\"",
                 "$",
                 "$$",
                 "missing",
                 "$missing",
                 "$sum",
                 "/a+/",
                 "[1..3]",
                 "1e300",
                 "-0",
                 "1e-300",
                 "function($x){$x}",
                 "0.1",
                 "[[],[]]",
                 "$bound",
                 "$list",
                 "$none",
                 "[missing]",
                 "{\"a\":missing}",
                 "%",
                 "*",
                 "**",
                 "true",
                 "'\\ud83d\\ude00'",
                 "1e21",
                 "'a\\tb'",
                 "[1,[2,[3]]]",
                 "123456789012345680000",
                 "$string(?)",
                 "1/0"});
}

std::string ExpressionGenerator::number(int depth)
{
    if (depth <= 0)
        return pick({"0",
                     "1",
                     "2",
                     "3",
                     "-1",
                     "-2",
                     "0.5",
                     "1.5",
                     "2.5",
                     "-2.5",
                     "10",
                     "100",
                     "1e3",
                     "12.345",
                     "1e21",
                     "1e-7",
                     "123456789.123",
                     "n",
                     "neg",
                     "a.b.c[0]",
                     "items[1].price",
                     "$bound",
                     "1.0",
                     "00",
                     "0.1",
                     "1E+2"});
    switch (below(8)) {
    case 0:
    case 1:
        return number(depth - 1) + pick({"+", "-", "*", "/", "%", " + ", " - "}) +
               number(depth - 1);
    case 2:
        return "(" + number(depth - 1) + pick({"+", "-", "*", "/", "%"}) + any(depth - 1) + ")";
    case 3:
        return "-" + number(depth - 1);
    case 4:
        return "$count(" + any(depth - 1) + ")";
    case 5:
        return pick({"$sum(", "$max(", "$min(", "$average("}) +
               (chance(80) ? array(depth - 1) : any(depth - 1)) + ")";
    case 6:
        return pick({"$round(", "$floor(", "$ceil(", "$abs("}) + number(depth - 1) + ")";
    default:
        return path(depth - 1);
    }
}

std::string ExpressionGenerator::text(int depth)
{
    if (depth <= 0)
        return pick({"\"\"",
                     "\"a\"",
                     "'b'",
                     "\"Hello World\"",
                     "s",
                     "items[0].name",
                     "\"a,b,c\"",
                     "\"12\"",
                     "\"-1.5e3\"",
                     "\"  x  y \"",
                     "\"\xC3\xA9t\xC3\xA9\"",
                     "\"\xF0\x9F\x98\x80z\"",
                     "\"abcabc\"",
                     "'a\\nb'",
                     "\"\\u00e9\"",
                     "\"0x1F\"",
                     "\"%20\"",
                     "\"AbC\"",
                     "'a.b'",
                     "\"aaa\"",
                     "\" \"",
                     "\"\\\"q\\\"\"",
                     "\"1,234\"",
                     "\"\xC3\x9F\"",
                     "\"\\u0000\"",
                     "\"\\\\/\\b\\f\""});
    switch (below(6)) {
    case 0:
    case 1:
        return text(depth - 1) + " & " + (chance(60) ? text(depth - 1) : any(depth - 1));
    case 2:
        return "$string(" + any(depth - 1) + (chance(15) ? ", true" : "") + ")";
    case 3:
        return pick({"$uppercase(", "$lowercase(", "$trim("}) + text(depth - 1) + ")";
    case 4:
        return "$join(" + array(depth - 1) + (chance(50) ? "," + text(0) : "") + ")";
    default:
        return "$substring(" + text(depth - 1) + "," + number(0) +
               (chance(50) ? "," + number(0) : "") + ")";
    }
}

std::string ExpressionGenerator::truth(int depth)
{
    if (depth <= 0)
        return pick({"true", "false", "t", "f", "$exists(a)", "n > 3", "s = 'x'", "1 in [1,2]"});
    switch (below(7)) {
    case 0:
        return any(depth - 1) + pick({" = ", " != "}) + any(depth - 1);
    case 1:
        return number(depth - 1) + pick({" < ", " > ", " <= ", " >= "}) + number(depth - 1);
    case 2:
        return any(depth - 1) + pick({" < ", " > ", " <= ", " >= "}) + any(depth - 1);
    case 3:
        return any(depth - 1) + " in " + (chance(70) ? array(depth - 1) : any(depth - 1));
    case 4:
        return truth(depth - 1) + pick({" and ", " or "}) +
               (chance(70) ? truth(depth - 1) : any(depth - 1));
    case 5:
        return pick({"$boolean(", "$not(", "$exists("}) + any(depth - 1) + ")";
    default:
        return text(depth - 1) + pick({" < ", " > ", " = "}) + text(depth - 1);
    }
}

std::string ExpressionGenerator::array(int depth)
{
    if (depth <= 0)
        return pick({"[]",
                     "[1,2,3]",
                     "['a','b']",
                     "[1,'a',null]",
                     "items",
                     "nested",
                     "e",
                     "a.b",
                     "items.price",
                     "items.tags",
                     "$list",
                     "[3,1,2]",
                     "['b','B','a','']",
                     "[[1,2],[3]]",
                     "[1..4]",
                     "items.name",
                     "[true,false]",
                     "[1,1,2,'1']",
                     "[{'a':1},{'a':2,'b':3}]",
                     "nested[0]",
                     "[0,0.0,-0]",
                     "[1]",
                     "[2..1]"});
    switch (below(6)) {
    case 0: {
        std::string out = "[";
        for (std::size_t i = below(4); i-- > 0;)
            out += any(depth - 1) + (i > 0 ? "," : "");
        return out + "]";
    }
    case 1:
        return "[" + number(0) + ".." + number(0) + (chance(20) ? "," + any(depth - 1) : "") + "]";
    case 2:
        return pick({"$map(", "$filter("}) + array(depth - 1) + "," +
               function(depth - 1, 1 + static_cast<int>(below(3))) + ")";
    case 3:
        return pick({"$append(", "$zip("}) + array(depth - 1) + "," + any(depth - 1) + ")";
    case 4:
        return pick({"$reverse(", "$distinct(", "$sort(", "$spread(", "$keys("}) +
               (chance(80) ? array(depth - 1) : any(depth - 1)) + ")";
    default:
        return path(depth);
    }
}

std::string ExpressionGenerator::object(int depth)
{
    if (depth <= 0)
        return pick({"{}", "{\"a\":1}", "{'a':1,'b':[2]}", "o", "deep", "$", "items[0]",
                     "{'2':2,'1':1,'b':0}", "a", "{'a':{'b':{'c':1}}}", "{'x':null}"});
    std::string out = chance(30) ? array(depth - 1) + "{" : "{";
    for (std::size_t i = below(3); i-- > 0;) {
        out += chance(75) ? pick({"'a'", "\"b\"", "'c'", "'1'", "name", "$string(id)"})
                          : (chance(70) ? text(depth - 1) : any(depth - 1));
        out += ": " + any(depth - 1) + (i > 0 ? ", " : "");
    }
    return out + "}";
}

std::string ExpressionGenerator::signature()
{
    return pick({"<n:n>",    "<n-:n>",      "<s-:s>",      "<a:a>",    "<a<n>:n>",  "<a<s>s?:s>",
                 "<(ns):s>", "<x:x>",       "<x-x?:x>",    "<o:o>",    "<f:f>",     "<nn:n>",
                 "<n+:n>",   "<n?s?:x>",    "<j:b>",       "<s-n?:s>", "<l:l>",     "<b-:b>",
                 "<a<o>:a>", "<(sao)b?:x>", "<f<n:n>a:a>", "<nnn:n>",  "<s(n)?:x>", "<sn-s?:x>"});
}

std::string ExpressionGenerator::function(int depth, int parameters)
{
    if (chance(15))
        return pick({"$string",
                     "$uppercase",
                     "$sum",
                     "$exists",
                     "$boolean",
                     "$type",
                     "$count",
                     "$append",
                     "$substring(?, 1)",
                     "$append(?, 'z')",
                     "$number",
                     "$length",
                     "$map(?, $string)",
                     "/b/",
                     "$contains(?, 'a')",
                     "$lookup(?, 'a')",
                     "$power(?, 2)",
                     "$power(2, ?)",
                     "$abs",
                     "$merge"});
    std::string out = pick({"function(", "function (", "\xCE\xBB("});
    constexpr std::string_view kNames[] = {"$x", "$y", "$z", "$w"};
    for (int i = 0; i < parameters; ++i)
        out += std::string(i > 0 ? "," : "") + std::string(kNames[i % 4]);
    out += ")";
    if (chance(12))
        out += signature();
    switch (below(parameters > 1 ? 9 : 7)) {
    case 0:
        return out + "{$x}";
    case 1:
        return out + "{$x" +
               pick({" + 1", " > 1", " & '!'", " = 'a'", ".a", "[0]", " * 2", ".price"}) + "}";
    case 2:
        return out + "{" + any(depth - 1) + "}";
    case 3:
        return out + "{[$x]}";
    case 4:
        return out + "{{'k': $x}}";
    case 5:
        return out + "{$string($x)}";
    case 6:
        return out + "{(" + any(depth - 1) + "; $x)}";
    default:
        return out + "{" +
               pick({"$x & $y", "$x + $y", "$x > $y", "$y", "[$x,$y]", "$x ?? $y", "$y & ''"}) +
               "}";
    }
}

} // namespace tw::test

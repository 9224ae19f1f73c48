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

std::string ExpressionGenerator::predicate(int depth)
{
    switch (below(9)) {
    case 0:
        return "[" + number(0) + "]";
    case 1:
        return "[" + pick({"0", "-1", "1", "-2", "0.9", "-0.5", "5", "1.9", "-1.1"}) + "]";
    case 2:
        return "[[" + number(0) + "," + pick({"0", "-1", "1.5", "9", "1..2"}) + "]]";
    case 3:
        return "[" + truth(depth - 1) + "]";
    case 4:
        return "[]";
    case 5:
        return "[$ " + pick({"> 1", "= 'a'", "!= null", "< 3"}) + "]";
    case 6:
        return "[" +
               pick({"price > 2", "id = 1", "name = 'fig'", "c", "tags", "a", "'q' in tags"}) + "]";
    default:
        return "[" + any(depth - 1) + "]";
    }
}

std::string ExpressionGenerator::step(int depth)
{
    std::string out;
    switch (below(depth > 0 ? 16 : 9)) {
    case 0:
        out = "*";
        break;
    case 1:
        out = chance(40) ? "**" : "`a b`";
        break;
    case 2:
        out = chance(50) ? "%" : "%.%";
        break;
    case 3:
        out = pick({"\"a\"", "'items'", "$", "tags", "deep", "'2'", "`1`"});
        break;
    case 9:
        out = "(" + any(depth - 1) + ")";
        break;
    case 10:
        out = object(depth - 1);
        break;
    case 11:
        out = "[" + any(depth - 1) + (chance(30) ? "," + any(depth - 1) : "") + "]";
        break;
    case 12:
        out = pick({"$string()",
                    "$keys()",
                    "$sum($)",
                    "$uppercase()",
                    "$type($)",
                    "$count($)",
                    "$string(c)",
                    "$length()",
                    "$abs()",
                    "$number()",
                    "$not()",
                    "$spread()",
                    "$substring(1)",
                    "$lookup('a')",
                    "$contains('a')",
                    "$boolean()",
                    "$each(function($v,$k){$k})",
                    "$sift(function($v){$v})",
                    "$exists(a)",
                    "$merge($)",
                    "$match(/./)"});
        break;
    case 13:
        out = call(depth - 1);
        break;
    default:
        out = pick({"a", "b", "c", "d", "items", "id", "name", "price", "tags", "n", "s", "o", "e",
                    "nested", "deep", "z", "x"});
    }
    for (unsigned percent = 28; chance(percent); percent /= 2)
        out += predicate(depth);
    if (depth > 0 && chance(8))
        out += "^(" + pick({"", "<", ">"}) +
               pick({"price", "id", "name", "$", "a", "c", "tags", "price, >name", "$string($)",
                     "z"}) +
               ")";
    if (chance(4))
        out += "@$" + pick({"v", "w"});
    if (chance(5))
        out += "#$" + pick({"i", "j"});
    if (depth > 0 && chance(4))
        out += "{" + pick({"name", "id", "'k'", "$string($)", "$type($)", "d", "missing"}) + ": " +
               any(depth - 1) + "}";
    return out;
}

std::string ExpressionGenerator::path(int depth)
{
    std::string out = chance(55) ? pick({"items", "a.b", "a", "nested", "$", "deep", "$$", "e", "o",
                                         "$list", "$$.items"})
                                 : step(depth);
    for (std::size_t i = 1 + below(3); i-- > 0;)
        out += "." + step(depth);
    if (chance(10))
        out += predicate(depth);
    if (chance(6))
        out += "{" + pick({"name", "$string(id)", "'k'"}) + ": " +
               pick({"price", "$", "$count($)", "[id]", "$sum(price)"}) + "}";
    return out;
}

std::string ExpressionGenerator::join(int depth)
{
    std::string out = pick({"items", "loans@$l", "books", "loans#$i", "items#$i", "a.b@$x",
                            "books@$b", "nested", "customers", "$.books", "loans", "a.b",
                            "loans@$l#$i", "items[price>1]", "items^(price)"});
    const std::string links[] = {".books@$b[$l.isbn=$b.isbn]",
                                 ".customers@$c[$l.customer=$c.id]",
                                 ".tags#$j",
                                 ".tags",
                                 "[isbn='i1']",
                                 "^(>isbn)",
                                 "^(price,>name)",
                                 "[0]",
                                 "[-1]",
                                 ".$",
                                 ".books",
                                 ".loans@$l",
                                 "#$k",
                                 "[]",
                                 ".customers",
                                 ".b#$j",
                                 ".c",
                                 ".*",
                                 "[$i=1]",
                                 "[$i<2]",
                                 "@$m",
                                 ".%",
                                 ".(%)",
                                 ".%.%",
                                 ".($)",
                                 "[%.n=42]",
                                 ".$#$p"};
    for (std::size_t i = below(4); i-- > 0;)
        out += links[below(std::size(links))];
    switch (below(7)) {
    case 0:
        return out + ".{'t': $b.title, 'c': $c.name, 'i': $i, 'j': $j}";
    case 1:
        return out + ".[$i, $j, $k, $]";
    case 2:
        return out + "{" + pick({"$l.customer", "isbn", "$string($i)", "%.name", "title", "name"}) +
               ": " + pick({"$b.title", "$", "$i", "[$]", "$count($)", "{'a':$i}", "%.n", "$l"}) +
               "}";
    case 3:
        return out + ".(" +
               pick({"$i", "%.id", "%.%.n", "$b.title", "%", "$l.isbn", "{'p':%.name}", "$k",
                     "$$.n", "%.*"}) +
               ")";
    case 4:
        return out + "[" + any(depth - 1) + "]";
    case 5:
        return "$count(" + out + ")";
    default:
        return out;
    }
}

std::string ExpressionGenerator::block(int depth)
{
    std::string out = "(";
    for (std::size_t i = below(3); i-- > 0;) {
        out += pick({"$x", "$y", "$v", "$f"}) + " := " +
               (chance(40) ? function(depth - 1, 1 + static_cast<int>(below(2))) : any(depth - 1)) +
               "; ";
    }
    switch (below(6)) {
    case 0:
        return out + "$f(" + any(depth - 1) + (chance(30) ? "," + any(depth - 1) : "") + "))";
    case 1:
        return out + "[$x, $y])";
    case 2:
        return out + "($f ~> $v)(" + any(depth - 1) + "))";
    case 3:
        return out + "$f(?" + (chance(40) ? "," + any(depth - 1) : "") + ")(" + any(depth - 1) +
               "))";
    case 4:
        return out + "$x ~> $f" + (chance(40) ? "()" : "") + ")";
    default:
        return out + any(depth - 1) + (chance(10) ? ";" : "") + ")";
    }
}

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
